"""The SQL that reads published revisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.pagination import PageRequest
from academe.services.course.lessons.model import Lesson, ListedLesson, StoredLesson
from academe.services.course.modules.model import Module
from academe.services.course.revisions.model import OutlineLesson, RevisionOutline

LessonKey = tuple[UUID, int, UUID]
"""course_id, revision, lesson_id."""


class RevisionRepository:
    """Revisions as they were published; repository_publish.py writes them."""

    def __init__(self, pool: Pool, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        # One page of a popular lesson is asked by many learners at once, and bodies are large: small batches.
        self._lessons = BatchLoader[LessonKey, StoredLesson](
            self._get_lessons, name="revision_lessons", max_batch=32, on_batch=on_batch
        )
        self._outlines = BatchLoader[tuple[UUID, int], RevisionOutline](
            self._get_outlines, name="revision_outlines", max_batch=16, on_batch=on_batch
        )

    async def get_module(self, course_id: UUID, revision: int, module_id: UUID) -> Module | None:
        row = await self._pool.fetchrow(
            """
            select course_id, module_id, position, title, description, version, create_time, update_time
            from course.revision_module
            where course_id = $1 and revision = $2 and module_id = $3
            """,
            course_id,
            revision,
            module_id,
        )
        return Module(*row) if row else None

    async def list_modules(self, course_id: UUID, revision: int, page: PageRequest) -> list[Module]:
        """By position; the page's key is (revision, position)."""
        _, position = page.after or (revision, 0)
        rows = await self._pool.fetch(
            """
            select course_id, module_id, position, title, description, version, create_time, update_time
            from course.revision_module
            where course_id = $1 and revision = $2::bigint and position > $3::bigint
            order by position
            limit $4
            """,
            course_id,
            revision,
            position,
            page.limit,
        )
        return [Module(*row) for row in rows]

    async def get_lesson(self, course_id: UUID, revision: int, lesson_id: UUID) -> StoredLesson | None:
        return await self._lessons.load((course_id, revision, lesson_id))

    async def list_lessons(
        self, course_id: UUID, revision: int, module_id: UUID | None, page: PageRequest
    ) -> list[ListedLesson]:
        """By position, of one module when it is given; the page's key is (revision, position)."""
        _, position = page.after or (revision, 0)
        rows = await self._pool.fetch(
            """
            select revision, position,
                   course_id, lesson_id, module_id, title, section, optional,
                   version, create_time, update_time
            from course.revision_lesson
            where course_id = $1
              and revision = $2::bigint
              and position > $3::bigint
              and ($4::uuid is null or module_id = $4)
            order by position
            limit $5
            """,
            course_id,
            revision,
            position,
            module_id,
            page.limit,
        )
        return [ListedLesson(Lesson(*row[2:]), tuple(row[:2])) for row in rows]

    async def get_outline(self, course_id: UUID, revision: int) -> RevisionOutline | None:
        return await self._outlines.load((course_id, revision))

    async def _get_lessons(self, keys: Sequence[LessonKey]) -> Mapping[LessonKey, StoredLesson]:
        rows = await self._pool.fetch(
            """
            select l.revision, l.course_id, l.lesson_id, l.module_id, l.title, l.section, l.optional,
                   l.version, l.create_time, l.update_time, c.content_hash, c.body
            from unnest($1::uuid[], $2::integer[], $3::uuid[]) as asked (course_id, revision, lesson_id)
            join course.revision_lesson l using (course_id, revision, lesson_id)
            join course.content c on c.course_id = l.course_id and c.content_hash = l.content_hash
            """,
            *(list(column) for column in zip(*keys, strict=True)),
        )
        return {(row[1], row[0], row[2]): StoredLesson(Lesson(*row[1:10]), row[10], row[11]) for row in rows}

    async def _get_outlines(
        self, keys: Sequence[tuple[UUID, int]]
    ) -> Mapping[tuple[UUID, int], RevisionOutline]:
        rows = await self._pool.fetch(
            """
            select course_id, revision, array_agg(l.lesson_id order by l.position),
                   array_agg(not l.optional order by l.position)
            from unnest($1::uuid[], $2::integer[]) as asked (course_id, revision)
            join course.revision_lesson l using (course_id, revision)
            group by course_id, revision
            """,
            *(list(column) for column in zip(*keys, strict=True)),
        )
        return {
            (course_id, revision): RevisionOutline(
                course_id,
                revision,
                tuple(OutlineLesson(*lesson) for lesson in zip(lesson_ids, required, strict=True)),
            )
            for course_id, revision, lesson_ids, required in rows
        }
