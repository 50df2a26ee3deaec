"""Reading enrollments.

Beside it: repository_enrolling.py lets learners join and leave, repository_reports.py takes what they do, and
repository_progress.py reads how far they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.services.enrollment.changes import Changes
from academe.services.enrollment.model import Enrollment
from academe.services.enrollment.repository_enrolling import EnrollingRepository
from academe.services.enrollment.repository_progress import ProgressRepository
from academe.services.enrollment.repository_reports import ReportRepository
from academe.services.enrollment.repository_shared import enrollment_of

NEWEST = UUID(int=(1 << 128) - 1)
"""Greater than any id, so that a list's first page is the same statement with the same plan as the others."""


class EnrollmentRepository:
    """Enrollments in PostgreSQL. `on_batch(name, items, seconds)` is told of every batch.

    `changes` is told of every change that `enrolling` and `reports` committed, and `published(topic)` of
    events that were put into the outbox.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        published: Callable[[str], None] | None = None,
        on_batch: Callable[[str, int, float], None] | None = None,
    ) -> None:
        self._pool = pool
        self.changes = Changes()
        self.enrolling = EnrollingRepository(pool, self.changes, on_batch=on_batch)
        self.progress = ProgressRepository(pool, on_batch=on_batch)
        self.reports = ReportRepository(pool, self.changes, published=published, on_batch=on_batch)
        self._own = BatchLoader(self._fetch_own, name="enrollment", on_batch=on_batch)
        self._any = BatchLoader(self._fetch_any, name="enrollment_by_id", on_batch=on_batch)

    async def get_enrollment(self, learner_id: UUID, enrollment_id: UUID) -> Enrollment | None:
        """One of the learner's own."""
        return await self._own.load((learner_id, enrollment_id))

    async def _fetch_own(self, keys: list[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], Enrollment]:
        rows = await self._pool.fetch(
            """
            select e.enrollment_id, e.learner_id, e.course_id, e.course_revision, e.state, e.required_lessons,
                e.completed_lessons, e.version, e.create_time, e.update_time, e.complete_time
            from unnest($1::uuid[], $2::uuid[]) as asked (learner_id, enrollment_id)
            join enrollment.enrollment e using (learner_id, enrollment_id)
            """,
            [learner_id for learner_id, _ in keys],
            [enrollment_id for _, enrollment_id in keys],
        )
        return {(row["learner_id"], row["enrollment_id"]): enrollment_of(row) for row in rows}

    async def get_enrollments(self, enrollment_ids: Sequence[UUID]) -> Mapping[UUID, Enrollment]:
        """Anybody's, by id; one that does not exist is left out."""
        wanted = list(dict.fromkeys(enrollment_ids))
        found = await self._any.load_all(wanted)
        return {one.enrollment_id: one for one in found if one is not None}

    async def _fetch_any(self, enrollment_ids: list[UUID]) -> Mapping[UUID, Enrollment]:
        rows = await self._pool.fetch(
            """
            select enrollment_id, learner_id, course_id, course_revision, state, required_lessons,
                completed_lessons, version, create_time, update_time, complete_time
            from enrollment.enrollment
            where enrollment_id = any($1::uuid[])
            """,
            enrollment_ids,
        )
        return {row["enrollment_id"]: enrollment_of(row) for row in rows}

    async def find_request(self, learner_id: UUID, request_id: UUID) -> Enrollment | None:
        """The enrollment that the learner's request asked for, as it is by now."""
        row = await self._pool.fetchrow(
            """
            select e.enrollment_id, e.learner_id, e.course_id, e.course_revision, e.state, e.required_lessons,
                e.completed_lessons, e.version, e.create_time, e.update_time, e.complete_time
            from enrollment.request r
            join enrollment.enrollment e on e.learner_id = r.learner_id and e.course_id = r.course_id
            where r.learner_id = $1 and r.request_id = $2
            """,
            learner_id,
            request_id,
        )
        return enrollment_of(row) if row is not None else None

    async def list_of_learner(self, learner_id: UUID, after: UUID | None, limit: int) -> list[Enrollment]:
        """Newest first, those older than `after`."""
        rows = await self._pool.fetch(
            """
            select enrollment_id, learner_id, course_id, course_revision, state, required_lessons,
                completed_lessons, version, create_time, update_time, complete_time
            from enrollment.enrollment
            where learner_id = $1 and enrollment_id < $2
            order by enrollment_id desc
            limit $3
            """,
            learner_id,
            after or NEWEST,
            limit,
        )
        return [enrollment_of(row) for row in rows]

    async def list_completed(self, course_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
        """The ids of a course's completed enrollments, newest first, those older than `after`."""
        rows = await self._pool.fetch(
            """
            select enrollment_id
            from enrollment.enrollment
            where course_id = $1 and enrollment_id < $2 and state = 2
            order by enrollment_id desc
            limit $3
            """,
            course_id,
            after or NEWEST,
            limit,
        )
        return [row["enrollment_id"] for row in rows]

    async def list_of_course(self, course_id: UUID, after: UUID | None, limit: int) -> list[Enrollment]:
        """Newest first, those older than `after`."""
        rows = await self._pool.fetch(
            """
            select enrollment_id, learner_id, course_id, course_revision, state, required_lessons,
                completed_lessons, version, create_time, update_time, complete_time
            from enrollment.enrollment
            where course_id = $1 and enrollment_id < $2
            order by enrollment_id desc
            limit $3
            """,
            course_id,
            after or NEWEST,
            limit,
        )
        return [enrollment_of(row) for row in rows]
