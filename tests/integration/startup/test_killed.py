"""kill -9 of the server or of PostgreSQL, and a PostgreSQL that is only frozen: what callers see of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress

import grpc
import grpc.aio
import httpx
import psutil
import pytest
from grpc_health.v1 import health_pb2

from academe.errors import Unavailable
from tests.integration.startup.conftest import MakeServer
from tests.integration.startup.people import get_me, register, sign_in
from tests.support.errors import expect_error
from tests.support.process import ServerProcess
from tests.support.school import Person

NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

NOTICED_SECONDS = 2.0 + 1.0
"""The promise, and some for a machine that is busy with other tests."""

HEALED_SECONDS = 10.0
"""Attempts to restart PostgreSQL are at most five seconds apart."""

Record = Callable[[str, object], None]


@pytest.fixture
async def server(make_used_server: MakeServer) -> ServerProcess:
    started = make_used_server()
    await started.start()
    return started


async def readiness(server: ServerProcess) -> tuple[int, str]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://{server.http_address}/readyz")
    return answer.status_code, answer.text


async def username_or_code(person: Person) -> str | grpc.StatusCode:
    try:
        return (await get_me(person)).username
    except grpc.aio.AioRpcError as error:
        return error.code()


async def test_the_server(server: ServerProcess) -> None:
    """Started again in the same moment it serves what it had acknowledged, beside no old PostgreSQL."""
    async with server.channel() as channel:
        await register(channel, "ada")
    old = {process.pid for process in server.postgres()}

    await server.kill()
    await server.start()

    async with server.channel() as channel:
        assert (await get_me(await sign_in(channel, "ada"))).username == "ada"
    assert not old & {process.pid for process in server.processes()}
    assert await server.stop() == 0
    assert await server.left() == []


async def test_the_server_again_and_again(server: ServerProcess) -> None:
    """At any moment of its life: the next one comes up."""
    dice = random.Random(20)
    for _ in range(3):
        await server.kill()
        await server.start(healthy=False)
        await server.wait_said("PostgreSQL is ready" if dice.random() < 0.5 else "listening for HTTP")
    await server.wait_healthy()

    assert await server.stop() == 0
    assert await server.left() == []


async def test_postgres(running: ServerProcess, record_property: Record) -> None:
    """While it cannot be restarted, health says so and callers are told to try again; then it heals."""
    async with running.channel() as channel:
        grace = await register(channel, "grace")
        cluster, aside = running.data_dir / "postgres", running.data_dir / "aside"
        family = running.postgres()
        cluster.rename(aside)  # so that the restart, which takes a moment, takes as long as the test needs
        killed_at = time.monotonic()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        try:
            await running.wait_health(NOT_SERVING, NOTICED_SECONDS)
            record_property("noticed_seconds", round(time.monotonic() - killed_at, 2))
            assert await readiness(running) == (503, "the database does not answer\n")
            for _ in range(3):
                with expect_error("DATABASE_UNAVAILABLE") as refusal:
                    await get_me(grace)
                assert isinstance(refusal.error, Unavailable)
                assert refusal.error.retry_after_seconds
        finally:
            aside.rename(cluster)
        healed_at = time.monotonic()
        await running.wait_healthy(HEALED_SECONDS)
        record_property("healed_seconds", round(time.monotonic() - healed_at, 2))

        assert (await get_me(grace)).username == "grace"
        assert await readiness(running) == (200, "ready\n")


async def test_postgres_and_nobody_does_anything(running: ServerProcess, record_property: Record) -> None:
    """The server starts it again by itself; a caller who tries again is served within seconds."""
    async with running.channel() as channel:
        await running.wait_healthy()
        hedy = await register(channel, "hedy")
        killed_at = time.monotonic()
        running.kill_postgres(random.Random(7))

        refusals = set()
        async with asyncio.timeout(HEALED_SECONDS):
            while (answer := await username_or_code(hedy)) != "hedy":
                refusals.add(answer)
        record_property("served_again_seconds", round(time.monotonic() - killed_at, 2))

        assert refusals <= {grpc.StatusCode.UNAVAILABLE}


async def test_postgres_is_frozen(running: ServerProcess, record_property: Record) -> None:
    """Connections stay open and no answer comes: not ready, and ready again as soon as it goes on."""
    await running.wait_healthy()
    running.postgres()[0].suspend()  # first the one that makes the others
    frozen = running.postgres()
    for process in frozen:
        process.suspend()
    frozen_at = time.monotonic()
    try:
        await running.wait_health(NOT_SERVING, NOTICED_SECONDS)
        record_property("noticed_seconds", round(time.monotonic() - frozen_at, 2))
        assert await readiness(running) == (503, "the database does not answer\n")
    finally:
        for process in frozen:
            process.resume()
    resumed_at = time.monotonic()
    await running.wait_healthy(HEALED_SECONDS)
    record_property("healed_seconds", round(time.monotonic() - resumed_at, 2))

    async with running.channel() as channel:
        assert (await get_me(await register(channel, "ida"))).username == "ida"
    assert running.postgres()[0].pid == frozen[0].pid
