"""What each interceptor adds to a call, and the whole pipeline, in microseconds of CPU.

    python -m benchmarks.micro.interceptors

Each is bound around a handler that does nothing, and called a few thousand times; the best of several rounds
counts, because whatever else the machine does only makes a round slower.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TextIO
from uuid import UUID

import protovalidate

from academe.api.course.v1 import course_service_pb2
from academe.caller import Caller, Role
from academe.logs import configure_logging
from academe.rpc.access import Access
from academe.rpc.admission import Admission
from academe.rpc.call import Call
from academe.rpc.contract import Method, methods_of
from academe.rpc.interceptors import Deadlines, Errors, RequestLog
from academe.rpc.pipeline import Handler, Interceptor
from academe.rpc.validation import Validation
from academe.telemetry import Metrics, Telemetry, tracer_from_environment

CALLS = 5_000
ROUNDS = 9

TELEMETRY_BUDGET = 5.0
LOG_LINE_BUDGET = 8.0
"""Microseconds of CPU a call."""


class Context:
    """What the interceptors ask of a gRPC context, for a call with a deadline and a token."""

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return (("user-agent", "grpc-python/1.85"), ("authorization", "Bearer " + "x" * 300))

    def time_remaining(self) -> float:
        return 5.0


class Verifier:
    """A token that was verified before."""

    def __init__(self) -> None:
        self._caller = Caller(
            UUID(int=7), UUID(int=8), frozenset({Role.LEARNER}), datetime(2026, 11, 1, tzinfo=UTC)
        )

    def cached(self, token: str) -> Caller:
        return self._caller

    async def verify(self, token: str) -> Caller:
        return self._caller


def get_course() -> Method:
    """A method as most are: unary, for people who are signed in."""
    service = course_service_pb2.DESCRIPTOR.services_by_name["CourseService"]
    return next(method for method in methods_of(service) if method.name == "GetCourse")


def interceptors(log: Any) -> dict[str, Interceptor]:
    """The pipeline as app.py builds it, by name."""
    return {
        "RequestLog": RequestLog(log),
        "Telemetry": Telemetry(Metrics(), tracer_from_environment("0", {})),
        "Errors": Errors(log, lambda error: None),
        "Admission": Admission(in_flight=512, queue=1024, streams=100),
        "Deadlines": Deadlines(30),
        "Access": Access(Verifier()),
        "Validation": Validation(protovalidate.Validator()),
    }


async def nothing(request: Any, call: Call) -> Any:
    return request


async def cpu_per_call(handler: Callable[[Any, Any], Awaitable[Any]], request: Any, make_call: Any) -> float:
    """Microseconds of this thread's CPU, the best of ROUNDS."""
    best = float("inf")
    for _ in range(ROUNDS):
        calls = [make_call() for _ in range(CALLS)]
        await asyncio.sleep(0)
        started = time.thread_time()
        for call in calls:
            await handler(request, call)
        best = min(best, time.thread_time() - started)
    return best / CALLS * 1e6


def bind(chain: list[Interceptor], method: Method) -> Handler:
    handler: Handler = nothing
    for interceptor in reversed(chain):
        handler = interceptor.bind(method, handler)
    return handler


async def measure(sink: TextIO) -> dict[str, float]:
    """Microseconds of CPU by interceptor, of the log line alone, and of all together."""
    method, context = get_course(), Context()
    request = course_service_pb2.GetCourseRequest(
        course_id="01936f4e-0000-7000-8000-000000000001"
    ).SerializeToString()

    def make_call() -> Call:
        return Call(method, context)  # type: ignore[arg-type]  # only what the interceptors ask of it

    log = configure_logging("json", "info", stream=sink)
    chain = interceptors(log)
    bare = await cpu_per_call(nothing, request, make_call)
    handlers = {name: bind([each], method) for name, each in chain.items()}
    handlers["log line alone"] = log_line(log)
    handlers["whole pipeline"] = bind(list(chain.values()), method)
    return {
        name: await cpu_per_call(handler, request, make_call) - bare for name, handler in handlers.items()
    }


def log_line(log: Any) -> Handler:
    info = log.info

    async def line(request: Any, call: Call) -> None:
        info(
            "call",
            request_id="0123456789abcdef",
            method=call.method.path,
            code="OK",
            reason="",
            caller_id="01936f4e-0000-7000-8000-000000000001",
            duration_ms=1.234,
        )

    return line


def main() -> None:
    print("interceptor         CPU microseconds a call")
    with open(os.devnull, "w") as sink:
        for name, cost in asyncio.run(measure(sink)).items():
            print(f"{name:<18} {cost:6.2f}")


if __name__ == "__main__":
    main()
