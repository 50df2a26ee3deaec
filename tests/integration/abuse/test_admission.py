"""A full server says so at once, and is not full for ever."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.auth.v1 import auth_service_pb2_grpc
from academe.api.credential.v1 import credential_service_pb2_grpc
from academe.api.credential.v1 import verification_pb2 as credential_pb
from academe.errors import Overloaded
from academe.rpc.status import error_from_rpc
from tests.support.pipeline_server import ENGINE
from tests.support.process import ServerProcess

IN_FLIGHT, QUEUE = 16, 16
REFUSALS = 200
REFUSAL_SECONDS_MAX = 0.1
"""For the median refusal. It takes about a millisecond; the rest is for a busy test machine."""


@pytest.fixture
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    started = ServerProcess(
        tmp_path_factory.mktemp("full"),
        ACADEME_GRPC_ENGINE=ENGINE,
        ACADEME_MAX_IN_FLIGHT=str(IN_FLIGHT),
        ACADEME_MAX_QUEUE=str(QUEUE),
    )
    await started.start()
    yield started
    assert await started.stop() == 0


async def test_a_full_server_refuses_at_once(
    server: ServerProcess, record_property: Callable[[str, object], None]
) -> None:
    """While 16 calls wait for the database and 16 for a place, others are refused in milliseconds and
    health still answers; the 32 end well when the database is free."""
    database = await asyncpg.connect(server.dsn(superuser=True))
    async with server.channel() as channel:
        credentials: Any = credential_service_pb2_grpc.CredentialServiceStub(channel)
        keys: Any = auth_service_pb2_grpc.AuthServiceStub(channel)
        health: Any = health_pb2_grpc.HealthStub(channel)
        await keys.GetSigningKeys(auth_pb.GetSigningKeysRequest())

        transaction = database.transaction()
        await transaction.start()
        await database.execute("lock table credential.verification_code in access exclusive mode")
        waiting = [asyncio.create_task(_verify(credentials)) for _ in range(IN_FLIGHT + QUEUE)]
        await _until_full(keys)
        seconds, refusals = [], []
        for _ in range(REFUSALS):
            started = time.perf_counter()
            refusals.append(await _refusal(keys))
            seconds.append(time.perf_counter() - started)
        checked = await health.Check(health_pb2.HealthCheckRequest())
        unfinished = [task for task in waiting if not task.done()]
        await transaction.rollback()
        verified = await asyncio.gather(*waiting)
        afterwards = await keys.GetSigningKeys(auth_pb.GetSigningKeysRequest())
    await database.close()

    figures = {"median_ms": statistics.median(seconds), "worst_ms": max(seconds)}
    for name, value in figures.items():
        record_property(name, round(value * 1000, 2))
    print({name: round(value * 1000, 2) for name, value in figures.items()})  # noqa: T201  # for -rP
    assert len(unfinished) == IN_FLIGHT + QUEUE, "the refused made nobody wait less"
    assert {type(error) for error in refusals} == {Overloaded}
    assert all(error.retry_after_seconds for error in refusals)
    assert figures["median_ms"] < REFUSAL_SECONDS_MAX
    assert checked.status == health_pb2.HealthCheckResponse.SERVING
    assert {reply.verdict for reply in verified} == {credential_pb.VERDICT_UNKNOWN}
    assert afterwards.keys


async def _verify(credentials: Any) -> Any:
    request = credential_pb.VerifyCredentialRequest(verification_code="00000-00000-00000-00000")
    return await credentials.VerifyCredential(request)


async def _refusal(keys: Any) -> Any:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await keys.GetSigningKeys(auth_pb.GetSigningKeysRequest(), timeout=10)
    return error_from_rpc(refused.value)


async def _until_full(keys: Any) -> None:
    """Returns when a call is refused. Until then each takes a place only for a moment."""
    async with asyncio.timeout(10):
        while True:
            try:
                await keys.GetSigningKeys(auth_pb.GetSigningKeysRequest(), timeout=0.05)
            except grpc.aio.AioRpcError as error:
                if error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED:
                    return
            await asyncio.sleep(0.01)
