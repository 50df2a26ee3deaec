"""A server process that every case attacks, and a bystander whose calls must not suffer from it."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc.aio
import psutil
import pytest

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.auth.v1 import auth_service_pb2_grpc
from tests.support.pipeline_server import ENGINE
from tests.support.process import ServerProcess

NORMAL_CALL_SECONDS_MAX = 1.0
"""For the median of calls beside an attack. 0.1 is what we want on an idle machine; a test machine is not."""

CALLS_MIN = 5


@pytest.fixture(scope="package")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    started = ServerProcess(tmp_path_factory.mktemp("abused"), ACADEME_GRPC_ENGINE=ENGINE)
    await started.start()
    yield started
    assert await started.stop() == 0, "an abused server stops as cleanly as any"


class Bystander:
    """A client like any other, while somebody else misbehaves."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server

    async def beside(self, attack: asyncio.Task[Any]) -> list[float]:
        """Calls until the attack is over, and at least a few times. Returns the seconds of each call."""
        seconds: list[float] = []
        async with grpc.aio.insecure_channel(self._server.address) as channel:
            while len(seconds) < CALLS_MIN or not attack.done():
                seconds.append(await self._call(channel))
                await asyncio.sleep(0.01)
        return seconds

    async def after(self) -> list[float]:
        """Connects anew, and calls."""
        async with grpc.aio.insecure_channel(self._server.address) as channel:
            return [await self._call(channel) for _ in range(CALLS_MIN)]

    async def _call(self, channel: grpc.aio.Channel) -> float:
        keys: Any = auth_service_pb2_grpc.AuthServiceStub(channel)
        started = time.perf_counter()
        await keys.GetSigningKeys(auth_pb.GetSigningKeysRequest(), timeout=10)
        return time.perf_counter() - started


Attack = Callable[[str], Any]
"""What is done to the server at an address; runs in a thread."""

Attacks = Callable[[Attack], Awaitable[Any]]


@pytest.fixture
async def attack(server: ServerProcess, record_property: Callable[[str, object], None]) -> Attacks:
    """Runs an attack beside a bystander, then holds the server to be alive and quick; returns what it did."""

    async def run(what: Attack) -> Any:
        assert server.process is not None
        process = psutil.Process(server.process.pid)
        cpu = sum(process.cpu_times()[:2])
        bystander = Bystander(server)
        attacking = asyncio.create_task(asyncio.to_thread(what, server.address))
        try:
            beside = statistics.median(await bystander.beside(attacking))
        finally:
            result = await attacking
        after = statistics.median(await bystander.after())
        assert server.process.returncode is None, server.log.read_text()[-3000:]
        assert beside < NORMAL_CALL_SECONDS_MAX
        assert after < NORMAL_CALL_SECONDS_MAX
        figures = {"beside_ms": beside * 1000, "after_ms": after * 1000}
        figures["server_cpu_s"] = sum(process.cpu_times()[:2]) - cpu
        for name, value in figures.items():
            record_property(name, round(value, 2))
        print({name: round(value, 2) for name, value in figures.items()})  # noqa: T201  # for -rP
        return result

    return run
