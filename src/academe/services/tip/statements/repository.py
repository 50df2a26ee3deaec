"""Balances and entries, now and at any moment.

Entries of an account are numbered without gaps and never run backwards in time, so the place of a moment is
found by halving: as many look-ups by primary key as the count of entries has binary digits, and no index on
the time that every tip would have to pay for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from academe.db.loader import BatchLoader
from academe.db.pool import Queryable
from academe.money import Money
from academe.services.tip.model import AccountKind, TransactionKind
from academe.services.tip.statements.model import (
    NOWHERE,
    AccountBalance,
    AccountSpan,
    Edge,
    Extent,
    StatementLine,
)


class StatementRepository:
    """Reads accounts and entries. `on_batch(name, items, seconds)` is told of every batch."""

    def __init__(self, pool: Queryable, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        self._balances = BatchLoader[UUID, list[AccountBalance]](
            self._fetch_balances, name="tip.balance", on_batch=on_batch
        )

    async def get_balances(self, owner_id: UUID) -> list[AccountBalance]:
        """Every account of one owner that was ever used, by kind and currency code."""
        return await self._balances.load(owner_id) or []

    async def _fetch_balances(self, owner_ids: list[UUID]) -> Mapping[UUID, list[AccountBalance]]:
        rows = await self._pool.fetch(
            """
            select owner_id, kind, currency, balance
            from tip.account
            where owner_id = any($1::uuid[])
            order by kind, currency
            """,
            owner_ids,
        )
        found: dict[UUID, list[AccountBalance]] = {}
        for row in rows:
            found.setdefault(row["owner_id"], []).append(_balance(row))
        return found

    async def get_balances_at(self, owner_id: UUID, at: datetime) -> list[AccountBalance]:
        """The accounts of one owner that were in use at that moment, as they were right after it."""
        rows = await self._pool.fetch(
            """
            with recursive step (account_id, kind, currency, low, high) as (
                select account_id, kind, currency, 0::bigint, entry_count
                from tip.account
                where owner_id = $1
                union all
                select step.account_id, step.kind, step.currency,
                       case when entry.create_time <= $2 then middle else low end,
                       case when entry.create_time <= $2 then high else middle - 1 end
                from step
                cross join lateral (select (low + high + 1) >> 1 as middle) as half
                join tip.entry on entry.account_id = step.account_id and entry.number = middle
                where low < high
            )
            select step.kind, step.currency, entry.balance
            from step
            join tip.entry on entry.account_id = step.account_id and entry.number = low
            where low = high
            order by step.kind, step.currency
            """,
            owner_id,
            at,
        )
        return [_balance(row) for row in rows]

    async def get_extent(self, span: AccountSpan) -> Extent:
        """Where a span begins and ends in its account; NOWHERE when the account was never used."""
        rows = await self._pool.fetch(
            """
            with recursive step (account_id, moment, low, high) as (
                select account_id, moment, 0::bigint, entry_count
                from tip.account
                cross join unnest(array[$4::timestamptz, coalesce($5::timestamptz, 'infinity')]) as moment
                where kind = $1 and owner_id = $2 and currency = $3
                union all
                select step.account_id, moment,
                       case when entry.create_time < moment then middle else low end,
                       case when entry.create_time < moment then high else middle - 1 end
                from step
                cross join lateral (select (low + high + 1) >> 1 as middle) as half
                join tip.entry on entry.account_id = step.account_id and entry.number = middle
                where low < high
            )
            select step.account_id, low as number, coalesce(entry.balance, 0) as balance
            from step
            left join tip.entry on entry.account_id = step.account_id and entry.number = low
            where low = high
            order by moment
            """,
            span.kind,
            span.owner_id,
            span.currency_code,
            span.start,
            span.end,
        )
        if not rows:
            return NOWHERE
        opening, closing = (Edge(row["number"], row["balance"]) for row in rows)
        return Extent(rows[0]["account_id"], opening, closing)

    async def get_edge(self, account_id: int, number: int) -> Edge | None:
        """The place right after an entry, None when there is no such entry."""
        balance = await self._pool.fetchval(
            "select balance from tip.entry where account_id = $1 and number = $2", account_id, number
        )
        return None if balance is None else Edge(number, balance)

    async def list_lines(
        self, account_id: int, after: int, last: int, limit: int, *, hide_anonymous: bool
    ) -> list[StatementLine]:
        """Entries `after` < number <= `last`, upwards, at most `limit`.

        With `hide_anonymous`, lines about anonymous tips come without ids, whomever they are to.
        """
        rows = await self._pool.fetch(
            """
            select entry.number, entry.create_time, entry.kind, entry.amount, entry.balance,
                   case when secret.tip_id is null then entry.transaction_id end as transaction_id,
                   case when secret.tip_id is null then about.tip_id end as tip_id,
                   case when secret.tip_id is null then nullif(movement.source_id, movement.tip_id) end
                       as source_id
            from tip.entry
            left join tip.movement
                on movement.movement_id = case when entry.kind > 2 then entry.transaction_id end
            cross join lateral (
                select case when entry.kind > 2 then movement.tip_id else entry.transaction_id end as tip_id
            ) as about
            left join tip.tip as secret
                on secret.tip_id = about.tip_id and $5 and secret.visibility = 3
            where entry.account_id = $1 and entry.number > $2 and entry.number <= $3
            order by entry.number
            limit $4
            """,
            account_id,
            after,
            last,
            limit,
            hide_anonymous,
        )
        return [_line(row) for row in rows]


def _balance(row: Any) -> AccountBalance:
    return AccountBalance(AccountKind(row["kind"]), Money(row["currency"], row["balance"]))


def _line(row: Any) -> StatementLine:
    return StatementLine(
        number=row["number"],
        time=row["create_time"],
        kind=TransactionKind(row["kind"]),
        amount=row["amount"],
        balance=row["balance"],
        transaction_id=row["transaction_id"],
        tip_id=row["tip_id"],
        source_id=row["source_id"],
    )
