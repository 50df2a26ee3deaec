"""Somebody who calls now and then, as a page that a person reads does, and how long they wait.

Calls are made by the clock whether or not the last one is answered, and are timed from when they were due: a
server that stands still for a second is charged for everybody who would have called in it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from academe.api.course.v1 import course_service_pb2 as course_pb
from academe.api.course.v1 import course_service_pb2_grpc
from academe.api.user.v1 import user_service_pb2 as user_pb
from academe.api.user.v1 import user_service_pb2_grpc
from benchmarks.credentials.school import School
from benchmarks.credentials.timing import Timed

INTERVAL_SECONDS = 0.025
"""Between two calls, GetCourse and GetMe in turn: 40 a second."""

WARM_UP = 10


class Steady:
    """`async with` it; `timings` are those of the block."""

    def __init__(self, school: School, when: str) -> None:
        self._school = school
        self._when = when
        self._seen: dict[str, list[float]] = {"GetCourse": [], "GetMe": []}

    async def __aenter__(self) -> Steady:
        self._channel = grpc.aio.insecure_channel(self._school.server.target)
        courses: Any = course_service_pb2_grpc.CourseServiceStub(self._channel)  # type: ignore[no-untyped-call]
        users: Any = user_service_pb2_grpc.UserServiceStub(self._channel)  # type: ignore[no-untyped-call]
        wanted = course_pb.GetCourseRequest(course_id=self._school.course_id)
        signed = self._school.reader.metadata
        self._kinds: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
            ("GetCourse", lambda: courses.GetCourse(wanted, metadata=signed)),
            ("GetMe", lambda: users.GetMe(user_pb.GetMeRequest(), metadata=signed)),
        ]
        for _ in range(WARM_UP):
            for _, call in self._kinds:
                await call()
        self._started = time.perf_counter()
        self._calling = asyncio.create_task(self._call_by_the_clock())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._calling.cancel()
        await asyncio.gather(self._calling, return_exceptions=True)
        self._elapsed = time.perf_counter() - self._started
        await self._channel.close()

    def timings(self) -> list[Timed]:
        """Of each kind of call."""
        return [Timed(f"{name}, {self._when}", seen, self._elapsed) for name, seen in self._seen.items()]

    async def _call_by_the_clock(self) -> None:
        due = time.perf_counter()
        async with asyncio.TaskGroup() as calls:
            number = 0
            while True:
                name, call = self._kinds[number % len(self._kinds)]
                calls.create_task(self._one(name, call, due))
                number += 1
                due += INTERVAL_SECONDS
                await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async def _one(self, name: str, call: Callable[[], Awaitable[Any]], due: float) -> None:
        await call()
        self._seen[name].append((time.perf_counter() - due) * 1000)
