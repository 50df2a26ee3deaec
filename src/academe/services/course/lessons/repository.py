"""The SQL of a draft's lessons."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.errors import InvalidArgument
from academe.pagination import PageRequest
from academe.services.course.errors import LessonNotFound, ModuleNotFound
from academe.services.course.lessons.blocks import Content
from academe.services.course.lessons.model import Lesson, LessonFields, ListedLesson, StoredLesson
from academe.services.course.lessons.repository_contents import add_contents, drop_unused_contents
from academe.services.course.model import Replay
from academe.services.course.modules.model import RANK_STEP
from academe.services.course.repository_requests import check_replay, remember_draft_request
from academe.services.course.repository_shared import CourseWriter, check_version, count_draft

NO_ID = UUID(int=0)
"""Where lists that run upwards by an id begin."""

LESSONS_MAX = 2_000
"""Of a draft. Publishing reads and copies all of them under the course's lock, and every outline holds them
in memory; long courses have a few hundred."""


class LessonRepository:
    """Every change raises CourseDeleted when the course is."""

    def __init__(self, pool: Pool, writer: CourseWriter) -> None:
        self._pool = pool
        self._writer = writer

    async def get_lesson(self, course_id: UUID, lesson_id: UUID) -> StoredLesson | None:
        return await _read_lesson(self._pool, course_id, lesson_id)

    async def list_lessons(
        self, course_id: UUID, module_id: UUID | None, page: PageRequest
    ) -> list[ListedLesson]:
        """In course order, by (module's rank, module_id, rank, lesson_id); of one module when it is given."""
        module_rank, last_module_id, rank, lesson_id = page.after or (-1, NO_ID, -1, NO_ID)
        rows = await self._pool.fetch(
            """
            select m.rank, m.module_id, l.rank, l.lesson_id,
                   l.course_id, l.lesson_id, l.module_id, l.title, l.section, l.optional,
                   l.version, l.create_time, l.update_time
            from course.module m
            join course.lesson l on l.course_id = m.course_id and l.module_id = m.module_id
            where m.course_id = $1
              and ($2::uuid is null or m.module_id = $2)
              and (m.rank, m.module_id) >= ($3::bigint, $4::uuid)
              and (m.rank, m.module_id, l.rank, l.lesson_id) > ($3::bigint, $4::uuid, $5::bigint, $6::uuid)
            order by m.rank, m.module_id, l.rank, l.lesson_id
            limit $7
            """,
            course_id,
            module_id,
            module_rank,
            last_module_id,
            rank,
            lesson_id,
            page.limit,
        )
        return [ListedLesson(Lesson(*row[4:]), tuple(row[:4])) for row in rows]

    async def add_lesson(
        self,
        lesson: Lesson,
        content: Content,
        replay: Replay | None,
    ) -> StoredLesson:
        """The lesson as the last of its module, or the one that the same request made before.

        Raises ModuleNotFound, RequestIdReused, LessonNotFound when that one is deleted, and InvalidArgument
        when the draft has LESSONS_MAX.
        """
        async with self._writer.draft(lesson.course_id) as (connection, locked):
            if replay is not None:
                made = await connection.fetchrow(
                    """
                    select lesson_id, request_hash
                    from course.lesson
                    where course_id = $1 and request_id = $2
                    """,
                    lesson.course_id,
                    replay.request_id,
                )
                if made:
                    check_replay(made[1], replay)
                    return await _known_lesson(connection, lesson.course_id, made[0])
                deleted_id = await remember_draft_request(
                    connection, lesson.course_id, replay, lesson.lesson_id
                )
                if deleted_id is not None:
                    raise LessonNotFound(lesson_id=deleted_id)
            if locked.lesson_count >= LESSONS_MAX:
                raise InvalidArgument.field("lesson", f"a course has at most {LESSONS_MAX:,} lessons")
            rank = await connection.fetchval(
                """
                select coalesce(max(l.rank), 0) + $3::bigint
                from course.module m
                left join course.lesson l on l.course_id = m.course_id and l.module_id = m.module_id
                where m.course_id = $1 and m.module_id = $2
                group by m.module_id
                """,
                lesson.course_id,
                lesson.module_id,
                RANK_STEP,
            )
            if rank is None:
                raise ModuleNotFound(module_id=lesson.module_id)
            await add_contents(connection, lesson.course_id, {content.content_hash: content.body})
            await connection.execute(
                """
                insert into course.lesson (
                    course_id, lesson_id, module_id, rank, title, section, optional, content_hash,
                    version, create_time, update_time, request_id, request_hash
                )
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                """,
                lesson.course_id,
                lesson.lesson_id,
                lesson.module_id,
                rank,
                lesson.title,
                lesson.section,
                lesson.optional,
                content.content_hash,
                lesson.version,
                lesson.create_time,
                lesson.update_time,
                replay and replay.request_id,
                replay and replay.request_hash,
            )
            await count_draft(connection, lesson.course_id, lessons=1)
            return StoredLesson(lesson, content.content_hash, content.body)

    async def update_lesson(
        self,
        course_id: UUID,
        lesson_id: UUID,
        expected_version: int | None,
        fields: LessonFields,
        content: Content | None,
        made_from: bytes | None,
        now: datetime,
    ) -> StoredLesson | None:
        """Changes what is not None; a lesson that is so already keeps its version.

        None, and nothing is changed, when the lesson no longer has the content whose hash is `made_from`, of
        which the new content was made. Raises LessonNotFound and EtagMismatch.
        """
        async with self._writer.draft(course_id) as (connection, _):
            before = await _known_lesson(connection, course_id, lesson_id)
            check_version(before.lesson.version, expected_version)
            if content is not None:
                if before.content_hash != made_from:
                    return None
                await add_contents(connection, course_id, {content.content_hash: content.body})
            await connection.execute(
                """
                update course.lesson
                set title = coalesce($3, title),
                    section = coalesce($4, section),
                    optional = coalesce($5, optional),
                    content_hash = coalesce($6, content_hash),
                    version = version + 1,
                    update_time = $7::timestamptz
                where course_id = $1
                  and lesson_id = $2
                  and (title, section, optional, content_hash) is distinct from (
                      coalesce($3, title), coalesce($4, section),
                      coalesce($5, optional), coalesce($6, content_hash)
                  )
                """,
                course_id,
                lesson_id,
                fields.title,
                fields.section,
                fields.optional,
                content and content.content_hash,
                now,
            )
            if content is not None:
                await drop_unused_contents(connection, course_id, [before.content_hash])
            return await _known_lesson(connection, course_id, lesson_id)

    async def delete_lesson(self, course_id: UUID, lesson_id: UUID, expected_version: int | None) -> None:
        """Raises LessonNotFound and EtagMismatch."""
        async with self._writer.draft(course_id) as (connection, _):
            row = await connection.fetchrow(
                "select version, content_hash from course.lesson where course_id = $1 and lesson_id = $2",
                course_id,
                lesson_id,
            )
            if row is None:
                raise LessonNotFound(lesson_id=lesson_id)
            check_version(row[0], expected_version)
            await connection.execute(
                "delete from course.lesson where course_id = $1 and lesson_id = $2", course_id, lesson_id
            )
            await count_draft(connection, course_id, lessons=-1)
            await drop_unused_contents(connection, course_id, [row[1]])


async def _read_lesson(connection: Queryable, course_id: UUID, lesson_id: UUID) -> StoredLesson | None:
    row = await connection.fetchrow(
        """
        select l.course_id, l.lesson_id, l.module_id, l.title, l.section, l.optional,
               l.version, l.create_time, l.update_time, c.content_hash, c.body
        from course.lesson l
        join course.content c on c.course_id = l.course_id and c.content_hash = l.content_hash
        where l.course_id = $1 and l.lesson_id = $2
        """,
        course_id,
        lesson_id,
    )
    return StoredLesson(Lesson(*row[:9]), row[9], row[10]) if row else None


async def _known_lesson(connection: Queryable, course_id: UUID, lesson_id: UUID) -> StoredLesson:
    lesson = await _read_lesson(connection, course_id, lesson_id)
    if lesson is None:
        raise LessonNotFound(lesson_id=lesson_id)
    return lesson
