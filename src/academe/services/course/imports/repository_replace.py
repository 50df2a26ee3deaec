"""The SQL that makes a draft of a plan: set-based, a dozen statements whatever the size of the course."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academe.db.pool import Queryable
from academe.services.course.imports.model import Archive, ImportOutcome
from academe.services.course.imports.plan import DraftPlan
from academe.services.course.lessons.repository_contents import add_contents, drop_unused_contents
from academe.services.course.modules.model import RANK_STEP


async def replace_draft(
    connection: Queryable, made: tuple[UUID, UUID], archive: Archive, plan: DraftPlan, now: datetime
) -> None:
    """Makes the draft of a course, whose row the caller holds, equal to the plan.

    Modules and lessons that were there keep their ids, and those that do not change keep their version.
    """
    course_id, import_id = made
    before = await connection.fetch("select content_hash from course.lesson where course_id = $1", course_id)
    await add_contents(connection, course_id, plan.contents)
    await _put_modules(connection, course_id, plan, now)
    await _put_lessons(connection, course_id, plan, now)
    await connection.execute(
        "delete from course.lesson where course_id = $1 and lesson_id <> all($2::uuid[])",
        course_id,
        [lesson.lesson_id for lesson in plan.lessons],
    )
    await connection.execute(
        "delete from course.module where course_id = $1 and module_id <> all($2::uuid[])",
        course_id,
        [module.module_id for module in plan.modules],
    )
    await drop_unused_contents(connection, course_id, [row[0] for row in before])
    await connection.execute(
        """
        update course.course
        set title = $2,
            description = $3,
            language = $4,
            module_count = $5,
            lesson_count = $6,
            version = version + 1,
            update_time = $9::timestamptz,
            import_id = $7,
            archive_sha256 = $8
        where course_id = $1
        """,
        course_id,
        plan.fields.title,
        plan.fields.description,
        plan.fields.language,
        len(plan.modules),
        len(plan.lessons),
        import_id,
        archive.sha256,
        now,
    )


async def _put_modules(connection: Queryable, course_id: UUID, plan: DraftPlan, now: datetime) -> None:
    await connection.execute(
        """
        insert into course.module as module (
            course_id, module_id, rank, title, description, version, create_time, update_time
        )
        select $1::uuid, module_id, position * $4::bigint, title, '', 1, $5::timestamptz, $5::timestamptz
        from unnest($2::uuid[], $3::text[]) with ordinality as planned (module_id, title, position)
        on conflict (course_id, module_id) do update
        set rank = excluded.rank,
            title = excluded.title,
            description = excluded.description,
            version = module.version + 1,
            update_time = excluded.update_time
        where (module.rank, module.title, module.description)
              is distinct from (excluded.rank, excluded.title, excluded.description)
        """,
        course_id,
        [module.module_id for module in plan.modules],
        [module.title for module in plan.modules],
        RANK_STEP,
        now,
    )


async def _put_lessons(connection: Queryable, course_id: UUID, plan: DraftPlan, now: datetime) -> None:
    await connection.execute(
        """
        insert into course.lesson as lesson (
            course_id, lesson_id, module_id, rank, title, section, optional, content_hash,
            version, create_time, update_time
        )
        select $1::uuid, lesson_id, module_id,
               row_number() over (partition by module_id order by position) * $8::bigint,
               title, section, optional, content_hash, 1, $9::timestamptz, $9::timestamptz
        from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::boolean[], $7::bytea[])
             with ordinality
             as planned (lesson_id, module_id, title, section, optional, content_hash, position)
        on conflict (course_id, lesson_id) do update
        set module_id = excluded.module_id,
            rank = excluded.rank,
            title = excluded.title,
            section = excluded.section,
            optional = excluded.optional,
            content_hash = excluded.content_hash,
            version = lesson.version + 1,
            update_time = excluded.update_time
        where (
                  lesson.module_id, lesson.rank, lesson.title,
                  lesson.section, lesson.optional, lesson.content_hash
              )
              is distinct from (
                  excluded.module_id, excluded.rank, excluded.title,
                  excluded.section, excluded.optional, excluded.content_hash
              )
        """,
        course_id,
        [lesson.lesson_id for lesson in plan.lessons],
        [lesson.module_id for lesson in plan.lessons],
        [lesson.title for lesson in plan.lessons],
        [lesson.section for lesson in plan.lessons],
        [lesson.optional for lesson in plan.lessons],
        [lesson.content_hash for lesson in plan.lessons],
        RANK_STEP,
        now,
    )


async def add_import(
    connection: Queryable,
    made: tuple[UUID, UUID],
    importer_id: UUID,
    archive: Archive,
    plan: DraftPlan,
    now: datetime,
) -> None:
    """Writes the import with its report."""
    await connection.execute(
        """
        insert into course.import (
            course_id, import_id, importer_id, archive_sha256, archive_bytes,
            imported_count, degraded_count, left_out_count, create_time
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        *made,
        importer_id,
        archive.sha256,
        archive.size,
        plan.count(ImportOutcome.IMPORTED),
        plan.count(ImportOutcome.DEGRADED),
        plan.count(ImportOutcome.LEFT_OUT),
        now,
    )
    items = plan.items
    await connection.execute(
        """
        insert into course.import_item (
            course_id, import_id, position, path, item_type, source_id, title, outcome, reason, detail
        )
        select $1::uuid, $2::uuid, position, path, item_type, source_id, title, outcome, reason, detail
        from unnest(
            $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::smallint[], $9::text[], $10::text[]
        ) as item (position, path, item_type, source_id, title, outcome, reason, detail)
        """,
        *made,
        [item.position for item in items],
        [item.path for item in items],
        [item.item_type for item in items],
        [item.source_id for item in items],
        [item.title for item in items],
        [item.outcome for item in items],
        [item.reason for item in items],
        [item.detail for item in items],
    )
