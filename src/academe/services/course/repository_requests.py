"""The SQL that remembers requests, so that one which comes again is answered with what it made."""

from __future__ import annotations

from uuid import UUID

from academe.db.pool import Queryable
from academe.errors import RequestIdReused
from academe.services.course.model import Replay


async def remember_request(
    connection: Queryable, creator_id: UUID, replay: Replay, course_id: UUID, import_id: UUID | None = None
) -> tuple[UUID, UUID | None] | None:
    """Writes down what a request is about to make; answers what it made before, if it did.

    The same request in another transaction waits here until this one ends. Raises RequestIdReused when the
    request_id was used for something else.
    """
    fresh = await connection.fetchval(
        """
        insert into course.request (creator_id, request_id, request_hash, course_id, import_id)
        values ($1, $2, $3, $4, $5)
        on conflict (creator_id, request_id) do nothing
        returning true
        """,
        creator_id,
        replay.request_id,
        replay.request_hash,
        course_id,
        import_id,
    )
    return None if fresh else await read_request(connection, creator_id, replay)


async def read_request(
    connection: Queryable, creator_id: UUID, replay: Replay
) -> tuple[UUID, UUID | None] | None:
    """The course, and the import, that a request made; None when it is new. Raises RequestIdReused."""
    row = await connection.fetchrow(
        """
        select request_hash, course_id, import_id
        from course.request
        where creator_id = $1 and request_id = $2
        """,
        creator_id,
        replay.request_id,
    )
    if row is None:
        return None
    check_replay(row[0], replay)
    return row[1], row[2]


async def remember_draft_request(
    connection: Queryable, course_id: UUID, replay: Replay, made_id: UUID
) -> UUID | None:
    """Writes down the module or lesson that a request is about to make; answers what it made before.

    The caller holds the course, so nobody comes between. Raises RequestIdReused when the request_id was used
    for something else.
    """
    row = await connection.fetchrow(
        "select request_hash, made_id from course.draft_request where course_id = $1 and request_id = $2",
        course_id,
        replay.request_id,
    )
    if row is not None:
        check_replay(row[0], replay)
        before: UUID = row[1]
        return before
    await connection.execute(
        """
        insert into course.draft_request (course_id, request_id, request_hash, made_id)
        values ($1, $2, $3, $4)
        """,
        course_id,
        replay.request_id,
        replay.request_hash,
        made_id,
    )
    return None


def check_replay(request_hash: bytes, replay: Replay) -> None:
    """Raises RequestIdReused when a request_id comes again with other content."""
    if request_hash != replay.request_hash:
        raise RequestIdReused
