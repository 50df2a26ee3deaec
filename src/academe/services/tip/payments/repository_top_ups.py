"""Top-ups in PostgreSQL, and whom a payment is for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academe.db.pool import Queryable
from academe.errors import RequestIdReused
from academe.money import Money
from academe.services.tip.payments.model import TopUp, TopUpDraft, TopUpSource


async def add_top_up(
    connection: Queryable, top_up_id: UUID, requester_id: UUID, draft: TopUpDraft, now: datetime
) -> bool:
    """Writes a top-up; False when its request was sent before, perhaps a moment ago."""
    status = await connection.execute(
        """
        insert into tip.top_up (
            top_up_id, requester_id, request_id, request_hash, owner_id, source, currency, amount, create_time
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict on constraint top_up_request_once do nothing
        """,
        top_up_id,
        requester_id,
        draft.request_id,
        draft.request_hash,
        draft.owner_id,
        draft.source,
        draft.amount.currency_code,
        draft.amount.minor_units,
        now,
    )
    return bool(status == "INSERT 0 1")


async def find_top_up(queryable: Queryable, requester_id: UUID, draft: TopUpDraft) -> TopUp | None:
    """What a request made before, None when it made nothing. Raises RequestIdReused."""
    row = await queryable.fetchrow(
        """
        select top_up_id, request_hash, owner_id, source, currency, amount
        from tip.top_up
        where requester_id = $1 and request_id = $2
        """,
        requester_id,
        draft.request_id,
    )
    if row is None:
        return None
    if row["request_hash"] != draft.request_hash:
        raise RequestIdReused
    return TopUp(
        top_up_id=row["top_up_id"],
        owner_id=row["owner_id"],
        amount=Money(row["currency"], row["amount"]),
        source=TopUpSource(row["source"]),
        replayed=True,
    )


async def owner_of_payment(queryable: Queryable, payment_id: UUID) -> UUID:
    """Who gets the money: the educator of the tip, or the owner of the wallet."""
    owner_id: UUID | None = await queryable.fetchval(
        """
        select educator_id from tip.tip where tip_id = $1
        union all
        select owner_id from tip.top_up where top_up_id = $1
        """,
        payment_id,
    )
    if owner_id is None:
        raise RuntimeError(f"payment {payment_id} is for nothing")
    return owner_id
