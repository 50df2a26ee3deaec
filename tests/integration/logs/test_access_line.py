"""One line for each call, whole, and the call's id on every other line written for it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.api.user.v1 import user_service_pb2 as pb
from academe.api.user.v1 import user_service_pb2_grpc
from academe.caller import Caller, Role
from academe.errors import EtagMismatch
from academe.logs import LogStream, configure_logging
from academe.services.health import HealthHandler, HealthState
from tests.support.logs import Written
from tests.support.pipeline_server import serving

MIA = Caller(UUID(int=7), UUID(int=8), frozenset({Role.LEARNER}), datetime(2026, 11, 1, tzinfo=UTC))
SIGNED = ("authorization", "Bearer mia")


class Users(user_service_pb2_grpc.UserServiceServicer):  # type: ignore[misc]
    def __init__(self, log: Any) -> None:
        self._log = log

    async def GetMe(self, request: Any, context: Any) -> Any:
        await asyncio.sleep(0.01)
        self._log.info("looked in the mirror", mood="fine")
        return pb.User()

    async def UpdateUser(self, request: Any, context: Any) -> Any:
        raise EtagMismatch(etag="2")


@asynccontextmanager
async def serving_users(written: Written) -> AsyncIterator[grpc.aio.Channel]:
    stream = LogStream(written)
    log = configure_logging("json", "info", stream=stream)
    state = HealthState(["academe.api.user.v1.UserService"])
    services = (
        (
            pb.DESCRIPTOR.services_by_name["UserService"],
            user_service_pb2_grpc.add_UserServiceServicer_to_server,
            Users(log),
        ),
        (
            health_pb2.DESCRIPTOR.services_by_name["Health"],
            health_pb2_grpc.add_HealthServicer_to_server,
            HealthHandler(state),
        ),
    )
    async with serving(services, log, callers={"mia": MIA}) as channel:
        yield channel
    stream.flush()


def users(channel: grpc.aio.Channel) -> Any:
    return user_service_pb2_grpc.UserServiceStub(channel)  # type: ignore[no-untyped-call]


async def test_a_call_that_goes_well(written: Written) -> None:
    """Who called what, how it ended and how long it took; the service's own line carries the same id."""
    async with serving_users(written) as channel:
        await users(channel).GetMe(pb.GetMeRequest(), metadata=(SIGNED, ("x-request-id", "from-the-client")))

    own, line = written.records()
    assert own.pop("timestamp") <= line.pop("timestamp")
    duration_ms = line.pop("duration_ms")
    assert 10 <= duration_ms < 5_000
    assert own == {
        "level": "info",
        "event": "looked in the mirror",
        "request_id": "from-the-client",
        "mood": "fine",
    }
    assert line == {
        "level": "info",
        "event": "call",
        "request_id": "from-the-client",
        "method": "/academe.api.user.v1.UserService/GetMe",
        "code": "OK",
        "reason": "",
        "caller_id": str(MIA.user_id),
    }


async def test_a_call_that_is_refused(written: Written) -> None:
    """The code and the reason that the client was given; no second line about it."""
    async with serving_users(written) as channel:
        with pytest.raises(grpc.aio.AioRpcError):
            await users(channel).UpdateUser(
                pb.UpdateUserRequest(user=pb.User(user_id=str(MIA.user_id))), metadata=(SIGNED,)
            )

    (line,) = written.records()
    assert (line["code"], line["reason"]) == ("ABORTED", "ETAG_MISMATCH")
    assert re.fullmatch("[0-9a-f]{16}", line["request_id"])


@pytest.mark.parametrize("given", ["x" * 65, "two words", 'quote"'])
async def test_a_request_id_that_is_no_plain_word(written: Written, given: str) -> None:
    """It is replaced by one of ours, or clients could write into the log what they like."""
    async with serving_users(written) as channel:
        await users(channel).GetMe(pb.GetMeRequest(), metadata=(SIGNED, ("x-request-id", given)))

    assert {record["request_id"] for record in written.records()}.isdisjoint({given})
    assert len({record["request_id"] for record in written.records()}) == 1


async def test_calls_at_the_same_time_keep_their_ids_apart(written: Written) -> None:
    """Fifty calls interleave; each line has the id of its own call."""
    async with serving_users(written) as channel:
        stub = users(channel)
        await asyncio.gather(
            *(
                stub.GetMe(pb.GetMeRequest(), metadata=(SIGNED, ("x-request-id", f"r{number}")))
                for number in range(50)
            )
        )

    records = written.records()
    for event in ("call", "looked in the mirror"):
        ids = [record["request_id"] for record in records if record["event"] == event]
        assert sorted(ids) == sorted(f"r{number}" for number in range(50))


async def test_health_checks_are_not_in_the_log(written: Written) -> None:
    """A load balancer asks every second; its lines would be most of a quiet server's log."""
    async with serving_users(written) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call]
        await health.Check(health_pb2.HealthCheckRequest())

    assert written.getvalue() == ""
