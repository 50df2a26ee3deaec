"""A full server says so at once, and is not full for ever."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
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
REFUSALS = 100
TIMES_AN_ANSWER_MAX = 5.0
"""What the median refusal may take, in medians of the quickest answer there is: health's, which a full server
gives as any other. They are asked for in turns, so that a busy machine slows both. (1.1 is usual.)"""


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
    """While 16 calls wait for the database and 16 for a place, others are refused as quickly as health still
    answers; the 32 end well when the database is free."""
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
        # Nothing else may be asked for before they have every place: it would take one of theirs.
        await server.wait_measured(rf"grpc_server_in_flight\{{.*VerifyCredential.*\}} {len(waiting)}\.0")
        refusals, checks = [], []
        for _ in range(REFUSALS):
            refusals.append(await _timed(_refusal(keys)))
            checks.append(await _timed(health.Check(health_pb2.HealthCheckRequest())))
        unfinished = [task for task in waiting if not task.done()]
        await transaction.rollback()
        verified = await asyncio.gather(*waiting)
        afterwards = await keys.GetSigningKeys(auth_pb.GetSigningKeysRequest())
    await database.close()

    refused, answered = (statistics.median(seconds for _, seconds in each) for each in (refusals, checks))
    for name, seconds in {"refused_ms": refused, "answered_ms": answered}.items():
        record_property(name, round(seconds * 1000, 2))
        print(name, round(seconds * 1000, 2))  # noqa: T201  # for -rP
    assert len(unfinished) == IN_FLIGHT + QUEUE, "the refused made nobody wait less"
    assert {type(error) for error, _ in refusals} == {Overloaded}
    assert all(error.retry_after_seconds for error, _ in refusals)
    assert {checked.status for checked, _ in checks} == {health_pb2.HealthCheckResponse.SERVING}
    assert refused < TIMES_AN_ANSWER_MAX * answered
    assert {reply.verdict for reply in verified} == {credential_pb.VERDICT_UNKNOWN}
    assert afterwards.keys


async def _verify(credentials: Any) -> Any:
    request = credential_pb.VerifyCredentialRequest(verification_code="00000-00000-00000-00000")
    return await credentials.VerifyCredential(request)


async def _refusal(keys: Any) -> Any:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await keys.GetSigningKeys(auth_pb.GetSigningKeysRequest(), timeout=30)
    return error_from_rpc(refused.value)


async def _timed(call: Awaitable[Any]) -> tuple[Any, float]:
    """What comes of it, and the seconds that it took."""
    started = time.perf_counter()
    return await call, time.perf_counter() - started
