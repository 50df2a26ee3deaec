"""The SQL of a draft's modules."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academe.db.pool import Pool
from academe.pagination import PageRequest
from academe.services.course.errors import ModuleNotFound
from academe.services.course.lessons.repository_contents import drop_unused_contents
from academe.services.course.model import Replay
from academe.services.course.modules.model import RANK_STEP, Module
from academe.services.course.repository_requests import check_replay, remember_draft_request
from academe.services.course.repository_shared import CourseWriter, check_version, count_draft

NO_ID = UUID(int=0)
"""Where lists that run upwards by an id begin."""


class ModuleRepository:
    """Every change raises CourseDeleted when the course is."""

    def __init__(self, pool: Pool, writer: CourseWriter) -> None:
        self._pool = pool
        self._writer = writer

    async def get_module(self, course_id: UUID, module_id: UUID) -> Module | None:
        row = await self._pool.fetchrow(
            """
            select course_id, module_id, rank, title, description, version, create_time, update_time
            from course.module
            where course_id = $1 and module_id = $2
            """,
            course_id,
            module_id,
        )
        return Module(*row) if row else None

    async def list_modules(self, course_id: UUID, page: PageRequest) -> list[Module]:
        """By (rank, module_id)."""
        rank, module_id = page.after or (-1, NO_ID)
        rows = await self._pool.fetch(
            """
            select course_id, module_id, rank, title, description, version, create_time, update_time
            from course.module
            where course_id = $1 and (rank, module_id) > ($2::bigint, $3::uuid)
            order by rank, module_id
            limit $4
            """,
            course_id,
            rank,
            module_id,
            page.limit,
        )
        return [Module(*row) for row in rows]

    async def add_module(
        self,
        course_id: UUID,
        module_id: UUID,
        title: str,
        description: str,
        replay: Replay | None,
        now: datetime,
    ) -> Module:
        """A new last module, or the one that the same request made before.

        Raises RequestIdReused, and ModuleNotFound when that one is deleted.
        """
        async with self._writer.draft(course_id) as (connection, _):
            if replay is not None:
                made = await connection.fetchrow(
                    """
                    select request_hash,
                           course_id, module_id, rank, title, description, version, create_time, update_time
                    from course.module
                    where course_id = $1 and request_id = $2
                    """,
                    course_id,
                    replay.request_id,
                )
                if made:
                    check_replay(made[0], replay)
                    return Module(*made[1:])
                deleted_id = await remember_draft_request(connection, course_id, replay, module_id)
                if deleted_id is not None:
                    raise ModuleNotFound(module_id=deleted_id)
            (row,) = await connection.fetch(
                """
                insert into course.module (
                    course_id, module_id, rank, title, description, version,
                    create_time, update_time, request_id, request_hash
                )
                select $1::uuid, $2::uuid, coalesce(max(rank), 0) + $3::bigint, $4, $5, 1,
                       $6::timestamptz, $6::timestamptz, $7::uuid, $8::bytea
                from course.module
                where course_id = $1
                returning course_id, module_id, rank, title, description, version, create_time, update_time
                """,
                course_id,
                module_id,
                RANK_STEP,
                title,
                description,
                now,
                replay and replay.request_id,
                replay and replay.request_hash,
            )
            await count_draft(connection, course_id, modules=1)
            return Module(*row)

    async def update_module(
        self,
        course_id: UUID,
        module_id: UUID,
        expected_version: int | None,
        *,
        title: str | None,
        description: str | None,
        now: datetime,
    ) -> Module:
        """Changes what is not None; a module that is so already keeps its version.

        Raises ModuleNotFound and EtagMismatch.
        """
        async with self._writer.draft(course_id) as (connection, _):
            row = await connection.fetchrow(
                """
                select course_id, module_id, rank, title, description, version, create_time, update_time
                from course.module
                where course_id = $1 and module_id = $2
                """,
                course_id,
                module_id,
            )
            if row is None:
                raise ModuleNotFound(module_id=module_id)
            module = Module(*row)
            check_version(module.version, expected_version)
            changed = await connection.fetchrow(
                """
                update course.module
                set title = coalesce($3, title),
                    description = coalesce($4, description),
                    version = version + 1,
                    update_time = $5::timestamptz
                where course_id = $1
                  and module_id = $2
                  and (title, description) is distinct from (coalesce($3, title), coalesce($4, description))
                returning course_id, module_id, rank, title, description, version, create_time, update_time
                """,
                course_id,
                module_id,
                title,
                description,
                now,
            )
            return Module(*changed) if changed else module

    async def delete_module(self, course_id: UUID, module_id: UUID, expected_version: int | None) -> None:
        """With its lessons. Raises ModuleNotFound and EtagMismatch."""
        async with self._writer.draft(course_id) as (connection, _):
            version = await connection.fetchval(
                "select version from course.module where course_id = $1 and module_id = $2",
                course_id,
                module_id,
            )
            if version is None:
                raise ModuleNotFound(module_id=module_id)
            check_version(version, expected_version)
            lessons = await connection.fetch(
                """
                delete from course.lesson
                where course_id = $1 and module_id = $2
                returning content_hash
                """,
                course_id,
                module_id,
            )
            await connection.execute(
                "delete from course.module where course_id = $1 and module_id = $2", course_id, module_id
            )
            await count_draft(connection, course_id, modules=-1, lessons=-len(lessons))
            await drop_unused_contents(connection, course_id, [lesson[0] for lesson in lessons])
