"""A stop that cannot wait: admission ends what it has let in, and what stands in its queue."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from academe.api.course.v1 import course_service_pb2
from academe.errors import ShuttingDown
from academe.rpc.admission import Admission
from academe.rpc.contract import methods_of

SERVICE = course_service_pb2.DESCRIPTOR.services_by_name["CourseService"]
GET_COURSE = next(method for method in methods_of(SERVICE) if method.path.endswith("/GetCourse"))

CALL: Any = None
"""Admission does not look at the call."""


async def endless(request: Any, call: Any) -> None:
    await asyncio.Event().wait()


async def brief(request: Any, call: Any) -> str:
    return "done"


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_calls_that_run_and_calls_that_wait() -> None:
    """All hear that the server stops and when to try again; none of those that waited is begun."""
    gate = Admission(in_flight=2, queue=10, streams=1)
    admitted = gate.bind(GET_COURSE, endless)
    calls = [asyncio.create_task(admitted(None, CALL)) for _ in range(6)]
    await settle()
    assert gate.running == 2

    gate.end_calls()

    for call in calls:
        with pytest.raises(ShuttingDown) as told:
            await call
        assert told.value.retry_after_seconds
    assert gate.running == 0
    assert await gate.bind(GET_COURSE, brief)(None, CALL) == "done"


async def test_a_call_whose_client_gave_up() -> None:
    """That is not our stopping: the cancellation goes on as it came."""
    gate = Admission(in_flight=2, queue=10, streams=1)
    call = asyncio.create_task(gate.bind(GET_COURSE, endless)(None, CALL))
    await settle()

    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call
    assert gate.running == 0


async def test_no_new_calls_while_those_inside_finish() -> None:
    """Refused calls are told when to try again; the wait is over when the last one inside is done."""
    gate = Admission(in_flight=2, queue=10, streams=1)
    release = asyncio.Event()

    async def until_released(request: Any, call: Any) -> str:
        await release.wait()
        return "done"

    admitted = gate.bind(GET_COURSE, until_released)
    inside = [asyncio.create_task(admitted(None, CALL)) for _ in range(4)]
    await settle()
    gate.refuse()
    idle = asyncio.create_task(gate.idle())

    with pytest.raises(ShuttingDown) as told:
        await admitted(None, CALL)
    assert told.value.retry_after_seconds
    assert not idle.done()
    release.set()
    await idle

    assert [task.result() for task in inside] == ["done"] * 4
