"""Admission, deadlines and validation by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import protovalidate
import pytest

from academe.api.auth.v1 import auth_service_pb2
from academe.api.course.v1 import course_pb2, course_service_pb2
from academe.api.user.v1 import user_service_pb2
from academe.errors import DeadlineExceeded, FieldViolation, InvalidArgument, Overloaded
from academe.rpc.admission import Admission
from academe.rpc.contract import Method, methods_of
from academe.rpc.interceptors import Deadlines
from academe.rpc.validation import Validation
from academe.slices import SERVICES

METHODS = {method.path: method for descriptor, _ in SERVICES for method in methods_of(descriptor)}
GET_COURSE = METHODS["/academe.api.course.v1.CourseService/GetCourse"]
WATCH = METHODS["/academe.api.enrollment.v1.EnrollmentService/WatchProgress"]


def call(remaining: float = 1e12) -> Any:
    return SimpleNamespace(context=SimpleNamespace(time_remaining=lambda: remaining))


class Door:
    """A handler that stays inside until it is told to come out."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self.open = asyncio.Event()

    async def __call__(self, request: Any, call: Any) -> str:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await self.open.wait()
            return "done"
        finally:
            self.inside -= 1


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_calls_beyond_room_and_queue_are_refused_at_once() -> None:
    """Two run, three wait, the sixth is told to come back."""
    door = Door()
    admitted = Admission(in_flight=2, queue=3, streams=1).bind(GET_COURSE, door)
    running = [asyncio.create_task(admitted(None, call())) for _ in range(5)]
    await settle()

    with pytest.raises(Overloaded) as refused:
        await admitted(None, call())
    assert refused.value.retry_after_seconds
    assert door.inside == 2

    door.open.set()
    assert await asyncio.gather(*running) == ["done"] * 5
    assert door.most == 2


async def test_a_cancelled_waiter_gives_its_place_up() -> None:
    """Whoever stops waiting neither keeps nor loses a place for others."""
    door = Door()
    gate = Admission(in_flight=1, queue=10, streams=1)
    admitted = gate.bind(GET_COURSE, door)
    tasks = [asyncio.create_task(admitted(None, call())) for _ in range(6)]
    await settle()
    for task in tasks[1:4]:
        task.cancel()
    await settle()
    door.open.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert gate.running == 0
    assert await admitted(None, call()) == "done"


async def test_open_streams_do_not_keep_calls_out() -> None:
    """Watchers are counted apart, and bounded too."""
    door = Door()
    gate = Admission(in_flight=1, queue=0, streams=2)
    watch, get = gate.bind(WATCH, door), gate.bind(GET_COURSE, door)
    watching = [asyncio.create_task(watch(None, call())) for _ in range(2)]
    await settle()
    with pytest.raises(Overloaded):
        await watch(None, call())
    door.open.set()

    assert await get(None, call()) == "done"
    await asyncio.gather(*watching)


async def test_a_call_without_deadline_gets_the_default() -> None:
    """A client that waits for ever does not make the server work for ever."""
    door = Door()
    limited = Deadlines(0.05).bind(GET_COURSE, door)

    with pytest.raises(DeadlineExceeded):
        await limited(None, call())
    assert door.inside == 0


def found(request: Any) -> Sequence[FieldViolation]:
    try:
        Validation(protovalidate.Validator()).check(request)
    except InvalidArgument as refused:
        return refused.violations
    return ()


def violations(request: Any) -> dict[str, str]:
    return {violation.field: violation.reason for violation in found(request)}


def described(request: Any) -> dict[str, str]:
    return {violation.field: violation.description for violation in found(request)}


def test_each_broken_field_is_named() -> None:
    """All faults of a request come back together, by path."""
    request = user_service_pb2.RegisterUserRequest(username="a!", email="nobody", password="short")

    assert violations(request) == {
        "username": "username_form",
        "email": "string.email",
        "password": "string.min_len",
    }


def test_a_nested_field_is_named_by_its_whole_path() -> None:
    """A block of a lesson is found by index."""
    request = course_service_pb2.UpdateLessonRequest(
        lesson=course_pb2.Lesson(blocks=[course_pb2.ContentBlock(), course_pb2.ContentBlock(title="x" * 201)])
    )

    assert "lesson.blocks[1].title" in violations(request)


def test_a_choice_that_was_not_made_is_told_with_what_there_is_to_choose() -> None:
    """At the top of a request, and inside a repeated field."""
    block = course_service_pb2.UpdateLessonRequest(
        lesson=course_pb2.Lesson(blocks=[course_pb2.ContentBlock()])
    )

    assert described(auth_service_pb2.AuthenticateRequest()) == {
        "credential": "one of these must be set: password, one_time_code"
    }
    assert (
        described(block)["lesson.blocks[0].content"] == "one of these must be set: html, video, placeholder"
    )


def test_at_most_twenty_violations_are_told() -> None:
    """A hopeless request gets a short answer."""
    blocks = [course_pb2.ContentBlock(title="x" * 201) for _ in range(60)]
    request = course_service_pb2.UpdateLessonRequest(lesson=course_pb2.Lesson(blocks=blocks))

    assert len(violations(request)) <= 20


def test_a_valid_request_passes() -> None:
    """The rules are not in the way of what is right."""
    request = user_service_pb2.RegisterUserRequest(
        username="ada", email="ada@example.org", password="a quiet green engine"
    )

    assert violations(request) == {}


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.path)
def test_an_empty_request_never_breaks_the_rules_themselves(method: Method) -> None:
    """Every request's rules compile and can be evaluated on the empty message."""
    protovalidate.Validator().collect_violations(method.request_class())
