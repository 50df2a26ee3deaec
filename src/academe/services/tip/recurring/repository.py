"""Recurring tips as their senders see them. What charges them is in repository_charges.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.errors import RequestIdReused
from academe.services.tip.errors import RecurringTipExists
from academe.services.tip.recurring.model import RecurringPeriod, RecurringTip
from academe.services.tip.recurring.repository_shared import recurring_tip_of

NEWEST = UUID(int=(1 << 128) - 1)
"""Greater than any id, so that a list's first page is the same statement with the same plan as the others."""


class RecurringRepository:
    """Promises in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add_recurring_tip(
        self, new: RecurringTip, request_id: UUID, request_hash: bytes
    ) -> RecurringTip:
        """Writes a promise, or answers with the one that its request made before, as it is by now.

        Raises RequestIdReused, and RecurringTipExists when there is another one to the same educator.
        """
        while not await self._add(new, request_id, request_hash):
            first = await self.find_request(new.sender_id, request_id, request_hash)
            if first is not None:
                return first
            other = await self._find_pair(new.sender_id, new.educator_id)
            if other is not None:
                raise RecurringTipExists(recurring_tip_id=other)
            # What was in the way has been canceled since: try again.
        return new

    async def _add(self, new: RecurringTip, request_id: UUID, request_hash: bytes) -> bool:
        """Whether it was written; it is not when its request or its pair of people is there already."""
        status = await self._pool.execute(
            """
            insert into tip.recurring_tip (
                recurring_tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message,
                visibility, hide_amount, interval, start_date, catch_up, state, next_period, create_time,
                update_time
            )
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            on conflict do nothing
            """,
            new.recurring_tip_id,
            new.sender_id,
            request_id,
            request_hash,
            new.educator_id,
            new.amount.currency_code,
            new.amount.minor_units,
            new.message,
            new.visibility,
            new.hide_amount,
            new.interval,
            new.start_date,
            new.catch_up,
            new.state,
            new.next_period,
            new.create_time,
            new.update_time,
        )
        return status == "INSERT 0 1"

    async def find_request(
        self, sender_id: UUID, request_id: UUID, request_hash: bytes
    ) -> RecurringTip | None:
        """What a request made, None when it made nothing. Raises RequestIdReused."""
        row = await self._pool.fetchrow(
            """
            select recurring_tip_id, request_hash from tip.recurring_tip
            where sender_id = $1 and request_id = $2
            """,
            sender_id,
            request_id,
        )
        if row is None:
            return None
        if row["request_hash"] != request_hash:
            raise RequestIdReused
        return await self.get_recurring_tip(row["recurring_tip_id"])

    async def _find_pair(self, sender_id: UUID, educator_id: UUID) -> UUID | None:
        found: UUID | None = await self._pool.fetchval(
            """
            select recurring_tip_id from tip.recurring_tip
            where sender_id = $1 and educator_id = $2 and state <> 3
            """,
            sender_id,
            educator_id,
        )
        return found

    async def get_recurring_tip(self, recurring_tip_id: UUID) -> RecurringTip | None:
        """One promise, None when there is none with this id."""
        return (await _read(self._pool, [recurring_tip_id])).get(recurring_tip_id)

    async def list_of_sender(self, sender_id: UUID, after: UUID | None, limit: int) -> list[RecurringTip]:
        """Newest first, those older than `after`."""
        rows = await self._pool.fetch(
            """
            select recurring_tip_id from tip.recurring_tip
            where sender_id = $1 and recurring_tip_id < $2
            order by recurring_tip_id desc
            limit $3
            """,
            sender_id,
            after or NEWEST,
            limit,
        )
        ids = [row["recurring_tip_id"] for row in rows]
        found = await _read(self._pool, ids) if ids else {}
        return [found[recurring_tip_id] for recurring_tip_id in ids]

    async def change_recurring_tip(
        self, sender_id: UUID, recurring_tip_id: UUID, rule: Callable[[RecurringTip], RecurringTip]
    ) -> RecurringTip | None:
        """Applies `rule` while nobody else can change or claim it, and stores the state that it gives.

        None when the sender has no such promise. What `rule` raises is raised, and nothing is stored.
        """
        async with self._pool.transaction() as connection:
            mine = await connection.fetchval(
                """
                select recurring_tip_id from tip.recurring_tip
                where recurring_tip_id = $1 and sender_id = $2
                for no key update
                """,
                recurring_tip_id,
                sender_id,
            )
            if mine is None:
                return None
            before = (await _read(connection, [recurring_tip_id]))[recurring_tip_id]
            after = rule(before)
            if after is not before:
                await connection.execute(
                    """
                    update tip.recurring_tip set state = $2, next_period = $3, update_time = $4
                    where recurring_tip_id = $1
                    """,
                    recurring_tip_id,
                    after.state,
                    after.next_period,
                    after.update_time,
                )
            return after

    async def recurring_tips_of(self, tip_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
        """The promise that each tip belongs to, by tip_id; a tip of none is left out."""
        rows = await self._pool.fetch(
            "select tip_id, recurring_tip_id from tip.recurring_period where tip_id = any($1::uuid[])",
            tip_ids,
        )
        return {row["tip_id"]: row["recurring_tip_id"] for row in rows}


async def _read(queryable: Queryable, recurring_tip_ids: list[UUID]) -> Mapping[UUID, RecurringTip]:
    rows = await queryable.fetch(
        """
        select r.recurring_tip_id, r.sender_id, r.educator_id, r.currency, r.amount, r.message, r.visibility,
               r.hide_amount, r.interval, r.start_date, r.catch_up, r.state, r.next_period, r.create_time,
               r.update_time, recent.start_dates, recent.tip_ids, recent.failure_reasons
        from tip.recurring_tip as r
        cross join lateral (
            select array_agg(p.start_date order by p.start_date desc) as start_dates,
                   array_agg(p.tip_id order by p.start_date desc) as tip_ids,
                   array_agg(p.failure_reason order by p.start_date desc) as failure_reasons
            from (
                select start_date, tip_id, failure_reason from tip.recurring_period
                where recurring_tip_id = r.recurring_tip_id and state <> 1
                order by start_date desc
                limit 12
            ) as p
        ) as recent
        where r.recurring_tip_id = any($1::uuid[])
        """,
        recurring_tip_ids,
    )
    return {row["recurring_tip_id"]: recurring_tip_of(row, _periods(row)) for row in rows}


def _periods(row: Any) -> tuple[RecurringPeriod, ...]:
    columns = (row[name] or () for name in ("start_dates", "tip_ids", "failure_reasons"))
    return tuple(RecurringPeriod(*values) for values in zip(*columns, strict=True))
