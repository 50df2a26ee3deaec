"""What the repositories of the slice do inside their transactions: lock a course, read it, count a draft."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.errors import EtagMismatch
from academe.etags import etag
from academe.services.course.errors import CourseDeleted, CourseNotFound
from academe.services.course.model import Course, CourseFields, CourseVersion
from academe.services.course.turns import Turns


@dataclass(frozen=True, slots=True)
class LockedCourse:
    """The row of a course that this transaction holds; nobody else changes the course or its draft now."""

    version: int
    deleted: bool
    published_revision: int
    lesson_count: int
    import_id: UUID | None
    archive_sha256: bytes | None


class CourseWriter:
    """Transactions that change a course or its draft: one course at a time, here and in other processes.

    Statements in the block see everything that was committed before it began.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turns = Turns()

    @asynccontextmanager
    async def course(self, course_id: UUID) -> AsyncIterator[tuple[Queryable, LockedCourse]]:
        """Holds a course, deleted or not. Raises CourseNotFound."""
        async with self._turns.of(course_id), self._pool.transaction() as connection:
            row = await connection.fetchrow(
                """
                select version, delete_time is not null, published_revision, lesson_count,
                       import_id, archive_sha256
                from course.course
                where course_id = $1
                for no key update
                """,
                course_id,
            )
            if row is None:
                raise CourseNotFound(course_id=course_id)
            yield connection, LockedCourse(*row)

    @asynccontextmanager
    async def draft(self, course_id: UUID) -> AsyncIterator[tuple[Queryable, LockedCourse]]:
        """The same for changes that a deleted course does not take. Raises CourseDeleted."""
        async with self.course(course_id) as (connection, locked):
            if locked.deleted:
                raise CourseDeleted(course_id=course_id)
            yield connection, locked


def check_version(current: int, expected: int | None) -> None:
    """Raises EtagMismatch when the caller expects another version than the current one."""
    if expected is not None and expected != current:
        raise EtagMismatch(etag=etag(current))


async def read_course(connection: Queryable, course_id: UUID) -> Course:
    """A course that is known to exist."""
    return (await read_courses(connection, [course_id]))[course_id]


async def read_courses(connection: Queryable, course_ids: Sequence[UUID]) -> dict[UUID, Course]:
    rows = await connection.fetch(
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
        left join course.revision r on r.course_id = c.course_id and r.revision = c.published_revision
        where c.course_id = any($1::uuid[])
        """,
        course_ids,
    )
    return {row[0]: course_of(row) for row in rows}


def course_of(row: Sequence[Any]) -> Course:
    """A row of `read_courses`, in its order of columns. Every read of a course is one of these."""
    (
        course_id,
        educator_ids,
        title,
        description,
        language,
        module_count,
        lesson_count,
        version,
        update_time,
        published_revision,
        first_publish_time,
        create_time,
        delete_time,
        *published,
    ) = row
    return Course(
        course_id,
        tuple(educator_ids),
        CourseVersion(title, description, language, module_count, lesson_count, version, update_time),
        CourseVersion(*published) if published_revision else None,
        published_revision,
        first_publish_time,
        create_time,
        delete_time,
    )


async def insert_course(
    connection: Queryable, course_id: UUID, educator_id: UUID, fields: CourseFields, now: datetime
) -> None:
    """A course without anything in it, taught by one educator."""
    await connection.execute(
        """
        insert into course.course (
            course_id, title, description, language, module_count, lesson_count, version,
            create_time, update_time, published_revision
        )
        values ($1, $2, $3, $4, 0, 0, 1, $5::timestamptz, $5::timestamptz, 0)
        """,
        course_id,
        fields.title,
        fields.description,
        fields.language,
        now,
    )
    await connection.execute(
        "insert into course.educator (course_id, educator_id, position) values ($1, $2, 0)",
        course_id,
        educator_id,
    )


async def count_draft(connection: Queryable, course_id: UUID, *, modules: int = 0, lessons: int = 0) -> None:
    """Adds to the counts of the draft what the caller added to it, or took away."""
    await connection.execute(
        """
        update course.course
        set module_count = module_count + $2, lesson_count = lesson_count + $3
        where course_id = $1
        """,
        course_id,
        modules,
        lessons,
    )
