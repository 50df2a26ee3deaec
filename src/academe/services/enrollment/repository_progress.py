"""Reading progress. What changes it is in repository_reports.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import asyncpg

from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.services.enrollment.model import Enrollment, LessonProgress, LessonState
from academe.services.enrollment.repository_shared import enrollment_of

COURSES_AT_ONCE = 32
"""Enrollments whose lessons are read in one query: a few thousand rows, a few milliseconds to take apart."""


class ProgressRepository:
    """Every lesson of an enrollment that was started."""

    def __init__(self, pool: Pool, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        self._progress = BatchLoader(
            self._fetch_progress, name="progress", max_batch=COURSES_AT_ONCE, on_batch=on_batch
        )

    async def get_progress(
        self, learner_id: UUID, enrollment_id: UUID
    ) -> tuple[Enrollment, Mapping[UUID, LessonProgress]] | None:
        """The learner's enrollment and its lessons that were started, both as they were at one moment."""
        return await self._progress.load((learner_id, enrollment_id))

    async def _fetch_progress(
        self, keys: list[tuple[UUID, UUID]]
    ) -> Mapping[tuple[UUID, UUID], tuple[Enrollment, Mapping[UUID, LessonProgress]]]:
        rows = await self._pool.fetch(
            """
            select e.enrollment_id, e.learner_id, e.course_id, e.course_revision, e.state, e.required_lessons,
                e.completed_lessons, e.version, e.create_time, e.update_time, e.complete_time,
                l.lesson_ids, l.states, l.required, l.start_times, l.complete_times
            from unnest($1::uuid[], $2::uuid[]) as asked (learner_id, enrollment_id)
            join enrollment.enrollment e using (learner_id, enrollment_id)
            cross join lateral (
                select array_agg(l.lesson_id) as lesson_ids, array_agg(l.state) as states,
                    array_agg(l.required) as required, array_agg(l.start_time) as start_times,
                    array_agg(l.complete_time) as complete_times
                from enrollment.lesson_progress l
                where l.learner_id = e.learner_id and l.enrollment_id = e.enrollment_id
            ) l
            """,
            *map(list, zip(*keys, strict=True)),
        )
        return {
            (row["learner_id"], row["enrollment_id"]): (enrollment_of(row), _started(row)) for row in rows
        }

    async def get_versions(self, keys: Sequence[tuple[UUID, UUID]]) -> Mapping[UUID, int]:
        """The present version of each (learner_id, enrollment_id), by enrollment_id."""
        rows = await self._pool.fetch(
            """
            select e.enrollment_id, e.version
            from unnest($1::uuid[], $2::uuid[]) as asked (learner_id, enrollment_id)
            join enrollment.enrollment e using (learner_id, enrollment_id)
            """,
            *map(list, zip(*keys, strict=True)),
        )
        return dict(rows)


def _started(row: asyncpg.Record) -> Mapping[UUID, LessonProgress]:
    columns = (
        row[name] or () for name in ("lesson_ids", "states", "required", "start_times", "complete_times")
    )
    return {
        lesson_id: LessonProgress(lesson_id, LessonState(state), required, start_time, complete_time)
        for lesson_id, state, required, start_time, complete_time in zip(*columns, strict=True)
    }
