"""Calls without a network, for tests of what happens around a handler."""

from __future__ import annotations

from functools import cache
from typing import Any

from academe.api.course.v1 import course_service_pb2
from academe.rpc.call import Call
from academe.rpc.contract import Method, methods_of

_COURSES = course_service_pb2.DESCRIPTOR.services_by_name["CourseService"]


@cache
def method(name: str = "GetCourse") -> Method:
    """A method of CourseService."""
    return next(each for each in methods_of(_COURSES) if each.name == name)


class FakeContext:
    """What interceptors ask of a gRPC context."""

    def __init__(self, **metadata: str) -> None:
        self._metadata = tuple(metadata.items())

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return self._metadata

    def time_remaining(self) -> float | None:
        return None


def make_call(of: Method | None = None, **metadata: str) -> Call:
    context: Any = FakeContext(**metadata)
    return Call(of or method(), context)
