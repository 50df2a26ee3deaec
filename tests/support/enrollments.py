"""Enrollments for tests: over gRPC as a client has them, or straight at the service with invented courses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.course import CourseFacts, OutlineLesson, RevisionOutline
from tests.support.courses import list_lessons, make_course, make_lesson, make_module, publish
from tests.support.school import Person

OPENED, VIEWED = pb.LESSON_EVENT_OPENED, pb.LESSON_EVENT_VIEWED


async def make_course_of(educator: Person, required: Sequence[bool]) -> tuple[str, list[str]]:
    """A published course with a lesson for each flag; its id, and its lessons' ids in course order."""
    course = await make_course(educator)
    module = await make_module(educator, course.course_id)
    for flag in required:
        await make_lesson(educator, module, optional=not flag)
    await publish(educator, course.course_id)
    return course.course_id, [lesson.lesson_id for lesson in await list_lessons(educator, course.course_id)]


async def enroll(person: Person, course_id: str, request_id: str = "") -> pb.Enrollment:
    request = pb.EnrollRequest(course_id=course_id, request_id=request_id)
    enrollment: pb.Enrollment = await person.enrollments.Enroll(request)
    return enrollment


async def unenroll(person: Person, enrollment_id: str, etag: str = "") -> pb.Enrollment:
    request = pb.UnenrollRequest(enrollment_id=enrollment_id, etag=etag)
    enrollment: pb.Enrollment = await person.enrollments.Unenroll(request)
    return enrollment


async def get_enrollment(person: Person, enrollment_id: str) -> pb.Enrollment:
    request = pb.GetEnrollmentRequest(enrollment_id=enrollment_id)
    enrollment: pb.Enrollment = await person.enrollments.GetEnrollment(request)
    return enrollment


async def list_enrollments(person: Person, **fields: Any) -> pb.ListEnrollmentsResponse:
    response: pb.ListEnrollmentsResponse = await person.enrollments.ListEnrollments(
        pb.ListEnrollmentsRequest(**fields)
    )
    return response


async def update_progress(
    person: Person, enrollment_id: str, lesson_id: str, event: pb.LessonEvent = VIEWED
) -> pb.UpdateProgressResponse:
    request = pb.UpdateProgressRequest(enrollment_id=enrollment_id, lesson_id=lesson_id, event=event)
    response: pb.UpdateProgressResponse = await person.enrollments.UpdateProgress(request)
    return response


async def get_progress(person: Person, enrollment_id: str) -> pb.Progress:
    request = pb.GetProgressRequest(enrollment_id=enrollment_id)
    progress: pb.Progress = await person.enrollments.GetProgress(request)
    return progress


class InventedCourses:
    """A CourseCatalog of courses that are nowhere else."""

    def __init__(self) -> None:
        self._facts: dict[UUID, CourseFacts] = {}
        self._outlines: dict[tuple[UUID, int], RevisionOutline] = {}

    def publish(
        self, required: Sequence[bool], course_id: UUID | None = None, educators: Sequence[UUID] = ()
    ) -> RevisionOutline:
        """The first or next revision of a course, with a lesson for each flag."""
        id_ = course_id or new_id()
        revision = self._facts[id_].published_revision + 1 if id_ in self._facts else 1
        self._facts[id_] = CourseFacts(id_, "Knots", tuple(educators), revision, deleted=False)
        lessons = tuple(OutlineLesson(new_id(), flag) for flag in required)
        outline = self._outlines[id_, revision] = RevisionOutline(id_, revision, lessons)
        return outline

    async def get_course_facts(self, course_ids: Sequence[UUID]) -> Mapping[UUID, CourseFacts]:
        return {id_: self._facts[id_] for id_ in course_ids if id_ in self._facts}

    async def get_revision_outline(self, course_id: UUID, revision: int) -> RevisionOutline | None:
        return self._outlines.get((course_id, revision))


def make_learner() -> Caller:
    return Caller(new_id(), new_id(), frozenset({Role.LEARNER}), datetime.now(UTC))


async def miscounted(pool: Pool) -> list[UUID]:
    """Enrollments whose counts are not what their lessons say."""
    rows = await pool.fetch(
        """
        select e.enrollment_id
        from enrollment.enrollment e
        left join (
            select learner_id, enrollment_id, count(*) filter (where required and state = 3) as done
            from enrollment.lesson_progress
            group by learner_id, enrollment_id
        ) l using (learner_id, enrollment_id)
        where e.completed_lessons <> coalesce(l.done, 0)
            or (e.state = 2) <> (e.required_lessons > 0 and e.completed_lessons = e.required_lessons)
        """
    )
    return [row["enrollment_id"] for row in rows]
