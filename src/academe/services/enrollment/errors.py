"""What can be wrong with enrollments."""

from __future__ import annotations

from academe.errors import FailedPrecondition, InvalidArgument, NotFound


class EnrollmentNotFound(NotFound):
    """No such enrollment, or not one that the caller may see."""

    reason = "ENROLLMENT_NOT_FOUND"


class EnrollmentNotActive(FailedPrecondition):
    """The learner left this course; enroll again to go on."""

    reason = "ENROLLMENT_NOT_ACTIVE"


class LessonNotInCourse(InvalidArgument):
    """lesson_id: not a lesson of the revision that the enrollment is pinned to."""

    reason = "LESSON_NOT_IN_COURSE"


class CourseNotPublished(FailedPrecondition):
    """The course is a draft; publish it first."""

    reason = "COURSE_NOT_PUBLISHED"
