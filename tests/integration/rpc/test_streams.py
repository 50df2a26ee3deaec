"""Streams that stay open: whose they are, how many, and when they end by themselves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.course.v1 import course_pb2
from academe.api.course.v1 import course_service_pb2 as course_pb
from academe.api.enrollment.v1 import enrollment_service_pb2 as enrollment_pb
from academe.rpc import access
from tests.support.errors import expect_error
from tests.support.school import Person, School


async def enrolled(school: School) -> tuple[Person, str]:
    """A learner in a course of one lesson."""
    educator, learner = await school.educator(), await school.learner()
    course = await educator.courses.CreateCourse(
        course_pb.CreateCourseRequest(course=course_pb2.Course(title="Streams"))
    )
    module = await educator.courses.CreateModule(
        course_pb.CreateModuleRequest(course_id=course.course_id, module=course_pb2.Module(title="All"))
    )
    await educator.courses.CreateLesson(
        course_pb.CreateLessonRequest(
            course_id=course.course_id, module_id=module.module_id, lesson=course_pb2.Lesson(title="One")
        )
    )
    await educator.courses.PublishCourse(course_pb.PublishCourseRequest(course_id=course.course_id))
    enrollment = await learner.enrollments.Enroll(enrollment_pb.EnrollRequest(course_id=course.course_id))
    return learner, enrollment.enrollment_id


async def test_a_stream_ends_with_its_session(school: School) -> None:
    """After a logout a watch that was open tells nothing more."""
    learner, enrollment_id = await enrolled(school)
    watch = learner.enrollments.WatchProgress(enrollment_pb.WatchProgressRequest(enrollment_id=enrollment_id))
    await watch.read()

    await learner.auth.Logout(auth_pb.LogoutRequest())

    with expect_error("SESSION_ENDED"):
        await asyncio.wait_for(watch.read(), 10)


async def test_one_person_opens_so_many_streams(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond their share a person is refused, and others are not."""
    monkeypatch.setattr(access, "STREAMS_EACH_MAX", 3)
    learner, enrollment_id = await enrolled(school)
    other, others_id = await enrolled(school)
    request = enrollment_pb.WatchProgressRequest(enrollment_id=enrollment_id)
    open_streams = [learner.enrollments.WatchProgress(request) for _ in range(3)]
    for stream in open_streams:
        await stream.read()

    with expect_error("OVERLOADED"):
        await learner.enrollments.WatchProgress(request).read()
    theirs = other.enrollments.WatchProgress(enrollment_pb.WatchProgressRequest(enrollment_id=others_id))
    assert (await theirs.read()).progress.enrollment_id == others_id
    for stream in (*open_streams, theirs):
        stream.cancel()


async def test_watchers_of_health_take_nobodys_place(database: str, tmp_path: Path) -> None:
    """With room for one learner's stream, ten strangers watching health do not fill it."""
    school = School(database, tmp_path / "data", max_open_streams=1)
    await school.start()
    try:
        health: Any = health_pb2_grpc.HealthStub(school.channel)
        strangers = [health.Watch(health_pb2.HealthCheckRequest(service="nonsense")) for _ in range(10)]
        for stranger in strangers:
            await stranger.read()

        learner, enrollment_id = await enrolled(school)
        request = enrollment_pb.WatchProgressRequest(enrollment_id=enrollment_id)
        watch = learner.enrollments.WatchProgress(request)
        assert await watch.read() is not grpc.aio.EOF
        with expect_error("OVERLOADED"):
            await learner.enrollments.WatchProgress(request).read()
        for stream in (*strangers, watch):
            stream.cancel()
    finally:
        await school.stop()


async def test_asking_for_the_contract_is_a_call_like_others(school: School) -> None:
    """Reflection is logged and counted."""
    from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

    school.records.clear()
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(school.channel)
    question = reflection_pb2.ServerReflectionRequest(list_services="")
    async for _ in stub.ServerReflectionInfo(iter([question])):
        break
    await asyncio.sleep(0.2)

    assert [record["method"] for record in school.records if record["event"] == "call"] == [
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
    ]
