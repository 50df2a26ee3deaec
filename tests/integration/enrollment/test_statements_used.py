"""How many statements the busy methods need, and that each finds its rows by an index."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from academe.caller import Caller
from academe.db.connect import connect
from academe.db.pool import Pool
from academe.services.enrollment import EnrollmentRepository, EnrollmentService
from academe.services.enrollment.model import LessonEvent
from tests.support.enrollments import InventedCourses, make_learner

LEARNERS = 5_000
COURSES = 20
"""Each learner is in every course: 100,000 enrollments."""


class Listening:
    """A pool, or one of its connections, that remembers what was asked of it."""

    def __init__(self, inner: Any, asked: list[tuple[str, tuple[Any, ...]]]) -> None:
        self._inner = inner
        self.asked = asked

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._inner, name)

        def listened(query: str, *args: Any) -> Awaitable[Any]:
            self.asked.append((query, args))
            result: Awaitable[Any] = method(query, *args)
            return result

        return listened

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Listening]:
        async with self._inner.transaction() as connection:
            yield Listening(connection, self.asked)


@pytest.fixture
def listening(pool: Pool) -> Listening:
    return Listening(pool, [])


@pytest.fixture
def repository(listening: Listening) -> EnrollmentRepository:
    return EnrollmentRepository(listening)  # type: ignore[arg-type]


async def begun(
    service: EnrollmentService, courses: InventedCourses, lessons: int
) -> tuple[Caller, UUID, list[UUID]]:
    outline, learner = courses.publish([True] * lessons), make_learner()
    await service.enroll(make_learner(), outline.course_id, None)
    enrollment = await service.enroll(learner, outline.course_id, None)
    return learner, enrollment.enrollment_id, [lesson.lesson_id for lesson in outline.lessons]


async def test_an_update_is_one_statement(
    service: EnrollmentService, courses: InventedCourses, listening: Listening
) -> None:
    """Once the enrollment is known; a hundred lessons at once, opened and viewed, are one, too."""
    learner, enrollment_id, lessons = await begun(service, courses, 101)
    await service.update_progress(learner, enrollment_id, lessons[0], LessonEvent.VIEWED)

    listening.asked.clear()
    await service.update_progress(learner, enrollment_id, lessons[0], LessonEvent.VIEWED)
    repeated = len(listening.asked)
    listening.asked.clear()
    await asyncio.gather(
        *(
            service.update_progress(learner, enrollment_id, lesson, event)
            for lesson in lessons[1:]
            for event in LessonEvent
        )
    )

    assert len(listening.asked) == 1
    assert repeated == 2  # nothing was changed, so what is there is read


async def test_reading_progress_is_one_statement(
    service: EnrollmentService, courses: InventedCourses, listening: Listening
) -> None:
    """However many lessons there are, and however many learners ask at once."""
    people = [await begun(service, courses, 30) for _ in range(10)]
    listening.asked.clear()

    await asyncio.gather(
        *(service.get_progress(learner, enrollment_id) for learner, enrollment_id, _ in people)
    )

    assert len(listening.asked) == 1


@pytest.fixture(scope="module")
async def crowd(database: str) -> tuple[UUID, UUID, UUID]:
    """100,000 enrollments with two lessons each; learner, course and enrollment of one of them."""
    connection = await connect(
        database, application_name="tests", statement_timeout_ms=0, command_timeout=None
    )
    await connection.execute(
        """
        insert into enrollment.enrollment (
            learner_id, enrollment_id, course_id, version, create_time, update_time, course_revision,
            required_lessons, completed_lessons, state
        )
        select md5('learner' || learner)::uuid, gen_random_uuid(), md5('course' || course)::uuid,
            1, $3::timestamptz, $3::timestamptz, 1, 5, 0, 1
        from generate_series(1, $1::integer) as learner, generate_series(1, $2::integer) as course
        """,
        LEARNERS,
        COURSES,
        datetime(2026, 3, 1, tzinfo=UTC),
    )
    await connection.execute(
        """
        insert into enrollment.lesson_progress (
            learner_id, enrollment_id, lesson_id, start_time, state, required
        )
        select e.learner_id, e.enrollment_id, md5('lesson' || lesson)::uuid, e.create_time, 2, true
        from enrollment.enrollment e, generate_series(1, 2) as lesson
        """
    )
    await connection.execute("analyze enrollment.enrollment")
    await connection.execute("analyze enrollment.lesson_progress")
    one = await connection.fetchrow(
        """
        select learner_id, course_id, enrollment_id from enrollment.enrollment
        where learner_id = md5('learner7')::uuid
        """
    )
    await connection.close()
    return tuple(one)


async def test_every_method_finds_its_rows_by_an_index(
    crowd: tuple[UUID, UUID, UUID],
    pool: Pool,
    service: EnrollmentService,
    repository: EnrollmentRepository,
    courses: InventedCourses,
    listening: Listening,
) -> None:
    """At 100,000 enrollments no statement reads a table from end to end, and no course's list is sorted."""
    learner_id, course_id, enrollment_id = crowd
    outline, learner = courses.publish([True] * 3), make_learner()
    await repository.list_of_learner(learner_id, None, 51)
    await repository.list_of_course(course_id, None, 51)
    await repository.get_enrollment(learner_id, enrollment_id)
    await repository.get_enrollments([enrollment_id])
    await repository.find_request(learner_id, enrollment_id)
    await repository.progress.get_progress(learner_id, enrollment_id)
    await repository.progress.get_versions([(learner_id, enrollment_id)])
    enrollment = await service.enroll(learner, outline.course_id, None)
    for _ in range(2):
        await service.update_progress(
            learner, enrollment.enrollment_id, outline.lessons[0].lesson_id, LessonEvent.VIEWED
        )
    await service.unenroll(learner, enrollment.enrollment_id, None)
    assert len(listening.asked) == 15

    for query, args in listening.asked:
        plan = "\n".join(row[0] for row in await pool.fetch(f"explain (costs off) {query}", *args))
        assert "Seq Scan" not in plan, plan
        assert "where course_id" not in query or "Sort" not in plan, plan
