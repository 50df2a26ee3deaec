"""WatchProgress."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest

from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from academe.db.pool import Pool, create_pool
from academe.errors import Overloaded
from academe.services.enrollment import EnrollmentRepository, EnrollmentService, ProgressWatch
from academe.services.enrollment.cursor import cursor_at, version_at
from academe.services.enrollment.model import LessonEvent
from tests.support.enrollments import (
    OPENED,
    InventedCourses,
    enroll,
    get_progress,
    make_course_of,
    make_learner,
    unenroll,
    update_progress,
)
from tests.support.errors import expect_error
from tests.support.school import Person, School

PATIENCE = 5.0
"""Seconds for something that takes milliseconds; more only when it never comes."""


class Watch:
    """A client that watches an enrollment."""

    def __init__(self, call: Any) -> None:
        self._call = call

    async def next(self) -> pb.Progress:
        async with asyncio.timeout(PATIENCE):
            response = await self._call.read()
        assert response is not grpc.aio.EOF
        progress: pb.Progress = response.progress
        return progress

    async def nothing_more(self, seconds: float = 0.05) -> bool:
        """Whether nothing comes for a while; the last thing to ask, since waiting ends the call."""
        try:
            async with asyncio.timeout(seconds):
                await self._call.read()
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def watching(person: Person, enrollment_id: str, cursor: str = "") -> AsyncIterator[Watch]:
    call = person.enrollments.WatchProgress(
        pb.WatchProgressRequest(enrollment_id=enrollment_id, cursor=cursor)
    )
    try:
        yield Watch(call)
    finally:
        call.cancel()


async def begun(school: School, lessons: int = 3) -> tuple[Person, str, list[str]]:
    """A learner in a course: the person, the enrollment and the lessons."""
    course_id, ids = await make_course_of(await school.educator(), [True] * lessons)
    learner = await school.learner()
    return learner, (await enroll(learner, course_id)).enrollment_id, ids


async def test_the_progress_is_sent_now_and_after_each_change(school: School) -> None:
    """Each as GetProgress gives it at that moment."""
    learner, enrollment_id, lessons = await begun(school, 2)

    async with watching(learner, enrollment_id) as watch:
        assert await watch.next() == await get_progress(learner, enrollment_id)
        for lesson_id in lessons:
            for event in (OPENED, pb.LESSON_EVENT_VIEWED):
                await update_progress(learner, enrollment_id, lesson_id, event)
                assert await watch.next() == await get_progress(learner, enrollment_id)
        last = await get_progress(learner, enrollment_id)

        assert last.state == pb.ENROLLMENT_STATE_COMPLETED
        assert await watch.nothing_more()


async def test_leaving_and_coming_back_are_changes(school: School) -> None:
    """A watcher sees the enrollment dropped and active again."""
    course_id, _ = await make_course_of(await school.educator(), [True])
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id

    async with watching(learner, enrollment_id) as watch:
        await watch.next()
        await unenroll(learner, enrollment_id)
        assert (await watch.next()).state == pb.ENROLLMENT_STATE_DROPPED
        await enroll(learner, course_id)
        assert (await watch.next()).state == pb.ENROLLMENT_STATE_ACTIVE


async def test_a_repeated_report_is_no_change(school: School) -> None:
    """Nor is enrolling again, or a report that is refused."""
    learner, enrollment_id, lessons = await begun(school)
    await update_progress(learner, enrollment_id, lessons[0])

    async with watching(learner, enrollment_id) as watch:
        progress = await watch.next()
        await update_progress(learner, enrollment_id, lessons[0])
        with expect_error("LESSON_NOT_IN_COURSE"):
            await update_progress(learner, enrollment_id, str(uuid4()))

        assert progress == await get_progress(learner, enrollment_id)
        assert await watch.nothing_more()


async def test_a_broken_stream_goes_on_where_it_was(school: School) -> None:
    """With the last cursor nothing is repeated that was seen, and nothing is lost that happened meanwhile."""
    learner, enrollment_id, lessons = await begun(school)
    async with watching(learner, enrollment_id) as watch:
        await watch.next()
        await update_progress(learner, enrollment_id, lessons[0])
        seen = await watch.next()

    async with watching(learner, enrollment_id, seen.cursor) as watch:
        assert await watch.nothing_more()

    await update_progress(learner, enrollment_id, lessons[1])
    await update_progress(learner, enrollment_id, lessons[2])
    async with watching(learner, enrollment_id, seen.cursor) as watch:
        missed = await watch.next()
        assert missed == await get_progress(learner, enrollment_id)
        assert missed.summary.percent == 100
        assert await watch.nothing_more()


async def test_streams_that_break_all_the_time_lose_and_repeat_nothing(school: School) -> None:
    """A client that resumes after every message, while lessons are done: progress only grows, to the end."""
    learner, enrollment_id, lessons = await begun(school, 12)

    async def learn() -> None:
        for lesson_id in lessons:
            await update_progress(learner, enrollment_id, lesson_id, OPENED)
            await update_progress(learner, enrollment_id, lesson_id)

    learning = asyncio.create_task(learn())
    seen: list[pb.Progress] = []
    while not seen or seen[-1].state != pb.ENROLLMENT_STATE_COMPLETED:
        async with watching(learner, enrollment_id, seen[-1].cursor if seen else "") as watch:
            seen.append(await watch.next())
    await learning

    versions = [version_at(progress.cursor, UUID(enrollment_id)) for progress in seen]
    assert versions == sorted(set(versions))
    assert seen[-1] == await get_progress(learner, enrollment_id)


async def test_a_cursor_of_something_else_is_refused(school: School) -> None:
    """Of another enrollment, from the future, or nonsense."""
    learner, enrollment_id, _ = await begun(school)
    _, other, _ = await begun(school)

    for cursor in (cursor_at(UUID(other), 1), cursor_at(UUID(enrollment_id), 99), "nonsense"):
        with expect_error("FIELD_INVALID") as refusal:
            async with watching(learner, enrollment_id, cursor) as watch:
                await watch.next()
        assert refusal.error is not None
        assert [violation.field for violation in refusal.error.violations] == ["cursor"]


async def test_those_who_teach_may_watch_and_others_not(school: School) -> None:
    """To others the enrollment does not exist."""
    educator, learner = await school.educator(), await school.learner()
    course_id, lessons = await make_course_of(educator, [True])
    enrollment_id = (await enroll(learner, course_id)).enrollment_id

    async with watching(educator, enrollment_id) as watch:
        await watch.next()
        await update_progress(learner, enrollment_id, lessons[0])
        assert (await watch.next()).state == pb.ENROLLMENT_STATE_COMPLETED
    for person in (await school.learner(), await school.educator()):
        with expect_error("ENROLLMENT_NOT_FOUND"):
            async with watching(person, enrollment_id) as watch:
                await watch.next()


async def test_a_client_that_leaves_leaves_nothing_behind(school: School) -> None:
    """Cancelled while it waits: nobody follows the enrollment any more."""
    learner, enrollment_id, _ = await begun(school)
    changes = school.app.slices.enrollments._repository.changes

    async with watching(learner, enrollment_id) as one, watching(learner, enrollment_id) as other:
        await one.next()
        await other.next()
        assert (UUID(learner.user_id), UUID(enrollment_id)) in changes.followed()

    async with asyncio.timeout(PATIENCE):
        while any(followed == UUID(enrollment_id) for _, followed in changes.followed()):  # noqa: ASYNC110
            await asyncio.sleep(0.005)  # the server's side of a call ends some time after the client's


async def test_a_slow_watcher_is_sent_the_latest(
    service: EnrollmentService, courses: InventedCourses
) -> None:
    """What it did not take in time is not kept for it; it sees where things stand."""
    outline = courses.publish([True] * 20)
    learner = make_learner()
    enrollment = await service.enroll(learner, outline.course_id, None)

    async with aclosing(service.watch_progress(learner, enrollment.enrollment_id, "")) as progresses:
        await anext(progresses)
        for lesson in outline.lessons:
            await service.update_progress(
                learner, enrollment.enrollment_id, lesson.lesson_id, LessonEvent.VIEWED
            )

        latest = await asyncio.wait_for(anext(progresses), PATIENCE)
        assert latest.enrollment.summary.percent == 100
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(progresses), 0.05)


@pytest.mark.parametrize("polls", [False, True], ids=["poll by hand", "polling"])
async def test_changes_of_another_server_are_heard_of(
    pool: Pool, database: str, courses: InventedCourses, polls: bool
) -> None:
    """At the next poll, which asks once for everything that is watched."""
    other_pool = await create_pool(database, size=2)
    here, there = EnrollmentRepository(pool), EnrollmentRepository(other_pool)
    service, elsewhere = EnrollmentService(here, courses), EnrollmentService(there, courses)
    watch = ProgressWatch(here, poll_seconds=0.02)
    polling = asyncio.create_task(watch.run()) if polls else None
    outline = courses.publish([True])
    learners = [make_learner() for _ in range(5)]
    enrollments = [await service.enroll(learner, outline.course_id, None) for learner in learners]
    streams = [
        service.watch_progress(learner, enrollment.enrollment_id, "")
        for learner, enrollment in zip(learners, enrollments, strict=True)
    ]
    for stream in streams:
        await anext(stream)
    waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]

    for learner, enrollment in zip(learners, enrollments, strict=True):
        await elsewhere.update_progress(
            learner, enrollment.enrollment_id, outline.lessons[0].lesson_id, LessonEvent.VIEWED
        )
    if not polls:
        assert not any(one.done() for one in waiting)
        await watch.poll()
    progresses = await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)

    assert [progress.enrollment.summary.percent for progress in progresses] == [100] * 5
    for stream in streams:
        await stream.aclose()
    if polling is not None:
        polling.cancel()
    await other_pool.close()


async def test_polling_goes_on_after_rounds_that_failed(
    database: str, pool: Pool, courses: InventedCourses
) -> None:
    """For a while there is no connection for it; the first round that gets one tells of what happened."""
    starved_pool = await create_pool(database, size=1, acquire_timeout=0.01)
    here = EnrollmentRepository(starved_pool)
    service, elsewhere = (
        EnrollmentService(here, courses),
        EnrollmentService(EnrollmentRepository(pool), courses),
    )
    polling = asyncio.create_task(ProgressWatch(here, poll_seconds=0.01).run())
    outline, learner = courses.publish([True]), make_learner()
    enrollment = await service.enroll(learner, outline.course_id, None)
    async with aclosing(service.watch_progress(learner, enrollment.enrollment_id, "")) as progresses:
        await anext(progresses)
        async with starved_pool.acquire():
            waiting = asyncio.ensure_future(anext(progresses))
            await elsewhere.update_progress(
                learner, enrollment.enrollment_id, outline.lessons[0].lesson_id, LessonEvent.VIEWED
            )
            with pytest.raises(Overloaded):
                await ProgressWatch(here).poll()
            await asyncio.sleep(0.1)  # several rounds of the other one, which fail the same way
            assert not waiting.done()

        assert (await asyncio.wait_for(waiting, PATIENCE)).enrollment.summary.percent == 100
        assert not polling.done()
    polling.cancel()
    await starved_pool.close()
