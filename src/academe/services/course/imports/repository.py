"""The SQL of imports: one transaction turns an archive into a draft, or finds that it was one already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.pagination import PageRequest
from academe.services.course.imports.model import Archive, Import, ImportItem, ImportOutcome
from academe.services.course.imports.plan import DraftPlan
from academe.services.course.imports.repository_replace import add_import, replace_draft
from academe.services.course.model import Replay
from academe.services.course.repository_requests import read_request, remember_request
from academe.services.course.repository_shared import CourseWriter, insert_course

Made = tuple[UUID, UUID]
"""course_id and import_id."""


class ImportRepository:
    """Imports and their reports. `importer_id` is who sent the archive."""

    def __init__(self, pool: Pool, writer: CourseWriter) -> None:
        self._pool = pool
        self._writer = writer

    async def find_import(
        self, importer_id: UUID, course_id: UUID | None, archive: Archive, replay: Replay | None
    ) -> Import | None:
        """What this request, or these bytes, became before. Raises RequestIdReused.

        Bytes sent for a course: its draft, when that was last imported from them. Bytes alone: a course that
        the importer made of them, while it is not deleted and not imported over.
        """
        request = await read_request(self._pool, importer_id, replay) if replay is not None else None
        made = _import_of(request)
        if made is None:
            course_id = course_id or await self._pool.fetchval(
                "select course_id from course.archive where creator_id = $1 and archive_sha256 = $2",
                importer_id,
                archive.sha256,
            )
            made = await _draft_from(self._pool, course_id, archive) if course_id is not None else None
        return await self.get_import(*made) if made else None

    async def add_course(
        self,
        made: Made,
        importer_id: UUID,
        archive: Archive,
        plan: DraftPlan,
        replay: Replay | None,
        now: datetime,
    ) -> Made:
        """Makes a new course; answers another than `made` when the same bytes or request made one before.

        Raises RequestIdReused.
        """
        async with self._pool.transaction() as connection:
            course_id = await _lock_archive(connection, importer_id, archive, made[0])
            before = await _draft_from(connection, course_id, archive)
            if replay is not None:
                request = await remember_request(connection, importer_id, replay, *(before or made))
                before = _import_of(request) or before
            if before is not None:
                return before
            await insert_course(connection, made[0], importer_id, plan.fields, now)
            await _keep_archive(connection, importer_id, archive, made[0])
            await replace_draft(connection, made, archive, plan, now)
            await add_import(connection, made, importer_id, archive, plan, now)
            return made

    async def replace_course(
        self,
        made: Made,
        importer_id: UUID,
        archive: Archive,
        plan: DraftPlan,
        replay: Replay | None,
        now: datetime,
    ) -> Made:
        """Replaces a draft; answers another import than `made` when these bytes, or this request, did before.

        Raises CourseDeleted and RequestIdReused.
        """
        async with self._writer.draft(made[0]) as (connection, locked):
            before: Made | None = None
            if locked.import_id is not None and locked.archive_sha256 == archive.sha256:
                before = made[0], locked.import_id
            if replay is not None:
                request = await remember_request(connection, importer_id, replay, *(before or made))
                before = _import_of(request) or before
            if before is not None:
                return before
            await replace_draft(connection, made, archive, plan, now)
            await add_import(connection, made, importer_id, archive, plan, now)
            await _keep_archive(connection, importer_id, archive, made[0])
            return made

    async def get_import(self, course_id: UUID, import_id: UUID) -> Import | None:
        row = await self._pool.fetchrow(
            """
            select course_id, import_id, imported_count, degraded_count, left_out_count, create_time
            from course.import
            where course_id = $1 and import_id = $2
            """,
            course_id,
            import_id,
        )
        return Import(*row) if row else None

    async def list_import_items(
        self, course_id: UUID, import_id: UUID, page: PageRequest
    ) -> list[ImportItem]:
        """By position."""
        (position,) = page.after or (0,)
        rows = await self._pool.fetch(
            """
            select position, path, item_type, source_id, title, outcome, reason, detail
            from course.import_item
            where course_id = $1 and import_id = $2 and position > $3::bigint
            order by position
            limit $4
            """,
            course_id,
            import_id,
            position,
            page.limit,
        )
        return [
            ImportItem(position, path, item_type, source_id, title, ImportOutcome(outcome), reason, detail)
            for position, path, item_type, source_id, title, outcome, reason, detail in rows
        ]


def _import_of(request: tuple[UUID, UUID | None] | None) -> Made | None:
    """What an earlier request made; one that made a course by hand has another digest and never gets here."""
    return (request[0], request[1]) if request is not None and request[1] is not None else None


async def _draft_from(connection: Queryable, course_id: UUID, archive: Archive) -> Made | None:
    """The import that last made the course's draft, if of these bytes and the course is not deleted."""
    row = await connection.fetchrow(
        """
        select course_id, import_id
        from course.course
        where course_id = $1 and archive_sha256 = $2 and delete_time is null
        """,
        course_id,
        archive.sha256,
    )
    return (row[0], row[1]) if row else None


async def _lock_archive(connection: Queryable, importer_id: UUID, archive: Archive, course_id: UUID) -> UUID:
    """The course that the importer made of these bytes, or `course_id` when there was none.

    The same bytes of the same importer in another transaction wait here until this one ends.
    """
    fresh = await connection.fetchval(
        """
        insert into course.archive (creator_id, archive_sha256, course_id)
        values ($1, $2, $3)
        on conflict (creator_id, archive_sha256) do nothing
        returning course_id
        """,
        importer_id,
        archive.sha256,
        course_id,
    )
    if fresh is not None:
        return course_id
    known: UUID = await connection.fetchval(
        """
        select course_id from course.archive
        where creator_id = $1 and archive_sha256 = $2
        for update
        """,
        importer_id,
        archive.sha256,
    )
    return known


async def _keep_archive(connection: Queryable, importer_id: UUID, archive: Archive, course_id: UUID) -> None:
    """Remembers the course as what its educator made of the bytes; nothing for others who import into it."""
    await connection.execute(
        """
        insert into course.archive (creator_id, archive_sha256, course_id)
        select educator_id, $2::bytea, course_id
        from course.educator
        where course_id = $3 and educator_id = $1
        on conflict (creator_id, archive_sha256) do update set course_id = excluded.course_id
        """,
        importer_id,
        archive.sha256,
        course_id,
    )
