"""The rules of enrollments and progress."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.errors import EtagMismatch, RequestIdReused
from academe.etags import etag
from academe.ids import new_id
from academe.pagination import Page, page_of, page_request
from academe.services.course import CourseFacts, CourseNotFound
from academe.services.enrollment.cursor import not_ours, version_at
from academe.services.enrollment.errors import CourseNotPublished, EnrollmentNotFound, LessonNotInCourse
from academe.services.enrollment.model import (
    Enrollment,
    EnrollmentFacts,
    LessonEvent,
    NewEnrollment,
    Progress,
    ProgressReport,
    ProgressUpdate,
    progress_of,
    state_reached,
)
from academe.services.enrollment.pins import Pins
from academe.services.enrollment.ports import CourseCatalog
from academe.services.enrollment.repository import EnrollmentRepository


class EnrollmentService:
    """Learners in courses. Only the learner changes an enrollment; the course's educators and administrators
    read it; to anybody else it does not exist, and every method raises EnrollmentNotFound."""

    def __init__(
        self,
        repository: EnrollmentRepository,
        courses: CourseCatalog,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._courses = courses
        self._pins = Pins(repository, courses)
        self._clock = clock

    async def enroll(self, caller: Caller, course_id: UUID, request_id: UUID | None) -> Enrollment:
        """The caller's enrollment in the course: a new one, a dropped one brought back, or the one there is.

        Raises CourseNotFound, CourseNotPublished, and RequestIdReused when the request_id stands for another
        course.
        """
        made = await self._made_before(caller, course_id, request_id)
        if made is not None:
            return made
        course = await self._open_course(caller, course_id)
        syllabus = await self._pins.syllabus(course_id, course.published_revision)
        new = NewEnrollment(
            new_id(),
            caller.user_id,
            course_id,
            course.published_revision,
            syllabus.required_lessons,
            request_id,
            self._clock(),
        )
        return await self._repository.enrolling.enroll(new)

    async def _made_before(
        self, caller: Caller, course_id: UUID, request_id: UUID | None
    ) -> Enrollment | None:
        """What this request made when it came before. Raises RequestIdReused if it was for another course."""
        if request_id is None:
            return None
        made = await self._repository.find_request(caller.user_id, request_id)
        if made is not None and made.course_id != course_id:
            raise RequestIdReused
        return made

    async def _open_course(self, caller: Caller, course_id: UUID) -> CourseFacts:
        """A course that the caller may enroll in."""
        course = (await self._courses.get_course_facts([course_id])).get(course_id)
        if course is None or course.deleted:
            raise CourseNotFound(course_id=course_id)
        if not course.published_revision:
            raise (CourseNotPublished if _teaches(caller, course) else CourseNotFound)(course_id=course_id)
        return course

    async def unenroll(self, caller: Caller, enrollment_id: UUID, expected_version: int | None) -> Enrollment:
        """Drops the enrollment if it is active; what was learned is kept. Raises EtagMismatch."""
        now = self._clock()

        def leave(enrollment: Enrollment) -> Enrollment:
            if expected_version not in (None, enrollment.version):
                raise EtagMismatch(etag=etag(enrollment.version))
            return enrollment.left(now)

        left = await self._repository.enrolling.change_enrollment(caller.user_id, enrollment_id, leave)
        if left is None:
            raise EnrollmentNotFound(enrollment_id=enrollment_id)
        return left

    async def get_enrollment(self, caller: Caller, enrollment_id: UUID) -> Enrollment:
        own = await self._repository.get_enrollment(caller.user_id, enrollment_id)
        if own is not None:
            return own
        others = await self._repository.get_enrollments([enrollment_id])
        for enrollment in others.values():
            if await self._may_read(caller, enrollment.course_id):
                return enrollment
        raise EnrollmentNotFound(enrollment_id=enrollment_id)

    async def list_enrollments(
        self, caller: Caller, course_id: UUID | None, page_size: int, page_token: str
    ) -> Page[Enrollment]:
        """The caller's own, or those of a course; newest first. Raises CourseNotFound, PageTokenInvalid.

        Who may not see a course's learners is not told whether there is such a course.
        """
        if course_id is not None and not await self._may_read(caller, course_id):
            raise CourseNotFound(course_id=course_id)
        whose = ("course", course_id) if course_id is not None else ("learner", caller.user_id)
        request = page_request(page_size, page_token, arguments=("enrollments", *whose), key=(UUID,))
        after = request.after[0] if request.after is not None else None
        if course_id is not None:
            rows = await self._repository.list_of_course(course_id, after, request.limit)
        else:
            rows = await self._repository.list_of_learner(caller.user_id, after, request.limit)
        return page_of(rows, request, key=lambda enrollment: (enrollment.enrollment_id,))

    async def update_progress(
        self, caller: Caller, enrollment_id: UUID, lesson_id: UUID, event: LessonEvent
    ) -> ProgressUpdate:
        """Takes what the learner did in a lesson, and decides what that means.

        Raises LessonNotInCourse, and EnrollmentNotActive after the learner left.
        """
        syllabus = await self._pins.syllabus_of(caller.user_id, enrollment_id)
        if syllabus is None:
            raise EnrollmentNotFound(enrollment_id=enrollment_id)
        required = syllabus.counts.get(lesson_id)
        if required is None:
            raise LessonNotInCourse(lesson_id=lesson_id)
        return await self._repository.reports.update_progress(
            ProgressReport(
                caller.user_id, enrollment_id, lesson_id, required, state_reached(event), self._clock()
            )
        )

    async def get_progress(self, caller: Caller, enrollment_id: UUID) -> Progress:
        """Every lesson of the pinned revision, with the enrollment at the same moment."""
        found = await self._repository.progress.get_progress(caller.user_id, enrollment_id)
        if found is None:
            other = await self.get_enrollment(caller, enrollment_id)
            found = await self._repository.progress.get_progress(other.learner_id, enrollment_id)
        if found is None:
            raise EnrollmentNotFound(enrollment_id=enrollment_id)
        enrollment, started = found
        syllabus = await self._pins.syllabus(enrollment.course_id, enrollment.course_revision)
        return progress_of(enrollment, syllabus, started)

    async def watch_progress(
        self, caller: Caller, enrollment_id: UUID, cursor: str
    ) -> AsyncGenerator[Progress, None]:
        """The progress as it is, unless the cursor has seen it, and then after each change, until closed.

        Each is newer than the one before; who is slow to take them gets the latest. Raises InvalidArgument
        for a cursor of another enrollment, and EnrollmentNotFound when the caller may no longer read it.
        """
        seen = version_at(cursor, enrollment_id)
        enrollment = await self.get_enrollment(caller, enrollment_id)
        if seen > enrollment.version:
            raise not_ours()
        with self._repository.changes.follow(enrollment.learner_id, enrollment_id) as followed:
            while True:
                progress = await self.get_progress(caller, enrollment_id)
                if progress.enrollment.version > seen:
                    seen = progress.enrollment.version
                    yield progress
                await followed.newer_than(seen)

    async def get_enrollment_facts(self, enrollment_ids: Sequence[UUID]) -> Mapping[UUID, EnrollmentFacts]:
        """Those that exist, for other services."""
        found = await self._repository.get_enrollments(enrollment_ids)
        return {
            one.enrollment_id: EnrollmentFacts(
                one.enrollment_id, one.course_id, one.learner_id, one.state, one.complete_time
            )
            for one in found.values()
        }

    async def list_completed_enrollments(
        self, course_id: UUID, after: UUID | None, limit: int
    ) -> Sequence[UUID]:
        """The completed enrollments of a course, newest first, those older than `after`, for others."""
        return await self._repository.list_completed(course_id, after, limit)

    async def _may_read(self, caller: Caller, course_id: UUID) -> bool:
        """Whether the caller may see who learns in the course."""
        course = (await self._courses.get_course_facts([course_id])).get(course_id)
        return course is not None and _teaches(caller, course)


def _teaches(caller: Caller, course: CourseFacts) -> bool:
    return caller.is_administrator or caller.user_id in course.educator_ids
