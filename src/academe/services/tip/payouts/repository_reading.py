"""Reading payouts and what they consist of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.db.pool import Queryable
from academe.money import Money
from academe.pagination import PageRequest
from academe.services.tip.model import TransactionKind
from academe.services.tip.payouts.model import Payout, PayoutLine, PayoutState

LAST_ID = UUID(int=(1 << 128) - 1)
"""Where lists that run downwards begin."""


class PayoutReader:
    """Payouts and their lines, one statement each."""

    def __init__(self, pool: Queryable) -> None:
        self._pool = pool

    async def get(self, payout_id: UUID) -> Payout | None:
        row = await self._pool.fetchrow(
            """
            select payout_id, educator_id, currency, amount, provider, destination, provider_reference, state,
                   reason, line_number, previous_number, attempts, create_time, approve_time, settle_time
            from tip.payout
            where payout_id = $1
            """,
            payout_id,
        )
        return payout_of(row) if row is not None else None

    async def find_by_request(self, educator_id: UUID, request_id: UUID) -> tuple[Payout, bytes] | None:
        return await find_by_request(self._pool, educator_id, request_id)

    async def list_of_educator(self, educator_id: UUID, page: PageRequest) -> list[Payout]:
        """One educator's payouts by payout_id downwards."""
        (payout_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select payout_id, educator_id, currency, amount, provider, destination, provider_reference, state,
                   reason, line_number, previous_number, attempts, create_time, approve_time, settle_time
            from tip.payout
            where educator_id = $1 and payout_id < $2
            order by payout_id desc
            limit $3
            """,
            educator_id,
            payout_id,
            page.limit,
        )
        return [payout_of(row) for row in rows]

    async def list_in_state(self, state: PayoutState, page: PageRequest) -> list[Payout]:
        """Everybody's payouts in one state by payout_id downwards."""
        (payout_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select payout_id, educator_id, currency, amount, provider, destination, provider_reference, state,
                   reason, line_number, previous_number, attempts, create_time, approve_time, settle_time
            from tip.payout
            where state = $1 and payout_id < $2
            order by payout_id desc
            limit $3
            """,
            state,
            payout_id,
            page.limit,
        )
        return [payout_of(row) for row in rows]

    async def list_lines(self, payout: Payout, page: PageRequest) -> list[PayoutLine]:
        """The entries that a payout paid out by number downwards: those since the payout before it."""
        (number,) = page.after or (payout.line_number,)
        rows = await self._pool.fetch(
            """
            select entry.number, entry.create_time, entry.kind, entry.amount, entry.balance,
                   entry.transaction_id,
                   case when entry.kind = 1 then entry.transaction_id else movement.tip_id end as tip_id,
                   case when entry.kind in (7, 8, 9, 12, 16) then movement.source_id end as source_id
            from tip.account as account
            join tip.entry as entry on entry.account_id = account.account_id
            left join tip.movement as movement
                on movement.movement_id = entry.transaction_id and entry.kind > 2
            where account.kind = 2 and account.owner_id = $1 and account.currency = $2::text
                and entry.number > $3 and entry.number < $4
            order by entry.number desc
            limit $5
            """,
            payout.educator_id,
            payout.amount.currency_code,
            payout.previous_number,
            min(number, payout.line_number),
            page.limit,
        )
        return [_line_of(row, payout.amount.currency_code) for row in rows]


async def find_by_request(
    connection: Queryable, educator_id: UUID, request_id: UUID
) -> tuple[Payout, bytes] | None:
    """The payout that a request made, with the digest of what it asked for."""
    row = await connection.fetchrow(
        """
        select payout_id, educator_id, currency, amount, provider, destination, provider_reference, state,
               reason, line_number, previous_number, attempts, create_time, approve_time, settle_time,
               request_hash
        from tip.payout
        where educator_id = $1 and request_id = $2
        """,
        educator_id,
        request_id,
    )
    return (payout_of(row), row["request_hash"]) if row is not None else None


def payout_of(row: Any) -> Payout:
    return Payout(
        payout_id=row["payout_id"],
        educator_id=row["educator_id"],
        amount=Money(row["currency"], row["amount"]),
        state=PayoutState(row["state"]),
        provider=row["provider"],
        destination=row["destination"],
        provider_reference=row["provider_reference"],
        reason=row["reason"],
        line_number=row["line_number"],
        previous_number=row["previous_number"],
        attempts=row["attempts"],
        create_time=row["create_time"],
        approve_time=row["approve_time"],
        settle_time=row["settle_time"],
    )


def _line_of(row: Any, currency_code: str) -> PayoutLine:
    return PayoutLine(
        number=row["number"],
        time=row["create_time"],
        kind=TransactionKind(row["kind"]),
        amount=Money(currency_code, row["amount"]),
        balance=Money(currency_code, row["balance"]),
        transaction_id=row["transaction_id"],
        tip_id=row["tip_id"],
        source_id=row["source_id"],
    )
