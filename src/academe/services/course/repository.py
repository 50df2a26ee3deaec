"""The SQL of courses themselves; modules, lessons, revisions and imports have their own beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.pagination import PageRequest
from academe.services.course.errors import CourseNotDeleted
from academe.services.course.imports.repository import ImportRepository
from academe.services.course.lessons.repository import LessonRepository
from academe.services.course.model import Course, CourseFields, Replay
from academe.services.course.modules.repository import ModuleRepository
from academe.services.course.repository_requests import remember_request
from academe.services.course.repository_shared import (
    CourseWriter,
    check_version,
    course_of,
    insert_course,
    read_course,
    read_courses,
)
from academe.services.course.revisions.repository import RevisionRepository
from academe.services.course.revisions.repository_publish import PublishRepository
from academe.services.course.turns import Turns

# Where lists that run downwards begin.
LAST_TIME = datetime.max.replace(tzinfo=UTC)
LAST_ID = UUID(int=(1 << 128) - 1)

PublishedPage = tuple[datetime, UUID, int]
"""Where a page of published courses begins, and how many rows it has."""

PAGES_AT_ONCE = 4
"""Different pages read at the same time; half of the pool's connections, so that others get theirs."""


class CourseRepository:
    """Courses in PostgreSQL. Times are parameters, so that the caller's clock decides them."""

    def __init__(self, pool: Pool, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        self._courses = BatchLoader[UUID, Course](self._get_courses, name="course", on_batch=on_batch)
        self._pages = BatchLoader[PublishedPage, list[Course]](
            self._list_published_pages,
            name="course.page",
            max_batch=PAGES_AT_ONCE,
            max_in_flight=1,  # a batch is as many queries as it has pages
            on_batch=on_batch,
        )
        self._writer = writer = CourseWriter(pool)
        self._requests = Turns()
        self.modules = ModuleRepository(pool, writer)
        self.lessons = LessonRepository(pool, writer)
        self.revisions = RevisionRepository(pool, on_batch=on_batch)
        self.publishing = PublishRepository(writer)
        self.imports = ImportRepository(pool, writer)

    async def get_course(self, course_id: UUID) -> Course | None:
        return await self._courses.load(course_id)

    async def get_courses(self, course_ids: Sequence[UUID]) -> Mapping[UUID, Course]:
        """Those that exist."""
        if len(course_ids) == 1:  # as most are, from many calls at once: they share a query
            course = await self._courses.load(course_ids[0])
            return {course_ids[0]: course} if course is not None else {}
        return await self._get_courses(course_ids)

    async def _get_courses(self, course_ids: Sequence[UUID]) -> Mapping[UUID, Course]:
        return await read_courses(self._pool, course_ids)

    async def list_published(self, page: PageRequest) -> list[Course]:
        """Courses that learners see, by (first_publish_time, course_id) downwards."""
        time, course_id = page.after or (LAST_TIME, LAST_ID)
        return await self._pages.load((time, course_id, page.limit)) or []

    async def _list_published_pages(self, pages: list[PublishedPage]) -> Mapping[PublishedPage, list[Course]]:
        """Everybody begins with the same page, and those who ask at the same time share one reading of it."""
        found = await asyncio.gather(*(self._list_published(*page) for page in pages))
        return dict(zip(pages, found, strict=True))

    async def _list_published(self, time: datetime, course_id: UUID, limit: int) -> list[Course]:
        rows = await self._pool.fetch(
            """
            select c.course_id,
                   array(
                       select e.educator_id from course.educator e
                       where e.course_id = c.course_id
                       order by e.position
                   ),
                   c.title, c.description, c.language,
                   c.module_count, c.lesson_count, c.version, c.update_time,
                   c.published_revision, c.first_publish_time, c.create_time, c.delete_time,
                   r.title, r.description, r.language,
                   r.module_count, r.lesson_count, r.version, r.publish_time
            from course.course c
            join course.revision r on r.course_id = c.course_id and r.revision = c.published_revision
            where c.first_publish_time is not null
              and c.delete_time is null
              and (c.first_publish_time, c.course_id) < ($1::timestamptz, $2::uuid)
            order by c.first_publish_time desc, c.course_id desc
            limit $3
            """,
            time,
            course_id,
            limit,
        )
        return [course_of(row) for row in rows]

    async def list_of_educator(
        self, educator_id: UUID, page: PageRequest, *, drafts: bool, deleted: bool
    ) -> list[Course]:
        """One educator's courses by course_id downwards; with drafts, with deleted ones too."""
        (course_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select c.course_id,
                   array(
                       select e.educator_id from course.educator e
                       where e.course_id = c.course_id
                       order by e.position
                   ),
                   c.title, c.description, c.language,
                   c.module_count, c.lesson_count, c.version, c.update_time,
                   c.published_revision, c.first_publish_time, c.create_time, c.delete_time,
                   r.title, r.description, r.language,
                   r.module_count, r.lesson_count, r.version, r.publish_time
            from course.educator taught
            join course.course c on c.course_id = taught.course_id
            left join course.revision r on r.course_id = c.course_id and r.revision = c.published_revision
            where taught.educator_id = $1
              and taught.course_id < $2::uuid
              and ($4 or c.published_revision > 0)
              and ($5 or c.delete_time is null)
            order by taught.course_id desc
            limit $3
            """,
            educator_id,
            course_id,
            page.limit,
            drafts,
            deleted,
        )
        return [course_of(row) for row in rows]

    async def add_course(
        self, course_id: UUID, educator_id: UUID, fields: CourseFields, replay: Replay | None, now: datetime
    ) -> Course:
        """A new course, or the one that the same request made before. Raises RequestIdReused."""
        # Repeats of one request wait for the first; requests that are not to be repeated wait for nobody.
        turn = (educator_id, replay.request_id) if replay is not None else course_id
        async with self._requests.of(turn), self._pool.transaction() as connection:
            made = replay and await remember_request(connection, educator_id, replay, course_id)
            if made:
                return await read_course(connection, made[0])
            await insert_course(connection, course_id, educator_id, fields, now)
            return await read_course(connection, course_id)

    async def update_course(
        self,
        course_id: UUID,
        expected_version: int | None,
        *,
        title: str | None,
        description: str | None,
        language: str | None,
        now: datetime,
    ) -> Course:
        """Changes what is not None; a course that is so already keeps its version.

        Raises CourseDeleted and EtagMismatch.
        """
        async with self._writer.draft(course_id) as (connection, locked):
            check_version(locked.version, expected_version)
            await connection.execute(
                """
                update course.course
                set title = coalesce($2, title),
                    description = coalesce($3, description),
                    language = coalesce($4, language),
                    version = version + 1,
                    update_time = $5::timestamptz
                where course_id = $1
                  and (title, description, language) is distinct from
                      (coalesce($2, title), coalesce($3, description), coalesce($4, language))
                """,
                course_id,
                title,
                description,
                language,
                now,
            )
            return await read_course(connection, course_id)

    async def delete_course(self, course_id: UUID, expected_version: int | None, now: datetime) -> Course:
        """A course that is deleted already stays as it is, whatever its version. Raises EtagMismatch."""
        async with self._writer.course(course_id) as (connection, locked):
            if not locked.deleted:  # else this call, repeated, would meet the etag that it made itself
                check_version(locked.version, expected_version)
            await connection.execute(
                """
                update course.course
                set delete_time = $2::timestamptz, update_time = $2::timestamptz, version = version + 1
                where course_id = $1 and delete_time is null
                """,
                course_id,
                now,
            )
            return await read_course(connection, course_id)

    async def undelete_course(self, course_id: UUID, now: datetime) -> Course:
        """Raises CourseNotDeleted."""
        async with self._writer.course(course_id) as (connection, locked):
            if not locked.deleted:
                raise CourseNotDeleted(course_id=course_id)
            await connection.execute(
                """
                update course.course
                set delete_time = null, update_time = $2::timestamptz, version = version + 1
                where course_id = $1
                """,
                course_id,
                now,
            )
            return await read_course(connection, course_id)
