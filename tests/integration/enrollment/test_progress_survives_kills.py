"""Connections are cut under load: what was acknowledged is there, and every lesson is counted once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress

from academe.db.errors import db_error
from academe.db.pool import Pool
from academe.errors import DatabaseUnavailable
from academe.services.enrollment import EnrollmentRepository, EnrollmentService, EnrollmentState
from academe.services.enrollment.model import Enrollment, LessonEvent, LessonState
from tests.support.enrollments import InventedCourses, make_learner, miscounted

LEARNERS = 40
LESSONS = 30
CUTS = 8
RETRY_SECONDS = 0.02


async def cut_connections(pool: Pool) -> None:
    """Ends every other connection to this database, in the middle of whatever it does."""
    await pool.fetch(
        """
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
        """
    )


async def test_nothing_acknowledged_is_lost(pool: Pool, courses: InventedCourses) -> None:
    """Learners report every lesson, and again when a call fails; meanwhile connections are cut."""
    written: Counter[str] = Counter()

    def on_batch(name: str, items: int, _: float) -> None:
        written[name] += items

    service = EnrollmentService(EnrollmentRepository(pool, on_batch=on_batch), courses)
    outline = courses.publish([True] * LESSONS)
    learners = [make_learner() for _ in range(LEARNERS)]
    enrollments = [await service.enroll(learner, outline.course_id, None) for learner in learners]
    acknowledged, failed = 0, 0
    progressed = asyncio.Condition()

    async def learn(number: int) -> None:
        nonlocal acknowledged, failed
        lessons = [lesson.lesson_id for lesson in outline.lessons]
        random.Random(number).shuffle(lessons)
        for done, lesson_id in enumerate(lessons, start=1):
            while True:
                try:
                    reply = await service.update_progress(
                        learners[number], enrollments[number].enrollment_id, lesson_id, LessonEvent.VIEWED
                    )
                    break
                except Exception as error:
                    if db_error(error) is None:
                        raise
                    failed += 1
                    await asyncio.sleep(RETRY_SECONDS)
            assert reply.lesson.state is LessonState.DONE
            # What an earlier reply acknowledged is in every later one.
            assert reply.summary.completed_lessons == done
            acknowledged += 1
            async with progressed:
                progressed.notify_all()

    async def cut(number: int) -> None:
        async with progressed:
            wanted = number * LEARNERS * LESSONS // (CUTS + 1)
            await progressed.wait_for(lambda: acknowledged >= wanted)
        while True:
            try:
                return await cut_connections(pool)
            except Exception as error:
                if db_error(error) is None:
                    raise

    async with asyncio.timeout(60):
        await asyncio.gather(*map(learn, range(LEARNERS)), *(cut(n) for n in range(1, CUTS + 1)))

    # A second server, which remembers nothing, reads the same.
    reader = EnrollmentService(EnrollmentRepository(pool), courses)
    for learner, enrollment in zip(learners, enrollments, strict=True):
        after = await reader.get_progress(learner, enrollment.enrollment_id)
        assert after.enrollment.state is EnrollmentState.COMPLETED
        assert after.enrollment.summary.completed_lessons == LESSONS
        assert {lesson.state for lesson in after.lessons} == {LessonState.DONE}
    assert await miscounted(pool) == []
    assert acknowledged == LEARNERS * LESSONS
    assert written["update_progress"] > acknowledged, "no cut hit a batch that was under way"


async def test_enrolling_survives_too(
    pool: Pool, service: EnrollmentService, courses: InventedCourses
) -> None:
    """Calls that failed are repeated and find what they made, or make it: one enrollment each."""
    outline = courses.publish([True])
    learners = [make_learner() for _ in range(200)]

    async def enroll(number: int) -> Enrollment:
        while True:
            try:
                return await service.enroll(learners[number], outline.course_id, None)
            except Exception as error:
                if db_error(error) is None:
                    raise
                await asyncio.sleep(RETRY_SECONDS)

    enrolled: list[Enrollment] = []
    async with asyncio.timeout(60):
        for start in range(0, len(learners), 25):
            calls = [asyncio.create_task(enroll(n)) for n in range(start, start + 25) for _ in range(2)]
            await asyncio.sleep(0)
            with suppress(DatabaseUnavailable):
                await cut_connections(pool)
            enrolled += await asyncio.gather(*calls)

    rows = await pool.fetch(
        "select enrollment_id from enrollment.enrollment where course_id = $1", outline.course_id
    )
    assert len(rows) == len(learners)
    assert {row["enrollment_id"] for row in rows} == {one.enrollment_id for one in enrolled}
