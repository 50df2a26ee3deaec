"""The server as its users run it: a process, started, killed, stopped."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import psutil
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.db.embedded.layout import Layout
from academe.db.embedded.roles import APPLICATION, DATABASE, SUPERUSER, dsn
from academe.demo.server import free_port

CHANNEL_OPTIONS = [
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 200),
    ("grpc.enable_retries", 0),
]
"""A client that comes back quickly, and repeats nothing on its own."""


class ServerProcess:
    """`python -m academe serve` in a directory of its own, on free ports that stay the same."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data_dir = folder / "data"
        self.address = f"127.0.0.1:{free_port()}"
        self.http_address = f"127.0.0.1:{free_port()}"
        self.log = folder / "server.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ACADEME_")},
            "ACADEME_GRPC_ADDR": self.address,
            "ACADEME_HTTP_ADDR": self.http_address,
            "ACADEME_DATA_DIR": str(self.data_dir),
            "ACADEME_BCRYPT_COST": "4",
            **settings,
        }
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *, healthy: bool = True) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "academe", "serve", stdout=log, stderr=log, env=self.environment
            )
        if healthy:
            await self.wait_healthy()

    async def wait_healthy(self, seconds: float = 60) -> None:
        """Returns at the first healthy Check; fails with the log when the process ends before."""
        assert self.process is not None
        async with asyncio.timeout(seconds), self.channel() as channel:
            health: Any = health_pb2_grpc.HealthStub(channel)
            while True:
                assert self.process.returncode is None, self.log.read_text()[-3000:]
                try:
                    reply = await health.Check(health_pb2.HealthCheckRequest(), timeout=1)
                    if reply.status == health_pb2.HealthCheckResponse.SERVING:
                        return
                except grpc.aio.AioRpcError:
                    pass
                await asyncio.sleep(0.02)

    def channel(self) -> grpc.aio.Channel:
        return grpc.aio.insecure_channel(self.address, options=CHANNEL_OPTIONS)

    async def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 30)

    async def run_until_exit(self, seconds: float = 30) -> tuple[int, str]:
        """For a start that fails: its exit code and everything it said."""
        await self.start(healthy=False)
        assert self.process is not None
        code = await asyncio.wait_for(self.process.wait(), seconds)
        return code, self.log.read_text()

    def kill_postgres(self, dice: random.Random) -> None:
        """SIGKILL for every process of the embedded PostgreSQL, in random order."""
        postmaster = psutil.Process(
            int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
        )
        family = [postmaster, *postmaster.children(recursive=True)]
        dice.shuffle(family)
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue

    def dsn(self, *, superuser: bool = False) -> str:
        """How to reach the embedded database of the running server."""
        layout = Layout(self.data_dir)
        socket_dir = layout.socket_dir
        if layout.runtime_note.exists() and not any(socket_dir.glob(".s.PGSQL.*")):
            socket_dir = Path(layout.runtime_note.read_text().strip()) / "socket"
        role, file = (
            (SUPERUSER, layout.superuser_password)
            if superuser
            else (APPLICATION, layout.application_password)
        )
        return dsn(role, file.read_text().strip(), DATABASE, socket_dir)
