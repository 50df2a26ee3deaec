"""What never changes about an enrollment, remembered: whose it is, and the lessons of its revision."""

from __future__ import annotations

from collections import OrderedDict
from uuid import UUID

from academe.services.enrollment.model import Syllabus
from academe.services.enrollment.ports import CourseCatalog
from academe.services.enrollment.repository import EnrollmentRepository

ENROLLMENTS = 20_000
"""Enrollments remembered, those in use last: 400 bytes each, 8 MB in all. One more costs a read by key."""

LESSONS = 50_000
"""Lessons of all syllabi remembered, those in use last: 100 bytes each, 5 MB in all."""


class Pins:
    """Lets an update know the lessons of its enrollment without asking the database.

    What is remembered holds for ever and in every process: an enrollment changes neither its learner nor its
    revision, and a revision does not change.
    """

    def __init__(self, repository: EnrollmentRepository, courses: CourseCatalog) -> None:
        self._repository = repository
        self._courses = courses
        self._pins: OrderedDict[UUID, tuple[UUID, UUID, int]] = OrderedDict()
        self._syllabi: OrderedDict[tuple[UUID, int], Syllabus] = OrderedDict()
        self._lessons = 0

    async def syllabus_of(self, learner_id: UUID, enrollment_id: UUID) -> Syllabus | None:
        """The lessons of the learner's enrollment; None when the learner has no such enrollment."""
        pin = self._pins.get(enrollment_id)
        if pin is None:
            enrollment = await self._repository.get_enrollment(learner_id, enrollment_id)
            if enrollment is None:
                return None
            pin = enrollment.learner_id, enrollment.course_id, enrollment.course_revision
            self._pins[enrollment_id] = pin
            if len(self._pins) > ENROLLMENTS:
                self._pins.popitem(last=False)
        else:
            self._pins.move_to_end(enrollment_id)
        learner, course_id, revision = pin
        return await self.syllabus(course_id, revision) if learner == learner_id else None

    async def syllabus(self, course_id: UUID, revision: int) -> Syllabus:
        """The lessons of a published revision."""
        key = course_id, revision
        syllabus = self._syllabi.get(key)
        if syllabus is not None:
            self._syllabi.move_to_end(key)
            return syllabus
        outline = await self._courses.get_revision_outline(course_id, revision)
        if outline is None:
            raise LookupError(f"course {course_id} has no revision {revision}, though it was published")
        syllabus = Syllabus.of((lesson.lesson_id, lesson.required) for lesson in outline.lessons)
        if key not in self._syllabi:  # somebody else may have asked meanwhile
            self._syllabi[key] = syllabus
            self._lessons += len(syllabus.counts)
        while self._lessons > LESSONS:
            self._lessons -= len(self._syllabi.popitem(last=False)[1].counts)
        return syllabus
