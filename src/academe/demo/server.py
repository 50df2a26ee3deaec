"""A server of the demo's own: a child process on free ports, with data that is thrown away afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path

import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

START_SECONDS = 120.0
"""A first start makes a database; on a very slow disk that takes a while."""
STOP_SECONDS = 20.0


class ServerFailed(Exception):
    """The server did not start; the message has what it said last."""


class ThrowawayServer:
    """`async with ThrowawayServer() as target:` gives the address of a server that is healthy."""

    def __init__(self) -> None:
        self._dir = Path(tempfile.mkdtemp(prefix="academe-demo-"))
        self._log = self._dir / "server.log"
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> str:
        target = f"127.0.0.1:{free_port()}"
        environment = {
            **os.environ,
            "ACADEME_GRPC_ADDR": target,
            "ACADEME_HTTP_ADDR": "",
            "ACADEME_DATA_DIR": str(self._dir / "data"),
            "ACADEME_DATABASE_URL": "",
            "ACADEME_EDUCATOR_REGISTRATION": "open",
            "ACADEME_ENV": "development",
            "ACADEME_TLS_CERT": "",
            "ACADEME_TLS_KEY": "",
            "ACADEME_TLS_CLIENT_CA": "",
        }
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "academe", "serve", stdout=log, stderr=log, env=environment
            )
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._healthy(target)
        except TimeoutError as error:
            await self._stop()
            raise ServerFailed(f"its own server is not healthy after {START_SECONDS:.0f} s") from error
        except BaseException:
            await self._stop()
            raise
        return target

    async def __aexit__(self, *error: object) -> None:
        await self._stop()

    async def _healthy(self, target: str) -> None:
        async with grpc.aio.insecure_channel(target) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            while True:
                if self._process is not None and self._process.returncode is not None:
                    raise ServerFailed(self._log.read_text(errors="replace")[-2000:])
                try:
                    reply = await health.Check(health_pb2.HealthCheckRequest(), timeout=1)
                    if reply.status == health_pb2.HealthCheckResponse.SERVING:
                        return
                except grpc.aio.AioRpcError:
                    pass
                await asyncio.sleep(0.05)

    async def _stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        shutil.rmtree(self._dir, ignore_errors=True)


def free_port() -> int:
    """A TCP port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
