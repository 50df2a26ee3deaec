"""Several processes report progress of the same enrollments: no lesson is lost, none is counted twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from academe.db.pool import Pool, create_pool
from academe.errors import AcademeError
from academe.services.enrollment import EnrollmentRepository, EnrollmentService, EnrollmentState
from academe.services.enrollment.model import LessonEvent, LessonState
from tests.support.enrollments import InventedCourses, make_learner, miscounted

SERVERS = 3


@pytest.fixture
async def servers(
    pool: Pool, database: str, courses: InventedCourses
) -> AsyncIterator[list[EnrollmentService]]:
    """As processes are: each with its own pool, its own batches and its own memory."""
    pools = [pool, *[await create_pool(database, size=3) for _ in range(SERVERS - 1)]]
    yield [EnrollmentService(EnrollmentRepository(one), courses) for one in pools]
    for one in pools[1:]:
        await one.close()


async def test_the_same_reports_to_every_server_count_once(
    pool: Pool, servers: list[EnrollmentService], courses: InventedCourses
) -> None:
    """A learner with three devices, each of which reports every lesson, in an order of its own."""
    outline = courses.publish([True] * 40)
    learner = make_learner()
    enrollment = await servers[0].enroll(learner, outline.course_id, None)

    async def report_all(server: EnrollmentService, seed: int) -> None:
        events = [(lesson.lesson_id, event) for lesson in outline.lessons for event in LessonEvent]
        random.Random(seed).shuffle(events)
        for start in range(0, len(events), 5):
            replies = await asyncio.gather(
                *(
                    server.update_progress(learner, enrollment.enrollment_id, lesson_id, event)
                    for lesson_id, event in events[start : start + 5]
                )
            )
            assert all(reply.lesson.state >= LessonState.IN_PROGRESS for reply in replies)
            assert all(reply.summary.completed_lessons <= 40 for reply in replies)

    await asyncio.gather(*(report_all(server, seed) for seed, server in enumerate(servers)))

    after = await servers[0].get_enrollment(learner, enrollment.enrollment_id)
    assert after.state is EnrollmentState.COMPLETED
    assert after.summary.completed_lessons == 40
    assert await miscounted(pool) == []


async def test_batches_that_share_enrollments_wait_and_do_not_deadlock(
    pool: Pool, servers: list[EnrollmentService], courses: InventedCourses
) -> None:
    """Every batch of every server holds lessons of the same 30 learners, each in another order."""
    outline = courses.publish([True] * 10)
    learners = [make_learner() for _ in range(30)]
    enrollments = [await servers[0].enroll(learner, outline.course_id, None) for learner in learners]
    deadlocks = await pool.fetchval(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )

    async def report_all(server: EnrollmentService, seed: int) -> None:
        pairs = list(zip(learners, enrollments, strict=True))
        for lesson in outline.lessons:
            random.Random(seed).shuffle(pairs)
            await asyncio.gather(
                *(
                    server.update_progress(
                        learner, enrollment.enrollment_id, lesson.lesson_id, LessonEvent.VIEWED
                    )
                    for learner, enrollment in pairs
                )
            )

    await asyncio.gather(*(report_all(server, seed) for seed, server in enumerate(servers)))

    for learner, enrollment in zip(learners, enrollments, strict=True):
        after = await servers[0].get_enrollment(learner, enrollment.enrollment_id)
        assert after.state is EnrollmentState.COMPLETED
    assert await miscounted(pool) == []
    assert deadlocks == await pool.fetchval(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )


async def locked_out(pool: Pool) -> None:
    """Returns once some statement waits for a lock."""
    async with asyncio.timeout(5):
        while not await pool.fetchval(  # noqa: ASYNC110 - what is awaited is in the database
            """
            select exists (
                select from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
            )
            """
        ):
            await asyncio.sleep(0.002)


async def finish_lesson(
    connection: asyncpg.Connection, learner_id: UUID, enrollment_id: UUID, lesson_id: UUID
) -> None:
    """What another server's batch does, up to its commit."""
    now = datetime.now(UTC)
    await connection.execute(
        "select from enrollment.enrollment where learner_id = $1 and enrollment_id = $2 for no key update",
        learner_id,
        enrollment_id,
    )
    await connection.execute(
        """
        insert into enrollment.lesson_progress (
            learner_id, enrollment_id, lesson_id, start_time, complete_time, state, required
        )
        values ($1, $2, $3, $4, $4, 3, true)
        """,
        learner_id,
        enrollment_id,
        lesson_id,
        now,
    )
    await connection.execute(
        """
        update enrollment.enrollment
        set completed_lessons = completed_lessons + 1, version = version + 1, update_time = $3
        where learner_id = $1 and enrollment_id = $2
        """,
        learner_id,
        enrollment_id,
        now,
    )


@pytest.mark.parametrize("same_lesson", [True, False], ids=["same lesson", "another lesson"])
async def test_a_batch_that_waited_counts_on_from_what_was_committed(
    pool: Pool, service: EnrollmentService, courses: InventedCourses, same_lesson: bool
) -> None:
    """Its statement began before the other's commit: its snapshot knows neither that lesson nor the count."""
    outline = courses.publish([True] * 3)
    learner = make_learner()
    enrollment = await service.enroll(learner, outline.course_id, None)
    first, second, _ = (lesson.lesson_id for lesson in outline.lessons)

    async with pool.transaction() as other:
        await finish_lesson(other, learner.user_id, enrollment.enrollment_id, first)
        lesson_id = first if same_lesson else second
        waiting = asyncio.create_task(
            service.update_progress(learner, enrollment.enrollment_id, lesson_id, LessonEvent.VIEWED)
        )
        await locked_out(pool)
    reply = await waiting

    assert reply.lesson.lesson_id == lesson_id
    assert reply.lesson.state is LessonState.DONE
    assert reply.summary.completed_lessons == (1 if same_lesson else 2)
    after = await service.get_enrollment(learner, enrollment.enrollment_id)
    assert after.summary == reply.summary
    assert after.version == enrollment.version + (1 if same_lesson else 2)
    assert await miscounted(pool) == []


async def test_a_batch_that_waited_for_the_learner_to_leave_counts_nothing(
    pool: Pool, service: EnrollmentService, courses: InventedCourses
) -> None:
    """The enrollment was active when the statement began and dropped when it got its lock."""
    outline = courses.publish([True])
    learner = make_learner()
    enrollment = await service.enroll(learner, outline.course_id, None)

    async with pool.transaction() as other:
        await other.execute(
            """
            update enrollment.enrollment set state = 3, version = version + 1
            where learner_id = $1 and enrollment_id = $2
            """,
            learner.user_id,
            enrollment.enrollment_id,
        )
        waiting = asyncio.create_task(
            service.update_progress(
                learner, enrollment.enrollment_id, outline.lessons[0].lesson_id, LessonEvent.VIEWED
            )
        )
        await locked_out(pool)
    with pytest.raises(AcademeError) as caught:
        await waiting

    assert caught.value.reason == "ENROLLMENT_NOT_ACTIVE"
    progress = await service.get_progress(learner, enrollment.enrollment_id)
    assert progress.lessons[0].state is LessonState.NOT_STARTED
