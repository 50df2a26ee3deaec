"""Claiming the periods that are due, and writing down what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from academe.db.pool import Pool
from academe.services.tip.recurring.model import (
    SKIPPED,
    Claim,
    DuePeriod,
    PeriodState,
    RecurringTip,
)
from academe.services.tip.recurring.repository_shared import recurring_tip_of

Due = tuple[RecurringTip, DuePeriod]


class ChargeRepository:
    """Periods in PostgreSQL.

    The row of a period is written, and committed, before anything is charged. Whoever wrote it charges, so
    two processes, or one that was started twice, never charge for the same period by different tips.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim_due(self, now: datetime, *, at_most: int, periods_each: int) -> Sequence[Claim] | None:
        """Takes up to `at_most` promises that are due, and returns what is to be charged for them.

        Of each promise, its `periods_each` oldest periods. None when no promise is due, apart from those that
        somebody else is taking right now; an empty list when all that was due is skipped.
        """
        async with self._pool.transaction() as connection:
            rows = await connection.fetch(
                """
                select recurring_tip_id, sender_id, educator_id, currency, amount, message, visibility,
                       hide_amount, interval, start_date, catch_up, state, next_period, create_time,
                       update_time
                from tip.recurring_tip
                where state = 1 and next_period <= $1
                order by next_period, recurring_tip_id
                limit $2
                for no key update skip locked
                """,
                now.date(),
                at_most,
            )
            recurring = [recurring_tip_of(row) for row in rows]
            if not rows:
                return None
            due = [(one, found) for one in recurring for found in one.due(now.date(), periods_each)]
            written = await self._write_periods(connection, due, now)
            await self._advance(connection, due)
        return [
            Claim(one, found.start_date, now)
            for one, found in due
            if found.charged and (one.recurring_tip_id, found.start_date) in written
        ]

    async def _write_periods(
        self, connection: asyncpg.Connection, due: Sequence[Due], now: datetime
    ) -> set[tuple[UUID, object]]:
        """The keys of those that are new. One that is there was claimed before, whatever the promise says."""
        rows = await connection.fetch(
            """
            insert into tip.recurring_period (
                recurring_tip_id, start_date, state, tip_id, failure_reason, create_time, claim_time,
                update_time
            )
            select recurring_tip_id, start_date, state, null, failure_reason, $5, $5, $5
            from unnest($1::uuid[], $2::date[], $3::smallint[], $4::text[])
                as due (recurring_tip_id, start_date, state, failure_reason)
            order by recurring_tip_id, start_date
            on conflict on constraint recurring_period_pkey do nothing
            returning recurring_tip_id, start_date
            """,
            [one.recurring_tip_id for one, _ in due],
            [found.start_date for _, found in due],
            [PeriodState.CHARGING if found.charged else PeriodState.SKIPPED for _, found in due],
            ["" if found.charged else SKIPPED for _, found in due],
            now,
        )
        return {(row["recurring_tip_id"], row["start_date"]) for row in rows}

    async def _advance(self, connection: asyncpg.Connection, due: Sequence[Due]) -> None:
        latest = {one: found.start_date for one, found in due}
        await connection.execute(
            """
            update tip.recurring_tip as r set next_period = dealt.next_period
            from unnest($1::uuid[], $2::date[]) as dealt (recurring_tip_id, next_period)
            where r.recurring_tip_id = dealt.recurring_tip_id
            """,
            [one.recurring_tip_id for one in latest],
            [one.period_after(start_date) for one, start_date in latest.items()],
        )

    async def retake(self, now: datetime, *, lease: timedelta, at_most: int) -> Sequence[Claim]:
        """Takes up to `at_most` periods over from whoever claimed them longer than `lease` ago."""
        rows = await self._pool.fetch(
            """
            with stale as materialized (
                select recurring_tip_id, start_date from tip.recurring_period
                where state = 1 and claim_time <= $2
                order by claim_time
                limit $3
                for no key update skip locked
            ),
            taken as (
                update tip.recurring_period as p set claim_time = $1, update_time = $1
                from stale
                where p.recurring_tip_id = stale.recurring_tip_id and p.start_date = stale.start_date
                returning p.recurring_tip_id, p.start_date
            )
            select taken.start_date as period, r.recurring_tip_id, r.sender_id, r.educator_id, r.currency,
                   r.amount, r.message, r.visibility, r.hide_amount, r.interval, r.start_date, r.catch_up,
                   r.state, r.next_period, r.create_time, r.update_time
            from taken
            join tip.recurring_tip as r using (recurring_tip_id)
            order by r.recurring_tip_id, taken.start_date
            """,
            now,
            now - lease,
            at_most,
        )
        return [Claim(recurring_tip_of(row), row["period"], now) for row in rows]

    async def record_charged(self, tips: Mapping[Claim, UUID], now: datetime) -> None:
        """The tips that were made. Money that moved counts, even if somebody wrote a refusal meanwhile."""
        await self._pool.execute(
            """
            update tip.recurring_period as p
            set state = 2, tip_id = made.tip_id, failure_reason = '', update_time = $4
            from unnest($1::uuid[], $2::date[], $3::uuid[]) as made (recurring_tip_id, start_date, tip_id)
            where p.recurring_tip_id = made.recurring_tip_id and p.start_date = made.start_date
                and p.state in (1, 3)
            """,
            [claim.recurring.recurring_tip_id for claim in tips],
            [claim.start_date for claim in tips],
            list(tips.values()),
            now,
        )

    async def record_refused(self, reasons: Mapping[Claim, str], now: datetime) -> None:
        """Why no tip was made. Only for whoever still has the claim: another may have made one since."""
        await self._pool.execute(
            """
            update tip.recurring_period as p set state = 3, failure_reason = refused.reason, update_time = $5
            from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::text[])
                as refused (recurring_tip_id, start_date, claim_time, reason)
            where p.recurring_tip_id = refused.recurring_tip_id and p.start_date = refused.start_date
                and p.state = 1 and p.claim_time = refused.claim_time
            """,
            [claim.recurring.recurring_tip_id for claim in reasons],
            [claim.start_date for claim in reasons],
            [claim.claim_time for claim in reasons],
            list(reasons.values()),
            now,
        )

    async def oldest_due(self, now: datetime) -> datetime | None:
        """Since when the oldest period waits that is due or being charged; None when there is none."""
        found: datetime | None = await self._pool.fetchval(
            """
            select least(
                (
                    select min(greatest(next_period::timestamp at time zone 'UTC', create_time))
                    from tip.recurring_tip
                    where state = 1 and next_period <= $1
                ),
                (select min(create_time) from tip.recurring_period where state = 1)
            )
            """,
            now.date(),
        )
        return found
