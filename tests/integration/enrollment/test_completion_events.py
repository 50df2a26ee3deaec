"""A completed enrollment is published once, whatever happens to the reports and the replies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import grpc.aio
import pytest

from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from academe.api.enrollment.v1 import enrollment_service_pb2_grpc
from academe.db.outbox import Event, OutboxConsumer, Wakes
from academe.db.pool import Pool, create_pool
from academe.errors import DatabaseUnavailable
from academe.services.enrollment import EnrollmentRepository, EnrollmentService
from academe.services.enrollment.model import LessonEvent
from tests.support.enrollments import (
    InventedCourses,
    enroll,
    get_enrollment,
    make_course_of,
    make_learner,
    unenroll,
    update_progress,
)
from tests.support.postgres import quiet_log
from tests.support.school import School

CLIENTS = 50


async def events_of(pool: Pool, enrollment_id: UUID | str) -> list[tuple[str, Any]]:
    rows = await pool.fetch(
        "select topic, type, payload from outbox.event where aggregate_id = $1 order by event_id",
        UUID(str(enrollment_id)),
    )
    assert {row["topic"] for row in rows} <= {"enrollment"}
    return [(row["type"], row["payload"]) for row in rows]


async def test_the_event_says_what_was_completed_by_whom_and_when(school: School) -> None:
    """As the enrollment itself says; ids and the time are text. Before the last lesson there is none."""
    course_id, lessons = await make_course_of(await school.educator(), [True, False, True])
    learner, pool = await school.learner(), school.app.database.pool
    enrollment_id = (await enroll(learner, course_id)).enrollment_id
    for lesson in lessons[:2]:
        await update_progress(learner, enrollment_id, lesson)
    assert await events_of(pool, enrollment_id) == []

    await update_progress(learner, enrollment_id, lessons[2])

    ((type_, payload),) = await events_of(pool, enrollment_id)
    enrollment = await get_enrollment(learner, enrollment_id)
    complete_time = datetime.fromisoformat(payload.pop("complete_time"))
    assert type_ == "enrollment.completed"
    assert payload == {
        "enrollment_id": enrollment_id,
        "learner_id": learner.user_id,
        "course_id": course_id,
        "course_revision": 1,
    }
    assert complete_time.utcoffset() is not None
    assert int(complete_time.timestamp() * 1e6) == enrollment.complete_time.ToMicroseconds()


async def test_fifty_clients_report_the_last_lesson_at_once(school: School) -> None:
    """Each over a connection of its own; all are told that it is completed."""
    course_id, lessons = await make_course_of(await school.educator(), [True])
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id
    metadata = (("authorization", f"Bearer {learner.token}"),)

    async def report() -> int:
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(school.app.grpc_address, options=options) as channel:
            stub: Any = enrollment_service_pb2_grpc.EnrollmentServiceStub(channel)
            request = pb.UpdateProgressRequest(
                enrollment_id=enrollment_id, lesson_id=lessons[0], event=pb.LESSON_EVENT_VIEWED
            )
            reply = await stub.UpdateProgress(request, metadata=metadata)
            return int(reply.summary.percent)

    assert set(await asyncio.gather(*(report() for _ in range(CLIENTS)))) == {100}
    assert len(await events_of(school.app.database.pool, enrollment_id)) == 1


async def test_a_client_that_never_hears_the_reply_asks_again(school: School) -> None:
    """It gives up at some moment while the call is under way, before the commit or after it."""
    course_id, lessons = await make_course_of(await school.educator(), [True])
    pool = school.app.database.pool
    for milliseconds in range(10):
        learner = await school.learner()
        enrollment_id = (await enroll(learner, course_id)).enrollment_id
        call = asyncio.create_task(update_progress(learner, enrollment_id, lessons[0]))
        await asyncio.sleep(milliseconds / 1000)
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call

        await update_progress(learner, enrollment_id, lessons[0])

        assert len(await events_of(pool, enrollment_id)) == 1


class Forgetful:
    """A pool whose connection ends after a commit and before the answer to it, as often as it is told to."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.lose = 0
        self.lost = 0

    async def fetch(self, query: str, *args: Any) -> Any:
        rows = await self._pool.fetch(query, *args)
        if self.lose and "outbox.append" in query:
            self.lose -= 1
            self.lost += 1
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
        return rows

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._pool.transaction() as connection:
            yield connection

    async def fetchrow(self, query: str, *args: Any) -> Any:
        return await self._pool.fetchrow(query, *args)


@pytest.mark.parametrize("losses", [1, 2])
async def test_the_answer_of_the_database_is_lost(pool: Pool, courses: InventedCourses, losses: int) -> None:
    """It was committed, nobody knows it, and the statement is run again: by us once, then by the client."""
    forgetful = Forgetful(pool)
    service = EnrollmentService(EnrollmentRepository(forgetful), courses)  # type: ignore[arg-type]
    outline, learner = courses.publish([True]), make_learner()
    enrollment = await service.enroll(learner, outline.course_id, None)
    report = (learner, enrollment.enrollment_id, outline.lessons[0].lesson_id, LessonEvent.VIEWED)
    forgetful.lose = losses

    with suppress(DatabaseUnavailable):
        await service.update_progress(*report)
    reply = await service.update_progress(*report)

    assert forgetful.lost == losses
    assert reply.summary.completed_lessons == 1
    assert len(await events_of(pool, enrollment.enrollment_id)) == 1


async def test_several_completions_in_one_batch(
    pool: Pool, service: EnrollmentService, courses: InventedCourses
) -> None:
    """Thirty learners finish two lessons each in one statement, ten more do not: thirty events."""
    outline = courses.publish([True, True])
    learners = [make_learner() for _ in range(40)]
    enrollments = [await service.enroll(learner, outline.course_id, None) for learner in learners]

    await asyncio.gather(
        *(
            service.update_progress(learner, enrollment.enrollment_id, lesson.lesson_id, LessonEvent.VIEWED)
            for number, (learner, enrollment) in enumerate(zip(learners, enrollments, strict=True))
            for lesson in outline.lessons[: 2 if number < 30 else 1]
        )
    )

    counts = [len(await events_of(pool, one.enrollment_id)) for one in enrollments]
    assert counts == [1] * 30 + [0] * 10


async def test_what_comes_after_a_completion_publishes_nothing(school: School) -> None:
    """Optional lessons, the same lesson again, leaving and coming back."""
    course_id, lessons = await make_course_of(await school.educator(), [True, False])
    learner, pool = await school.learner(), school.app.database.pool
    enrollment_id = (await enroll(learner, course_id)).enrollment_id
    await update_progress(learner, enrollment_id, lessons[0])

    await update_progress(learner, enrollment_id, lessons[1])
    await update_progress(learner, enrollment_id, lessons[0])
    await unenroll(learner, enrollment_id)
    await enroll(learner, course_id)
    await update_progress(learner, enrollment_id, lessons[0])

    assert len(await events_of(pool, enrollment_id)) == 1


async def test_a_completion_that_is_rolled_back_is_not_published(
    pool: Pool, courses: InventedCourses
) -> None:
    """The statement fails as a whole, here for an event that the outbox refuses."""
    service = EnrollmentService(EnrollmentRepository(pool), courses)
    outline, learner = courses.publish([True]), make_learner()
    enrollment = await service.enroll(learner, outline.course_id, None)
    report = (learner, enrollment.enrollment_id, outline.lessons[0].lesson_id, LessonEvent.VIEWED)
    await pool.execute(
        "alter table outbox.event add constraint refused check (aggregate_id is null) not valid"
    )

    with pytest.raises(asyncpg.CheckViolationError):
        await service.update_progress(*report)
    refused = await service.get_enrollment(learner, enrollment.enrollment_id)
    await pool.execute("alter table outbox.event drop constraint refused")
    await service.update_progress(*report)

    assert refused.summary.completed_lessons == 0
    assert len(await events_of(pool, enrollment.enrollment_id)) == 1


async def test_two_servers_complete_an_enrollment_together(
    pool: Pool, database: str, courses: InventedCourses
) -> None:
    """Both hold a report of the last lesson, and one waits for the other's row."""
    other_pool = await create_pool(database, size=2)
    servers = [EnrollmentService(EnrollmentRepository(one), courses) for one in (pool, other_pool)]
    outline = courses.publish([True])
    for _ in range(20):
        learner = make_learner()
        enrollment = await servers[0].enroll(learner, outline.course_id, None)
        report = (learner, enrollment.enrollment_id, outline.lessons[0].lesson_id, LessonEvent.VIEWED)
        await asyncio.gather(*(server.update_progress(*report) for server in servers))

        assert len(await events_of(pool, enrollment.enrollment_id)) == 1
    await other_pool.close()


async def test_consumers_of_this_process_hear_of_it_at_once(pool: Pool, courses: InventedCourses) -> None:
    """The repository says that it has published, once it is committed."""
    wakes, heard = Wakes(), asyncio.Event()

    async def handle(events: Sequence[Event]) -> None:
        if any(event.aggregate_id == enrollment.enrollment_id for event in events):
            heard.set()

    consumer = OutboxConsumer(
        pool, "trial", ["enrollment"], handle, quiet_log(), wakes=wakes, poll_seconds=60
    )
    service = EnrollmentService(EnrollmentRepository(pool, published=wakes.published), courses)
    outline, learner = courses.publish([True]), make_learner()
    enrollment = await service.enroll(learner, outline.course_id, None)
    running = asyncio.create_task(consumer.run())
    await asyncio.sleep(0.1)  # by now it waits for a minute

    await service.update_progress(
        learner, enrollment.enrollment_id, outline.lessons[0].lesson_id, LessonEvent.VIEWED
    )

    await asyncio.wait_for(heard.wait(), 10)
    running.cancel()
