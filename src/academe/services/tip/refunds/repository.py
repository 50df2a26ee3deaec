"""Refunds in PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.db.pool import Queryable
from academe.money import Money
from academe.services.tip.refunds.model import Refund, RefundState

LEASE = timedelta(minutes=1)
"""For which a process that took something to ask about has it for itself."""


class RefundRepository:
    """What needs no transaction of several statements; the functions below do."""

    def __init__(self, pool: Queryable) -> None:
        self._pool = pool

    async def get_refund(self, refund_id: UUID) -> Refund | None:
        row = await self._pool.fetchrow(
            """
            select refund_id, requester_id, request_hash, tip_id, payment_id, currency, amount, reason, state,
                   provider_reference, ask_time, create_time
            from tip.refund
            where refund_id = $1
            """,
            refund_id,
        )
        return None if row is None else _refund(row)

    async def find_pending(self, payment_id: UUID) -> list[Refund]:
        """The refunds of a payment that the provider has not confirmed, the oldest first."""
        rows = await self._pool.fetch(
            """
            select refund_id, requester_id, request_hash, tip_id, payment_id, currency, amount, reason, state,
                   provider_reference, ask_time, create_time
            from tip.refund
            where payment_id = $1 and state = 1
            order by create_time, refund_id
            """,
            payment_id,
        )
        return [_refund(row) for row in rows]

    async def claim(self, now: datetime, count: int) -> list[Refund]:
        """Up to `count` refunds that are to be asked about; no other process gets them for LEASE."""
        rows = await self._pool.fetch(
            """
            update tip.refund set ask_time = $1::timestamptz + $3::interval
            where refund_id = any(array(
                select refund_id from tip.refund
                where ask_time <= $1
                order by ask_time
                limit $2
                for no key update skip locked
            ))
            returning refund_id, requester_id, request_hash, tip_id, payment_id, currency, amount, reason,
                      state, provider_reference, ask_time, create_time
            """,
            now,
            count,
            LEASE,
        )
        return [_refund(row) for row in rows]

    async def ask_later(self, refund_id: UUID, ask_time: datetime) -> None:
        """Nothing new was heard: asked again then, unless it is settled."""
        await self._pool.execute(
            "update tip.refund set ask_time = $2 where refund_id = $1 and ask_time is not null",
            refund_id,
            ask_time,
        )


async def add_refund(connection: Queryable, refund: Refund) -> bool:
    """Writes a refund; False when there is one with this id already, perhaps from a moment ago."""
    status = await connection.execute(
        """
        insert into tip.refund (
            refund_id, requester_id, request_hash, tip_id, payment_id, currency, amount, reason, state,
            provider_reference, ask_time, create_time, update_time
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, ''), $11, $12, $12)
        on conflict on constraint refund_pkey do nothing
        """,
        refund.refund_id,
        refund.requester_id,
        refund.request_hash,
        refund.tip_id,
        refund.payment_id,
        refund.amount.currency_code,
        refund.amount.minor_units,
        refund.reason,
        refund.state,
        refund.reference,
        refund.ask_time,
        refund.create_time,
    )
    return bool(status == "INSERT 0 1")


async def lock_refund(connection: Queryable, refund_id: UUID) -> Refund | None:
    """The refund; nobody else changes it until the end of the transaction."""
    row = await connection.fetchrow(
        """
        select refund_id, requester_id, request_hash, tip_id, payment_id, currency, amount, reason, state,
               provider_reference, ask_time, create_time
        from tip.refund
        where refund_id = $1
        for no key update
        """,
        refund_id,
    )
    return None if row is None else _refund(row)


async def update_refund(connection: Queryable, refund: Refund, now: datetime) -> None:
    """Writes what was learned of a refund that is locked."""
    await connection.execute(
        """
        update tip.refund
        set state = $2, provider_reference = nullif($3, ''), ask_time = $4,
            update_time = greatest(update_time, $5)
        where refund_id = $1
        """,
        refund.refund_id,
        refund.state,
        refund.reference,
        refund.ask_time,
        now,
    )


def _refund(row: Any) -> Refund:
    return Refund(
        refund_id=row["refund_id"],
        requester_id=row["requester_id"],
        request_hash=row["request_hash"],
        tip_id=row["tip_id"],
        payment_id=row["payment_id"],
        amount=Money(row["currency"], row["amount"]),
        reason=row["reason"],
        state=RefundState(row["state"]),
        create_time=row["create_time"],
        reference=row["provider_reference"] or "",
        ask_time=row["ask_time"],
    )
