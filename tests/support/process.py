"""The server as its users run it: a process, started, killed, stopped."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import httpx
import psutil
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.db.embedded.account import Account
from academe.db.embedded.layout import Layout
from academe.db.embedded.roles import APPLICATION, DATABASE, SUPERUSER, dsn
from tests.support.ports import free_port

CHANNEL_OPTIONS = [
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 200),
    ("grpc.enable_retries", 0),
]
"""A client that comes back quickly, and repeats nothing on its own."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has come to its end."""

    code: int
    out: str
    err: str
    seconds: float


class ServerProcess:
    """`python -m academe serve` in a directory of its own, on free ports that stay the same.

    `user` and `python` run it as somebody else, with a Python that this user may run.
    """

    def __init__(
        self, folder: Path, *, user: Account | None = None, python: str = sys.executable, **settings: str
    ) -> None:
        self.folder = folder
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
            "ACADEME_TIP_LIMITS": "",
            **settings,
        }
        self.process: asyncio.subprocess.Process | None = None
        self._log_start = 0
        self._python = python
        self._identity: dict[str, Any] = (
            {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
        )

    async def start(self, *, healthy: bool = True) -> None:
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self.process = await self._spawn("serve", stdout=log, stderr=log)
        if healthy:
            await self.wait_healthy()

    async def run(self, *arguments: str, seconds: float = 60) -> Ended:
        """`academe` with these arguments and the same settings, to its end."""
        started = time.monotonic()
        process = await self._spawn(
            *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), seconds)
        except TimeoutError:
            process.kill()
            raise
        assert process.returncode is not None
        return Ended(process.returncode, out.decode(), err.decode(), time.monotonic() - started)

    async def _spawn(self, *arguments: str, **streams: Any) -> asyncio.subprocess.Process:
        # In a folder of its own: there no .env speaks, and its processes can be told by where they are.
        return await asyncio.create_subprocess_exec(
            self._python,
            "-m",
            "academe",
            *arguments,
            env=self.environment,
            cwd=self.folder,
            **streams,
            **self._identity,
        )

    async def wait_healthy(self, seconds: float = 60) -> None:
        """Returns at the first healthy Check; fails with the log when the process ends before."""
        await self.wait_health(health_pb2.HealthCheckResponse.SERVING, seconds)

    async def wait_health(self, status: int, seconds: float = 60) -> None:
        """Returns at the first Check that answers with this status."""
        assert self.process is not None
        async with asyncio.timeout(seconds), self.channel() as channel:
            health: Any = health_pb2_grpc.HealthStub(channel)
            while True:
                assert self.process.returncode is None, self.log.read_text()[-3000:]
                try:
                    reply = await health.Check(health_pb2.HealthCheckRequest(), timeout=1)
                    if reply.status == status:
                        return
                except grpc.aio.AioRpcError:
                    pass
                await asyncio.sleep(0.02)

    async def wait_said(self, words: str, seconds: float = 60) -> None:
        """Returns when this start has said these words; fails with the log when the process ends before."""
        assert self.process is not None
        async with asyncio.timeout(seconds):
            while words not in self.said():
                assert self.process.returncode is None, self.said()[-3000:]
                await asyncio.sleep(0.005)

    async def wait_measured(self, line: str, seconds: float = 60) -> None:
        """Returns when /metrics has a line that matches the pattern from its beginning to its end."""
        wanted = re.compile(line)
        async with asyncio.timeout(seconds), httpx.AsyncClient(timeout=seconds) as client:
            while True:
                page = (await client.get(f"http://{self.http_address}/metrics")).text
                if any(wanted.fullmatch(each) for each in page.splitlines()):
                    return
                await asyncio.sleep(0.02)

    def said(self) -> str:
        """Everything that it has printed and logged since its last start."""
        return self.log.read_bytes()[self._log_start :].decode()

    def channel(self) -> grpc.aio.Channel:
        return grpc.aio.insecure_channel(self.address, options=CHANNEL_OPTIONS)

    async def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self, request: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to stop; returns the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(request)
        return await asyncio.wait_for(self.process.wait(), 60)

    def processes(self) -> list[psutil.Process]:
        """Every live process that works below the folder: servers, their PostgreSQL, what they forgot."""
        found = []
        inside = f"{self.folder}{os.sep}"
        for process in psutil.process_iter():
            try:
                here = f"{process.cwd()}{os.sep}".startswith(inside)
                if here and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    async def left(self, seconds: float = 5) -> list[psutil.Process]:
        """What is forgotten when the server has ended; helpers that end because it has are given a moment."""
        end = time.monotonic() + seconds
        while (found := self.processes()) and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return found

    def postgres(self) -> list[psutil.Process]:
        """Every process of the embedded PostgreSQL, the postmaster first."""
        pid = int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
        postmaster = psutil.Process(pid)
        return [postmaster, *postmaster.children(recursive=True)]

    def kill_postgres(self, dice: random.Random) -> None:
        """SIGKILL for every process of the embedded PostgreSQL, in random order."""
        family = self.postgres()
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
