"""The SQL of contents, which lessons of the draft and of revisions share by their hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from academe.db.pool import Queryable


async def add_contents(connection: Queryable, course_id: UUID, contents: Mapping[bytes, bytes]) -> None:
    """Stores bodies by their hash, those that are not there yet."""
    await connection.execute(
        """
        insert into course.content (course_id, content_hash, body)
        select $1::uuid, content_hash, body
        from unnest($2::bytea[], $3::bytea[]) as given (content_hash, body)
        on conflict (course_id, content_hash) do nothing
        """,
        course_id,
        list(contents),
        list(contents.values()),
    )


async def drop_unused_contents(connection: Queryable, course_id: UUID, hashes: Sequence[bytes]) -> None:
    """Removes those of the contents that neither the draft nor any revision uses any more."""
    await connection.execute(
        """
        delete from course.content c
        where c.course_id = $1
          and c.content_hash = any($2::bytea[])
          and not exists (
              select from course.lesson l
              where l.course_id = c.course_id and l.content_hash = c.content_hash
          )
          and not exists (
              select from course.revision_lesson l
              where l.course_id = c.course_id and l.content_hash = c.content_hash
          )
        """,
        course_id,
        hashes,
    )
