"""The whole ledger at a moment, and what happened in it between two.

Balances of different accounts belong together only at a place in the line of commits: an account's own times
may be later than another's for the same transaction. That line is tip.seal, so a moment becomes the last seal
before it, and each account is read as it was under that seal. What is under a seal never changes, so pages
of accounts may be read one after the other and still add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from academe.db.pool import Queryable
from academe.services.tip.model import AccountKind, TransactionKind
from academe.services.tip.reports.model import TransactionTotal

PAGE = 2_000
"""Accounts in one statement: about a tenth of a second."""


@dataclass(frozen=True, slots=True)
class AccountRange:
    """What one account had under two seals: entries `opening` < number <= `closing` came between them."""

    account_id: int
    kind: AccountKind
    opening: int
    closing: int
    balance: int
    """At the closing."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger's provider account says of one payment, refund, dispute or payout.

    `held` in minor units: what it added to what the provider holds for the school.
    """

    kind: TransactionKind
    source_id: UUID
    held: int
    time: datetime


class SchoolRepository:
    def __init__(self, pool: Queryable) -> None:
        self._pool = pool

    async def get_seal(self, before: datetime | None) -> int:
        """The number of the last seal before a moment, or of all; 0 when there was none."""
        number: int = await self._pool.fetchval(
            """
            with recursive step (low, high) as (
                select 0::bigint, coalesce((select number from tip.seal order by number desc limit 1), 0)
                union all
                select case when seal_time < moment then middle else low end,
                       case when seal_time < moment then high else middle - 1 end
                from step
                cross join coalesce($1::timestamptz, 'infinity') as moment
                cross join lateral (select (low + high + 1) >> 1 as middle) as half
                join tip.seal on seal.number = middle
                where low < high
            )
            select low from step where low = high
            """,
            before,
        )
        return number

    async def list_ranges(
        self, currency_code: str, after_account: int, opening_seal: int, closing_seal: int
    ) -> list[AccountRange]:
        """Up to PAGE accounts of a currency by account_id, from after one on."""
        # Looked up one by one (which `limit 1` insists on), because a plan for any number of accounts would
        # rather read all entries; and the latest first, after which nothing happened on most accounts.
        rows = await self._pool.fetch(
            """
            with recursive page as materialized (
                select account_id, kind, entry_count
                from tip.account
                where account_id > $2 and currency = $1
                order by account_id
                limit $5
            ),
            step (account_id, kind, cut, low, high, fresh) as (
                select account_id, kind, cut, 0::bigint, entry_count, true
                from page
                cross join unnest(array[$3::bigint, $4::bigint]) as cut
                union all
                select step.account_id, step.kind, cut,
                       case when sealed.number <= cut then middle else low end,
                       case when sealed.number <= cut then high else middle - 1 end,
                       false
                from step
                cross join lateral (
                    select case when fresh then high else (low + high + 1) >> 1 end as middle
                ) as half
                cross join lateral (
                    select seal.number
                    from tip.entry
                    join tip.seal on seal.batch_id = entry.batch_id
                    where entry.account_id = step.account_id and entry.number = middle
                    limit 1
                ) as sealed
                where low < high
            ),
            edge as (
                select account_id, kind, min(low) as opening, max(low) as closing
                from step
                where low = high
                group by account_id, kind
            )
            select edge.account_id, edge.kind, opening, closing, coalesce(last.balance, 0) as balance
            from edge
            left join lateral (
                select balance from tip.entry where account_id = edge.account_id and number = closing limit 1
            ) as last on true
            order by edge.account_id
            """,
            currency_code,
            after_account,
            opening_seal,
            closing_seal,
            PAGE,
        )
        return [
            AccountRange(
                row["account_id"], AccountKind(row["kind"]), row["opening"], row["closing"], row["balance"]
            )
            for row in rows
        ]

    async def sum_transactions(self, pieces: Sequence[tuple[int, int, int]]) -> list[TransactionTotal]:
        """Counts the transactions of entries, each by its one leg that has the whole amount.

        `pieces` are (account_id, after, last). That leg is the one the money leaves by, or comes back by.
        """
        rows = await self._pool.fetch(
            """
            select entry.kind, count(*) as transactions, sum(abs(entry.amount))::bigint as amount
            from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as piece (account_id, after, last)
            join tip.entry on entry.account_id = piece.account_id
                and entry.number > piece.after and entry.number <= piece.last
            where case when entry.kind in (7, 8) then entry.amount > 0 else entry.amount < 0 end
            group by entry.kind
            """,
            [account_id for account_id, _, _ in pieces],
            [after for _, after, _ in pieces],
            [last for _, _, last in pieces],
        )
        return [
            TransactionTotal(TransactionKind(row["kind"]), row["transactions"], row["amount"]) for row in rows
        ]

    async def list_booked(self, account_id: int, after: int, last: int) -> list[Booked]:
        """The movements behind entries `after` < number <= `last` of the provider's account."""
        rows = await self._pool.fetch(
            """
            select entry.kind, movement.source_id, -entry.amount as held, entry.create_time
            from tip.entry
            join tip.movement on movement.movement_id = entry.transaction_id
            where entry.account_id = $1 and entry.number > $2 and entry.number <= $3
            order by entry.number
            """,
            account_id,
            after,
            last,
        )
        return [
            Booked(TransactionKind(row["kind"]), row["source_id"], row["held"], row["create_time"])
            for row in rows
        ]

    async def find_booked(self, source_ids: Sequence[UUID]) -> list[Booked]:
        """Whatever the ledger has of these on the provider's account, at any time."""
        rows = await self._pool.fetch(
            """
            select kind, source_id, create_time, case when from_kind = 8 then amount else -amount end as held
            from tip.movement
            where source_id = any($1::uuid[])
                and kind = any(array[3, 6, 7, 8, 9, 11, 13, 15, 16, 17]::smallint[])
                and (from_kind = 8 or to_kind = 8)
            order by create_time
            """,
            source_ids,
        )
        return [
            Booked(TransactionKind(row["kind"]), row["source_id"], row["held"], row["create_time"])
            for row in rows
        ]

    async def find_sources(self, provider: str, references: Sequence[str]) -> dict[str, UUID]:
        """Our own ids of payments, refunds, payouts and disputes by the provider's; unknown ones left out."""
        rows = await self._pool.fetch(
            """
            select provider_reference, payment_id as source_id from tip.payment
            where provider = $1 and provider_reference = any($2::text[])
            union all
            select provider_reference, refund_id from tip.refund
            where provider_reference = any($2::text[])
            union all
            select provider_reference, payout_id from tip.payout
            where provider = $1 and provider_reference = any($2::text[])
            union all
            select provider_reference, dispute_id from tip.dispute
            where provider = $1 and provider_reference = any($2::text[])
            """,
            provider,
            references,
        )
        return {row["provider_reference"]: row["source_id"] for row in rows}
