"""Statements on issuing to many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.errors import RequestIdReused
from academe.services.credential.issuance.model import Dealt, IssueJob, IssueJobState, Outcome
from academe.services.credential.model import CredentialType, Replay


class IssueJobRepository:
    """Jobs and their items. Every change of an item counts in its job, in the same statement."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add_job(self, job: IssueJob, enrollment_ids: Sequence[UUID], replay: Replay | None) -> IssueJob:
        """Stores a job with its items, or answers with the one that the request began before.

        Raises RequestIdReused when the request asked for another one.
        """
        async with self._pool.transaction() as connection:
            if replay is not None:
                before = await _claim_request(connection, replay, job)
                if before is not None:
                    return before
            await connection.execute(
                """
                insert into credential.issue_job (
                    issue_job_id, course_id, type, state, awarder_id, total_count, issued_count,
                    existing_count, failed_count, create_time, finish_time, lease_time
                )
                values ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7, $8, $7)
                """,
                job.issue_job_id,
                job.course_id,
                job.type,
                job.state,
                job.awarder_id,
                job.total_count,
                job.create_time,
                job.finish_time,
            )
            await connection.execute(
                """
                insert into credential.issue_item (issue_job_id, enrollment_id, outcome, reason, message)
                select $1, enrollment_id, 0, '', ''
                from unnest($2::uuid[]) as enrollment_id
                """,
                job.issue_job_id,
                enrollment_ids,
            )
        return job

    async def get_job(self, issue_job_id: UUID) -> IssueJob | None:
        return await _job(self._pool, issue_job_id)

    async def take_job(self, now: datetime, lease: timedelta) -> IssueJob | None:
        """The running job that has waited longest for somebody to work on it, the caller's until the lease
        ends; None without one."""
        issue_job_id = await self._pool.fetchval(
            """
            update credential.issue_job
            set lease_time = $2
            where issue_job_id = (
                select issue_job_id
                from credential.issue_job
                where state = 1 and lease_time <= $1
                order by lease_time
                limit 1
                for update skip locked
            )
            returning issue_job_id
            """,
            now,
            now + lease,
        )
        return None if issue_job_id is None else await _job(self._pool, issue_job_id)

    async def next_items(self, issue_job_id: UUID, limit: int) -> list[UUID]:
        """Enrollments that wait."""
        rows = await self._pool.fetch(
            """
            select enrollment_id
            from credential.issue_item
            where issue_job_id = $1 and outcome = 0
            order by enrollment_id
            limit $2
            """,
            issue_job_id,
            limit,
        )
        return [row["enrollment_id"] for row in rows]

    async def settle(self, issue_job_id: UUID, dealt: Sequence[Dealt]) -> None:
        """Notes what became of items, and counts each once, whoever deals with it how often."""
        await self._pool.execute(
            """
            with waiting as (
                select enrollment_id
                from credential.issue_item
                where issue_job_id = $1 and outcome = 0 and enrollment_id = any($2::uuid[])
                order by enrollment_id
                for update
            ), settled as (
                update credential.issue_item i
                set outcome = d.outcome, reason = d.reason, message = d.message
                from waiting w
                join unnest($2::uuid[], $3::smallint[], $4::text[], $5::text[])
                    as d (enrollment_id, outcome, reason, message) on d.enrollment_id = w.enrollment_id
                where i.issue_job_id = $1 and i.enrollment_id = w.enrollment_id
                returning i.outcome
            ), counted as (
                select count(*) filter (where outcome = 1) as issued,
                       count(*) filter (where outcome = 2) as existing,
                       count(*) filter (where outcome = 3) as failed
                from settled
            )
            update credential.issue_job j
            set issued_count = j.issued_count + c.issued, existing_count = j.existing_count + c.existing,
                failed_count = j.failed_count + c.failed
            from counted c
            where j.issue_job_id = $1
            """,
            issue_job_id,
            [one.enrollment_id for one in dealt],
            [one.outcome for one in dealt],
            [one.reason for one in dealt],
            [one.message for one in dealt],
        )

    async def release_job(self, issue_job_id: UUID, now: datetime) -> None:
        """Lets the next have a turn: whoever waits longer goes first."""
        await self._pool.execute(
            "update credential.issue_job set lease_time = $2 where issue_job_id = $1",
            issue_job_id,
            now,
        )

    async def finish_job(self, issue_job_id: UUID, state: IssueJobState, now: datetime) -> None:
        """Ends a job that runs; one that is over stays as it is."""
        await self._pool.execute(
            """
            update credential.issue_job
            set state = $2, finish_time = $3
            where issue_job_id = $1 and state = 1
            """,
            issue_job_id,
            state,
            now,
        )

    async def list_failures(self, issue_job_id: UUID, after: UUID | None, limit: int) -> list[Dealt]:
        """Items that failed, by enrollment_id upwards from `after`."""
        rows = await self._pool.fetch(
            """
            select enrollment_id, reason, message
            from credential.issue_item
            where issue_job_id = $1 and outcome = 3 and enrollment_id > $2
            order by enrollment_id
            limit $3
            """,
            issue_job_id,
            after or UUID(int=0),
            limit,
        )
        return [Dealt(row["enrollment_id"], Outcome.FAILED, row["reason"], row["message"]) for row in rows]


async def _job(connection: Queryable, issue_job_id: UUID) -> IssueJob | None:
    row: Any = await connection.fetchrow(
        """
        select issue_job_id, course_id, type, state, awarder_id, total_count, issued_count, existing_count,
               failed_count, create_time, finish_time
        from credential.issue_job
        where issue_job_id = $1
        """,
        issue_job_id,
    )
    if row is None:
        return None
    return IssueJob(
        issue_job_id=row["issue_job_id"],
        course_id=row["course_id"],
        type=CredentialType(row["type"]),
        state=IssueJobState(row["state"]),
        awarder_id=row["awarder_id"],
        total_count=row["total_count"],
        issued_count=row["issued_count"],
        existing_count=row["existing_count"],
        failed_count=row["failed_count"],
        create_time=row["create_time"],
        finish_time=row["finish_time"],
    )


async def _claim_request(connection: Queryable, replay: Replay, job: IssueJob) -> IssueJob | None:
    """The job that the request began before; None when it is this one's. Raises RequestIdReused."""
    await connection.execute(
        """
        insert into credential.issue_request (awarder_id, request_id, request_hash, issue_job_id)
        values ($1, $2, $3, $4)
        on conflict do nothing
        """,
        replay.awarder_id,
        replay.request_id,
        replay.request_hash,
        job.issue_job_id,
    )
    row: Any = await connection.fetchrow(
        """
        select request_hash, issue_job_id
        from credential.issue_request
        where awarder_id = $1 and request_id = $2
        """,
        replay.awarder_id,
        replay.request_id,
    )
    if row["request_hash"] != replay.request_hash:
        raise RequestIdReused
    return None if row["issue_job_id"] == job.issue_job_id else await _job(connection, row["issue_job_id"])
