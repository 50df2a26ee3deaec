"""The SQL of publishing: the draft becomes rows that never change again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academe.db.pool import Queryable
from academe.services.course.errors import CourseEmpty
from academe.services.course.model import Course
from academe.services.course.repository_shared import CourseWriter, check_version, read_course
from academe.services.course.revisions.model import tree_hash


class PublishRepository:
    """One transaction under the course's lock, so a revision holds either all of an edit or nothing of it."""

    def __init__(self, writer: CourseWriter) -> None:
        self._writer = writer

    async def publish(
        self, course_id: UUID, publisher_id: UUID, expected_version: int | None, now: datetime
    ) -> Course:
        """Makes the draft the next revision, unless it equals the last one.

        `expected_version` may also be the one of which the last revision was made, while the draft still
        equals it: then this is the same call again. Raises CourseDeleted, EtagMismatch and CourseEmpty.
        """
        async with self._writer.draft(course_id) as (connection, locked):
            digest = await _draft_hash(connection, course_id)
            last = await connection.fetchrow(
                "select tree_hash, version from course.revision where course_id = $1 and revision = $2",
                course_id,
                locked.published_revision,
            )
            unchanged = last is not None and last[0] == digest
            repeated = last is not None and expected_version == last[1] - 1  # publishing itself added one
            if not (unchanged and repeated):
                check_version(locked.version, expected_version)
            if locked.lesson_count == 0:
                raise CourseEmpty(course_id=course_id)
            if not unchanged:
                revision = locked.published_revision + 1
                await _copy_draft(connection, course_id, revision, publisher_id, digest, now)
            return await read_course(connection, course_id)


async def _draft_hash(connection: Queryable, course_id: UUID) -> bytes:
    (course,) = await connection.fetch(
        "select title, description, language from course.course where course_id = $1", course_id
    )
    modules = await connection.fetch(
        """
        select module_id, title, description
        from course.module
        where course_id = $1
        order by rank, module_id
        """,
        course_id,
    )
    lessons = await connection.fetch(
        """
        select l.lesson_id, l.module_id, l.title, l.section, l.optional, l.content_hash
        from course.lesson l
        join course.module m on m.course_id = l.course_id and m.module_id = l.module_id
        where l.course_id = $1
        order by m.rank, m.module_id, l.rank, l.lesson_id
        """,
        course_id,
    )
    return tree_hash(course, modules, lessons)


async def _copy_draft(
    connection: Queryable, course_id: UUID, revision: int, publisher_id: UUID, digest: bytes, now: datetime
) -> None:
    """Writes a revision: rows are copied, contents are shared."""
    await connection.execute(
        """
        update course.course
        set published_revision = $2,
            first_publish_time = coalesce(first_publish_time, $3::timestamptz),
            version = version + 1,
            update_time = $3::timestamptz
        where course_id = $1
        """,
        course_id,
        revision,
        now,
    )
    await connection.execute(
        """
        insert into course.revision (
            course_id, revision, title, description, language, module_count, lesson_count,
            tree_hash, version, publisher_id, publish_time
        )
        select course_id, published_revision, title, description, language, module_count, lesson_count,
               $2::bytea, version, $3::uuid, $4::timestamptz
        from course.course
        where course_id = $1
        """,
        course_id,
        digest,
        publisher_id,
        now,
    )
    await connection.execute(
        """
        insert into course.revision_module (
            course_id, revision, position, module_id, title, description, version, create_time, update_time
        )
        select course_id, $2::integer, row_number() over (order by rank, module_id),
               module_id, title, description, version, create_time, update_time
        from course.module
        where course_id = $1
        """,
        course_id,
        revision,
    )
    await connection.execute(
        """
        insert into course.revision_lesson (
            course_id, revision, position, lesson_id, module_id, title, section, optional, content_hash,
            version, create_time, update_time
        )
        select l.course_id, $2::integer,
               row_number() over (order by m.rank, m.module_id, l.rank, l.lesson_id),
               l.lesson_id, l.module_id, l.title, l.section, l.optional, l.content_hash,
               l.version, l.create_time, l.update_time
        from course.lesson l
        join course.module m on m.course_id = l.course_id and m.module_id = l.module_id
        where l.course_id = $1
        """,
        course_id,
        revision,
    )
