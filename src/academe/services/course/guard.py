"""Who may do what with a course: asked first by every method of the slice, in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from academe.caller import Caller
from academe.errors import InvalidArgument
from academe.services.course.errors import CourseDeleted, CourseNotFound, NotCourseEducator
from academe.services.course.model import Course, CourseVersion

DRAFT = 0
"""The revision number that stands for the draft."""


class CourseGuard:
    """Decides from the course alone; `get_course` reads one."""

    def __init__(self, get_course: Callable[[UUID], Awaitable[Course | None]]) -> None:
        self._get_course = get_course

    async def visible(self, caller: Caller, course_id: UUID) -> tuple[Course, CourseVersion]:
        """The course and the version of it that the caller sees. Raises CourseNotFound."""
        course = await self._get_course(course_id)
        version = course.version_for(caller) if course is not None else None
        if course is None or version is None:
            raise CourseNotFound(course_id=course_id)
        return course, version

    async def editable(self, caller: Caller, course_id: UUID) -> Course:
        """A course that the caller may change. Raises CourseNotFound and NotCourseEducator."""
        course, _ = await self.visible(caller, course_id)
        if not course.is_editable_by(caller):
            raise NotCourseEducator(course_id=course_id)
        return course

    async def draft(self, caller: Caller, course_id: UUID) -> Course:
        """A course whose draft the caller may change now. Raises CourseDeleted, too."""
        course = await self.editable(caller, course_id)
        if course.delete_time is not None:
            raise CourseDeleted(course_id=course_id)
        return course

    async def revision(self, caller: Caller, course_id: UUID, asked: int) -> int:
        """Which revision a reader gets who asks for `asked`: DRAFT, or a published one.

        0 asks for the draft when the caller edits the course and for the latest revision otherwise. Raises
        CourseNotFound, and InvalidArgument for a revision that was never published.
        """
        course, _ = await self.visible(caller, course_id)
        if asked > course.published_revision:
            last = course.published_revision
            raise InvalidArgument.field(
                "revision", f"the last published one is {last}" if last else "none is published yet"
            )
        if asked == DRAFT and not course.is_editable_by(caller):
            return course.published_revision
        return asked
