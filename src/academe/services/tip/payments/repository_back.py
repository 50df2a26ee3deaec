"""What went back through the provider: refunds, disputes, and the events that told of anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from academe.db.pool import Queryable
from academe.money import Money


@dataclass(frozen=True, slots=True)
class Dispute:
    """As in tip.dispute; `state` is 1 open, 2 won, 3 lost."""

    dispute_id: UUID
    provider: str
    reference: str
    payment_id: UUID
    amount: Money
    state: int
    reason: str
    fee: int = 0
    fee_returned: int = 0
    """Minor units that the provider took for it until now, and gave again."""


async def add_event(
    connection: Queryable, provider: str, event_id: str, kind: str, create_time: datetime, now: datetime
) -> bool:
    """Writes down that an event is dealt with in this transaction; False when it was dealt with before.

    Waits for a transaction that deals with the same event just now.
    """
    status = await connection.execute(
        """
        insert into tip.provider_event (provider, event_id, kind, create_time, receive_time)
        values ($1, $2, $3, $4, $5)
        on conflict on constraint provider_event_pkey do nothing
        """,
        provider,
        event_id,
        kind,
        create_time,
        now,
    )
    return bool(status == "INSERT 0 1")


async def find_event(queryable: Queryable, provider: str, event_id: str) -> bool:
    """Whether an event was dealt with."""
    known: bool = await queryable.fetchval(
        "select exists (select from tip.provider_event where provider = $1 and event_id = $2)",
        provider,
        event_id,
    )
    return known


async def lock_dispute(connection: Queryable, provider: str, reference: str) -> Dispute | None:
    """The dispute as it was last told; nobody else changes it until the end of the transaction."""
    row = await connection.fetchrow(
        """
        select dispute_id, provider, provider_reference, payment_id, currency, amount, state, reason, fee,
               fee_returned
        from tip.dispute
        where provider = $1 and provider_reference = $2
        for no key update
        """,
        provider,
        reference,
    )
    if row is None:
        return None
    return Dispute(
        dispute_id=row["dispute_id"],
        provider=row["provider"],
        reference=row["provider_reference"],
        payment_id=row["payment_id"],
        amount=Money(row["currency"], row["amount"]),
        state=row["state"],
        reason=row["reason"],
        fee=row["fee"],
        fee_returned=row["fee_returned"],
    )


async def put_dispute(connection: Queryable, dispute: Dispute, now: datetime) -> None:
    """Writes a dispute, or where it stands now."""
    await connection.execute(
        """
        insert into tip.dispute (
            dispute_id, provider, provider_reference, payment_id, currency, amount, state, reason,
            create_time, update_time, fee, fee_returned
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)
        on conflict on constraint dispute_once do update
            set state = excluded.state, fee = excluded.fee, fee_returned = excluded.fee_returned,
                update_time = excluded.update_time
        """,
        dispute.dispute_id,
        dispute.provider,
        dispute.reference,
        dispute.payment_id,
        dispute.amount.currency_code,
        dispute.amount.minor_units,
        dispute.state,
        dispute.reason,
        now,
        dispute.fee,
        dispute.fee_returned,
    )
