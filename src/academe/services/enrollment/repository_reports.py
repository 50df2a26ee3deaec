"""UpdateProgress, the busiest write of the product: the reports that come at once are one statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from academe.db.group_commit import GroupCommit
from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.services.enrollment.changes import Changes
from academe.services.enrollment.errors import EnrollmentNotActive, EnrollmentNotFound
from academe.services.enrollment.model import (
    EnrollmentState,
    LessonProgress,
    LessonState,
    ProgressReport,
    ProgressSummary,
    ProgressUpdate,
)

DROPPED = EnrollmentState.DROPPED
DONE = LessonState.DONE

TOPIC = "enrollment"
"""Of the events that are published here: `enrollment.completed`, with the enrollment as aggregate."""


class ReportRepository:
    """Announces to `changes` what it committed, and puts each completion into the outbox of its database,
    once; `published(topic)` is told after the commit."""

    def __init__(
        self,
        pool: Pool,
        changes: Changes,
        *,
        published: Callable[[str], None] | None = None,
        on_batch: Callable[[str, int, float], None] | None = None,
    ) -> None:
        self._pool = pool
        self._changes = changes
        self._published = published
        # Idempotent: a report that was counted already finds its lesson as far as it says, and adds nothing.
        self._updates = GroupCommit(self._write, name="update_progress", idempotent=True, on_batch=on_batch)
        self._lessons = BatchLoader(self._fetch_lessons, name="lesson_progress", on_batch=on_batch)

    async def update_progress(self, report: ProgressReport) -> ProgressUpdate:
        """Brings a lesson as far as the report says and counts it, in one transaction with others' reports.

        Raises EnrollmentNotFound, and EnrollmentNotActive when the learner left the course.
        """
        update = await self._updates.submit(report)
        if update is None:
            update = await self._lessons.load((report.learner_id, report.enrollment_id, report.lesson_id))
        if update is None:
            raise EnrollmentNotFound(enrollment_id=report.enrollment_id)
        return update

    async def _write(self, reports: list[ProgressReport]) -> Sequence[ProgressUpdate | Exception | None]:
        """None for a report that changed nothing. The others are told the state after the whole batch."""
        columns, places = _columns(reports)
        # Every batch locks its enrollments in one order before it touches a lesson, so batches of several
        # processes wait for each other but never in a circle. What was committed while this one waited is not
        # lost: the conflict in `moved` and the update in `counted` act on the newest row, whatever the
        # statement's snapshot. And no lesson is counted twice: it only moves forward, done is as far as it
        # goes, so a row in `moved` that is done was not before. So a count that rises to all lessons does so
        # once, and that is when its completion is published, with the row locked: `returning` is computed
        # once for each row that was updated.
        rows = await self._pool.fetch(
            """
            with reported as materialized (
                select learner_id, enrollment_id, lesson_id, required, state, start_time, complete_time, place
                from unnest(
                    $1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[], $5::smallint[], $6::timestamptz[],
                    $7::timestamptz[]
                ) with ordinality as reported (
                    learner_id, enrollment_id, lesson_id, required, state, start_time, complete_time, place
                )
            ), held as materialized (
                select e.learner_id, e.enrollment_id, e.state
                from enrollment.enrollment e
                where (e.learner_id, e.enrollment_id) in (select learner_id, enrollment_id from reported)
                order by e.learner_id, e.enrollment_id
                for no key update
            ), moved as (
                insert into enrollment.lesson_progress as l (
                    learner_id, enrollment_id, lesson_id, start_time, complete_time, state, required
                )
                select r.learner_id, r.enrollment_id, r.lesson_id, r.start_time, r.complete_time, r.state,
                    r.required
                from reported r
                join held h using (learner_id, enrollment_id)
                where h.state <> 3
                on conflict (learner_id, enrollment_id, lesson_id) do update
                set state = excluded.state, complete_time = excluded.complete_time
                where l.state < excluded.state
                returning l.learner_id, l.enrollment_id, l.lesson_id, l.start_time, l.complete_time, l.state,
                    l.required
            ), counted as (
                update enrollment.enrollment e
                set completed_lessons = e.completed_lessons + m.done,
                    state = case when e.completed_lessons + m.done = e.required_lessons
                        and e.required_lessons > 0 then 2 else e.state end,
                    complete_time = case when e.completed_lessons + m.done = e.required_lessons
                        and e.required_lessons > 0 then coalesce(e.complete_time, m.done_time) end,
                    version = e.version + 1,
                    update_time = greatest(e.update_time, m.time)
                from (
                    select learner_id, enrollment_id, max(coalesce(complete_time, start_time)) as time,
                        count(*) filter (where required and state = 3) as done,
                        max(complete_time) filter (where required) as done_time
                    from moved
                    group by learner_id, enrollment_id
                ) m
                where e.learner_id = m.learner_id and e.enrollment_id = m.enrollment_id
                returning e.learner_id, e.enrollment_id, e.state, e.required_lessons, e.completed_lessons,
                    e.version, case when e.state = 2 and m.done > 0 then outbox.append(
                        'enrollment', e.enrollment_id, 'enrollment.completed', jsonb_build_object(
                            'enrollment_id', e.enrollment_id, 'learner_id', e.learner_id,
                            'course_id', e.course_id, 'course_revision', e.course_revision,
                            'complete_time', e.complete_time
                        )
                    ) end as event_id
            )
            select coalesce(c.state, h.state), c.required_lessons, c.completed_lessons, m.state, m.start_time,
                m.complete_time, c.version, c.event_id
            from reported r
            left join held h using (learner_id, enrollment_id)
            left join counted c using (learner_id, enrollment_id)
            left join moved m using (learner_id, enrollment_id, lesson_id)
            order by r.place
            """,
            *columns,
        )
        for enrollment_id, row in zip(columns[1], rows, strict=True):
            if row[6] is not None:
                self._changes.announce(enrollment_id, row[6])
        if self._published is not None and any(row[7] is not None for row in rows):
            self._published(TOPIC)
        return [_outcome(report, rows[place]) for report, place in zip(reports, places, strict=True)]

    async def _fetch_lessons(
        self, keys: list[tuple[UUID, UUID, UUID]]
    ) -> Mapping[tuple[UUID, UUID, UUID], ProgressUpdate]:
        """Lessons that were started, with their enrollments as they were at the same moment."""
        rows = await self._pool.fetch(
            """
            select l.learner_id, l.enrollment_id, l.lesson_id, l.state, l.required, l.start_time,
                l.complete_time, e.required_lessons, e.completed_lessons, e.state
            from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as asked (learner_id, enrollment_id, lesson_id)
            join enrollment.lesson_progress l using (learner_id, enrollment_id, lesson_id)
            join enrollment.enrollment e using (learner_id, enrollment_id)
            """,
            *map(list, zip(*keys, strict=True)),
        )
        return {
            (row[0], row[1], row[2]): ProgressUpdate(
                LessonProgress(row[2], LessonState(row[3]), row[4], row[5], row[6]),
                ProgressSummary(row[7], row[8]),
                EnrollmentState(row[9]),
            )
            for row in rows
        }


def _columns(reports: list[ProgressReport]) -> tuple[tuple[list[Any], ...], list[int]]:
    """The reports as columns, and the place in them where each report is found.

    A lesson has one place, as far as any of its reports says and with the times of the first that says so,
    because one statement cannot insert a row and then update it.
    """
    learners: list[UUID] = []
    enrollments: list[UUID] = []
    lessons: list[UUID] = []
    required: list[bool] = []
    states: list[LessonState] = []
    starts: list[datetime] = []
    completions: list[datetime | None] = []
    known: dict[tuple[UUID, UUID], int] = {}
    places: list[int] = []
    for report in reports:
        place = known.setdefault((report.enrollment_id, report.lesson_id), len(states))
        places.append(place)
        if place == len(states):
            learners.append(report.learner_id)
            enrollments.append(report.enrollment_id)
            lessons.append(report.lesson_id)
            required.append(report.required)
            states.append(report.state)
            starts.append(report.time)
            completions.append(report.time if report.state is DONE else None)
        elif report.state > states[place]:
            states[place] = report.state
            completions[place] = report.time
    return (learners, enrollments, lessons, required, states, starts, completions), places


def _outcome(report: ProgressReport, row: asyncpg.Record) -> ProgressUpdate | Exception | None:
    state, required_lessons, completed_lessons, lesson_state, start_time, complete_time, *_ = row
    if lesson_state is not None:
        return ProgressUpdate(
            LessonProgress(
                report.lesson_id, LessonState(lesson_state), report.required, start_time, complete_time
            ),
            ProgressSummary(required_lessons, completed_lessons),
            EnrollmentState(state),
        )
    if state is None:
        return EnrollmentNotFound(enrollment_id=report.enrollment_id)
    if state == DROPPED:
        return EnrollmentNotActive(state=DROPPED.name)
    return None
