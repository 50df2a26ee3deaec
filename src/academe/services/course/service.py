"""The rules of courses; those of modules, lessons and imports are beside them and share the guard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.pagination import Page, page_request
from academe.services.course.guard import CourseGuard
from academe.services.course.imports.service import ImportService
from academe.services.course.lessons.service import LessonService
from academe.services.course.model import (
    Course,
    CourseFacts,
    CourseFields,
    CourseView,
    Replay,
    check_texts,
    facts_of,
)
from academe.services.course.modules.service import ModuleService
from academe.services.course.pages import bounded_page
from academe.services.course.repository import CourseRepository
from academe.services.course.revisions.model import RevisionOutline
from academe.services.course.revisions.outlines import Outlines
from academe.services.course.served import Served


class CourseService:
    """Courses, and through `modules`, `lessons` and `imports` what belongs to them.

    Everything here raises CourseNotFound for a course that the caller may not see; what changes a course
    raises NotCourseEducator when the caller sees it and teaches something else.
    """

    def __init__(
        self,
        repository: CourseRepository,
        *,
        max_import_bytes: int,
        import_folder: Path | None = None,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        """`import_folder` is where archives land while they arrive; None is the system's temporary folder."""
        self._repository = repository
        self._clock = clock
        self._guard = CourseGuard(repository.get_course)
        self._outlines = Outlines(repository.revisions)
        self._served = served = Served()
        self.modules = ModuleService(repository.modules, repository.revisions, self._guard, served, clock)
        self.lessons = LessonService(repository.lessons, repository.revisions, self._guard, served, clock)
        self.imports = ImportService(
            repository.imports,
            repository.get_course,
            self._guard,
            served,
            max_bytes=max_import_bytes,
            folder=import_folder,
            clock=clock,
        )

    async def create_course(self, caller: Caller, fields: CourseFields, replay: Replay | None) -> CourseView:
        """A draft with nothing in it, taught by the caller. Raises RequestIdReused."""
        check_texts(
            {"title": fields.title, "description": fields.description, "language": fields.language},
            of="course",
        )
        course = await self._repository.add_course(new_id(), caller.user_id, fields, replay, self._clock())
        return await self._served.course(course, course.draft)

    async def get_course(self, caller: Caller, course_id: UUID) -> CourseView:
        """The draft for those who edit it, the published revision for others."""
        return await self._served.course(*await self._guard.visible(caller, course_id))

    async def list_courses(
        self, caller: Caller, educator_id: UUID | None, show_deleted: bool, page_size: int, page_token: str
    ) -> Page[CourseView]:
        """Published courses, the latest to appear first; or one educator's, the latest to be created first.

        Drafts, and deleted ones where they are asked for, are in an educator's list for that educator and for
        administrators. Raises PageTokenInvalid.
        """
        if educator_id is None:
            if show_deleted:
                raise InvalidArgument.field("show_deleted", "is for the courses of one educator_id")
            request = page_request(page_size, page_token, arguments=("courses",), key=(datetime, UUID))
            rows = await self._repository.list_published(request)
        else:
            request = page_request(
                page_size, page_token, arguments=("courses", str(educator_id), show_deleted), key=(UUID,)
            )
            everything = caller.user_id == educator_id or caller.is_administrator
            rows = await self._repository.list_of_educator(
                educator_id, request, drafts=everything, deleted=everything and show_deleted
            )
        seen = [(course, version) for course in rows if (version := course.version_for(caller)) is not None]
        page = bounded_page(
            seen,
            request,
            key=lambda one: _place(one[0]) if educator_id is None else (one[0].course_id,),
            chars=lambda one: len(one[1].description),
        )
        return Page(await self._served.courses(page.rows), page.next_page_token)

    async def update_course(
        self, caller: Caller, course_id: UUID, changes: Mapping[str, str], expected_version: int | None
    ) -> CourseView:
        """Changes title, description or language, those that are in `changes`.

        Raises CourseDeleted and EtagMismatch.
        """
        await self._guard.draft(caller, course_id)
        check_texts(changes, of="course")
        course = await self._repository.update_course(
            course_id,
            expected_version,
            title=changes.get("title"),
            description=changes.get("description"),
            language=changes.get("language"),
            now=self._clock(),
        )
        return await self._served.course(course, course.draft)

    async def delete_course(
        self, caller: Caller, course_id: UUID, expected_version: int | None
    ) -> CourseView:
        """Takes a course out of sight; one that is already keeps its time. Raises EtagMismatch."""
        await self._guard.editable(caller, course_id)
        course = await self._repository.delete_course(course_id, expected_version, self._clock())
        return await self._served.course(course, course.draft)

    async def undelete_course(self, caller: Caller, course_id: UUID) -> CourseView:
        """Raises CourseNotDeleted."""
        await self._guard.editable(caller, course_id)
        course = await self._repository.undelete_course(course_id, self._clock())
        return await self._served.course(course, course.draft)

    async def publish_course(
        self, caller: Caller, course_id: UUID, expected_version: int | None
    ) -> CourseView:
        """Makes the draft the next revision, unless it equals the last one.

        Raises CourseDeleted, EtagMismatch and CourseEmpty.
        """
        await self._guard.draft(caller, course_id)
        course = await self._repository.publishing.publish(
            course_id, caller.user_id, expected_version, self._clock()
        )
        return await self._served.course(course, course.draft)

    async def get_course_facts(self, course_ids: Sequence[UUID]) -> Mapping[UUID, CourseFacts]:
        """Those that exist, drafts and deleted ones too, for other services."""
        courses = await self._repository.get_courses(course_ids)
        return {course_id: facts_of(course) for course_id, course in courses.items()}

    async def get_revision_outline(self, course_id: UUID, revision: int) -> RevisionOutline | None:
        """The lessons of a published revision in course order; None when there is no such revision."""
        return await self._outlines.get(course_id, revision)


def _place(course: Course) -> tuple[datetime | None, UUID]:
    return course.first_publish_time, course.course_id
