"""Counting and timing a call, however it ends."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Any

import pytest

from academe.rpc.call import Call
from academe.telemetry import Metrics, Telemetry, tracer_from_environment
from tests.support.calls import make_call, method
from tests.unit.telemetry.test_metrics import value

ATTEMPTS = 20
LABELS = {"grpc_service": "academe.api.course.v1.CourseService", "grpc_method": "GetCourse"}


def counted(metrics: Metrics) -> dict[str, float]:
    return {
        "started": value(metrics, "grpc_server_started_total", **LABELS),
        "in_flight": value(metrics, "grpc_server_in_flight", **LABELS),
        "timed": value(metrics, "grpc_server_handling_seconds_count", **LABELS),
    }


async def test_a_call_that_goes_well() -> None:
    """Started, handled with OK, timed, and no longer in flight."""
    metrics = Metrics()

    async def handler(request: str, call: Call) -> str:
        return request + "!"

    reply = await Telemetry(metrics).bind(method(), handler)("hello", make_call())

    assert reply == "hello!"
    assert counted(metrics) == {"started": 1, "in_flight": 0, "timed": 1}
    assert value(metrics, "grpc_server_handled_total", **LABELS, grpc_code="OK") == 1


async def test_a_call_that_is_refused() -> None:
    """It is counted with the code that Errors, further in, has noted."""
    metrics = Metrics()

    async def handler(request: Any, call: Call) -> None:
        call.code = "NOT_FOUND"
        raise RuntimeError("aborted")

    with pytest.raises(RuntimeError):
        await Telemetry(metrics).bind(method(), handler)(None, make_call())

    assert value(metrics, "grpc_server_handled_total", **LABELS, grpc_code="NOT_FOUND") == 1
    assert value(metrics, "grpc_server_handled_total", **LABELS, grpc_code="OK") == 0
    assert counted(metrics) == {"started": 1, "in_flight": 0, "timed": 1}


async def test_a_call_under_way_and_then_cancelled() -> None:
    """It is in flight until its end, and its end is seen."""
    metrics, begun = Metrics(), asyncio.Event()

    async def handler(request: Any, call: Call) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            call.code = "CANCELLED"
            raise

    running = asyncio.create_task(Telemetry(metrics).bind(method(), handler)(None, make_call()))  # type: ignore[arg-type]
    await begun.wait()
    during = counted(metrics)
    running.cancel()
    await asyncio.wait({running})

    assert during == {"started": 1, "in_flight": 1, "timed": 0}
    assert counted(metrics)["in_flight"] == 0
    assert value(metrics, "grpc_server_handled_total", **LABELS, grpc_code="CANCELLED") == 1


async def test_many_calls_at_once() -> None:
    """Each is counted once."""
    metrics = Metrics()

    async def handler(request: Any, call: Call) -> None:
        await asyncio.sleep(0)

    bound = Telemetry(metrics).bind(method(), handler)
    await asyncio.gather(*(bound(None, make_call()) for _ in range(1000)))

    assert counted(metrics) == {"started": 1000, "in_flight": 0, "timed": 1000}


def test_tracing_that_is_off_adds_nothing() -> None:
    """The handler itself comes back: not one function call more."""

    async def handler(request: Any, call: Call) -> None:
        return

    assert tracer_from_environment("1", {}).bind(method(), handler) is handler


@pytest.mark.skipif(sys.gettrace() is not None, reason="a tracer of lines costs more than what is measured")
async def test_the_budget() -> None:
    """Telemetry costs at most 5 microseconds of CPU a call.

    Of what it costs beside other work the least counts: neighbours in the caches and the garbage of all tests
    before can only add to it.
    """
    from benchmarks.micro.interceptors import TELEMETRY_BUDGET, cpu_per_call, nothing

    bound = Telemetry(Metrics(), tracer_from_environment("1", {})).bind(method(), nothing)
    bare = cost = float("inf")
    gc.disable()
    try:
        for _ in range(ATTEMPTS):
            bare = min(bare, await cpu_per_call(nothing, None, make_call))
            cost = min(cost, await cpu_per_call(bound, None, make_call))
            if cost - bare < TELEMETRY_BUDGET:
                break
    finally:
        gc.enable()

    assert cost - bare < TELEMETRY_BUDGET
