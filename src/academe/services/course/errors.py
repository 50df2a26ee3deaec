"""Every way in which the course slice says no. The numbers and their metadata are in error_reason.proto."""

from __future__ import annotations

from academe.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied


class CourseNotFound(NotFound):
    """No such course, or not one that the caller may see."""

    reason = "COURSE_NOT_FOUND"


class ModuleNotFound(NotFound):
    """This version of the course has no such module."""

    reason = "MODULE_NOT_FOUND"


class LessonNotFound(NotFound):
    """This version of the course has no such lesson."""

    reason = "LESSON_NOT_FOUND"


class ImportNotFound(NotFound):
    """The course has no such import."""

    reason = "IMPORT_NOT_FOUND"


class NotCourseEducator(PermissionDenied):
    """Only the course's own educators or an administrator change it."""

    reason = "NOT_COURSE_EDUCATOR"


class CourseEmpty(FailedPrecondition):
    """The course has no lesson to publish."""

    reason = "COURSE_EMPTY"


class CourseDeleted(FailedPrecondition):
    """The course is deleted; undelete it first."""

    reason = "COURSE_DELETED"


class CourseNotDeleted(AlreadyExists):
    """The course is not deleted."""

    reason = "COURSE_NOT_DELETED"


class ArchiveRefused(InvalidArgument):
    """The archive is refused whole and nothing of it is stored."""

    reason = "ARCHIVE_REFUSED"
