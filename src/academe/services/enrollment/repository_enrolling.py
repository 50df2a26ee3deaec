"""Joining and leaving courses: every statement that makes an enrollment or changes whether it is active."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from academe.db.group_commit import GroupCommit
from academe.db.pool import Pool
from academe.errors import RequestIdReused
from academe.services.enrollment.changes import Changes
from academe.services.enrollment.model import Enrollment, NewEnrollment
from academe.services.enrollment.repository_shared import enrollment_of


class EnrollingRepository:
    """Announces to `changes` what it committed."""

    def __init__(
        self, pool: Pool, changes: Changes, *, on_batch: Callable[[str, int, float], None] | None = None
    ) -> None:
        self._pool = pool
        self._changes = changes
        # Idempotent: what is there already is answered and not written, and a request_id works only once.
        self._enrolling = GroupCommit(self._write, name="enroll", idempotent=True, on_batch=on_batch)

    async def enroll(self, new: NewEnrollment) -> Enrollment:
        """Adds the enrollment, brings back a dropped one, or finds it as it is; however many ask at once.

        A request_id that came before changes nothing: it was answered, whatever the learner did since.
        Raises RequestIdReused when the request_id stands for another course.
        """
        return await self._enrolling.submit(new)

    async def _write(self, new: list[NewEnrollment]) -> Sequence[Enrollment | Exception]:
        async with self._pool.transaction() as connection:
            await connection.execute(
                """
                with asked as (
                    select learner_id, course_id, enrollment_id, course_revision, required_lessons,
                        request_id, create_time
                    from unnest(
                        $1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::integer[], $6::uuid[],
                        $7::timestamptz[]
                    ) as asked (
                        learner_id, course_id, enrollment_id, course_revision, required_lessons,
                        request_id, create_time
                    )
                    order by learner_id, course_id, enrollment_id
                ), claimed as (
                    insert into enrollment.request (learner_id, request_id, course_id)
                    select learner_id, request_id, course_id
                    from asked
                    where request_id is not null
                    order by learner_id, request_id
                    on conflict do nothing
                    returning learner_id, request_id, course_id
                ), fresh as (
                    select learner_id, course_id, enrollment_id, course_revision, required_lessons,
                        create_time
                    from asked
                    where request_id is null
                        or (learner_id, request_id, course_id)
                            in (select learner_id, request_id, course_id from claimed)
                ), restored as (
                    update enrollment.enrollment e
                    set state = 1, version = e.version + 1, update_time = fresh.create_time
                    from fresh
                    where e.learner_id = fresh.learner_id and e.course_id = fresh.course_id and e.state = 3
                )
                insert into enrollment.enrollment (
                    learner_id, enrollment_id, course_id, version, create_time, update_time,
                    course_revision, required_lessons, completed_lessons, state
                )
                select learner_id, enrollment_id, course_id, 1, create_time, create_time,
                    course_revision, required_lessons, 0, 1
                from fresh
                order by learner_id, course_id, enrollment_id
                on conflict do nothing
                """,
                [one.learner_id for one in new],
                [one.course_id for one in new],
                [one.enrollment_id for one in new],
                [one.course_revision for one in new],
                [one.required_lessons for one in new],
                [one.request_id for one in new],
                [one.create_time for one in new],
            )
            # A second statement, because the first does not see what others committed while it waited for
            # them. Whose request_id stands for another course finds nothing.
            rows = await connection.fetch(
                """
                select asked.request_id, e.enrollment_id, e.learner_id, e.course_id, e.course_revision,
                    e.state, e.required_lessons, e.completed_lessons, e.version, e.create_time,
                    e.update_time, e.complete_time
                from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as asked (learner_id, course_id, request_id)
                join enrollment.enrollment e
                    on e.learner_id = asked.learner_id and e.course_id = asked.course_id
                left join enrollment.request r
                    on r.learner_id = asked.learner_id and r.request_id = asked.request_id
                where asked.request_id is null or r.course_id = asked.course_id
                """,
                [one.learner_id for one in new],
                [one.course_id for one in new],
                [one.request_id for one in new],
            )
        found = {(row["learner_id"], row["course_id"], row["request_id"]): enrollment_of(row) for row in rows}
        for enrollment in found.values():
            self._changes.announce(enrollment.enrollment_id, enrollment.version)
        return [
            found.get((one.learner_id, one.course_id, one.request_id)) or RequestIdReused() for one in new
        ]

    async def change_enrollment(
        self, learner_id: UUID, enrollment_id: UUID, rule: Callable[[Enrollment], Enrollment]
    ) -> Enrollment | None:
        """Applies `rule` to the enrollment while nobody else can change it, and stores the state it gives.

        None when the learner has no such enrollment. What `rule` raises is raised, and nothing is stored.
        """
        async with self._pool.transaction() as connection:
            row = await connection.fetchrow(
                """
                select enrollment_id, learner_id, course_id, course_revision, state, required_lessons,
                    completed_lessons, version, create_time, update_time, complete_time
                from enrollment.enrollment
                where learner_id = $1 and enrollment_id = $2
                for no key update
                """,
                learner_id,
                enrollment_id,
            )
            if row is None:
                return None
            before = enrollment_of(row)
            after = rule(before)
            if after is before:
                return before
            await connection.execute(
                """
                update enrollment.enrollment
                set state = $3, version = $4, update_time = $5
                where learner_id = $1 and enrollment_id = $2
                """,
                learner_id,
                enrollment_id,
                after.state,
                after.version,
                after.update_time,
            )
        self._changes.announce(enrollment_id, after.version)
        return after
