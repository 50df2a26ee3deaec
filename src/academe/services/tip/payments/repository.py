"""Payments in PostgreSQL: what was asked of the provider, and what it told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.db.pool import Queryable
from academe.money import Money
from academe.services.tip.payments.model import Payment, PaymentPurpose
from academe.services.tip.ports import PaymentState

LEASE = timedelta(minutes=1)
"""For which a process that took something to ask about has it for itself."""


class PaymentRepository:
    """What needs no transaction of several statements; the functions below do."""

    def __init__(self, pool: Queryable) -> None:
        self._pool = pool

    async def get_payments(self, payment_ids: Sequence[UUID]) -> Mapping[UUID, Payment]:
        """The payments that exist, by id."""
        rows = await self._pool.fetch(
            """
            select payment_id, purpose, payer_id, provider, provider_reference, client_secret, state,
                   currency, amount, fee, failure, fingerprint, ask_time, create_time
            from tip.payment
            where payment_id = any($1::uuid[])
            """,
            payment_ids,
        )
        return {row["payment_id"]: _payment(row) for row in rows}

    async def find_payment_id(self, provider: str, reference: str) -> UUID | None:
        """Whose reference at the provider this is, None when it is nobody's."""
        found: UUID | None = await self._pool.fetchval(
            "select payment_id from tip.payment where provider = $1 and provider_reference = $2",
            provider,
            reference,
        )
        return found

    async def claim(self, provider: str, now: datetime, count: int) -> list[Payment]:
        """Up to `count` payments that are to be asked about; no other process gets them for LEASE."""
        rows = await self._pool.fetch(
            """
            update tip.payment set ask_time = $2::timestamptz + $4::interval
            where payment_id = any(array(
                select payment_id from tip.payment
                where provider = $1 and ask_time <= $2
                order by ask_time
                limit $3
                for no key update skip locked
            ))
            returning payment_id, purpose, payer_id, provider, provider_reference, client_secret, state,
                      currency, amount, fee, failure, fingerprint, ask_time, create_time
            """,
            provider,
            now,
            count,
            LEASE,
        )
        return [_payment(row) for row in rows]

    async def ask_later(self, payment_id: UUID, ask_time: datetime) -> None:
        """Nothing new was heard: asked again then, unless it is settled."""
        await self._pool.execute(
            "update tip.payment set ask_time = $2 where payment_id = $1 and ask_time is not null",
            payment_id,
            ask_time,
        )

    async def count_on_card(self, payer_id: UUID, since: datetime) -> int:
        """How many payments the busiest card of this payer has made since then, whoever paid with it."""
        count: int = await self._pool.fetchval(
            """
            select coalesce(max(used.payments), 0)
            from (
                select distinct fingerprint from tip.payment
                where payer_id = $1 and create_time >= $2 and fingerprint <> ''
            ) as card
            cross join lateral (
                select count(*) as payments from tip.payment as p
                where p.fingerprint = card.fingerprint and p.fingerprint <> '' and p.create_time >= $2
                    and p.state = 4
            ) as used
            """,
            payer_id,
            since,
        )
        return count

    async def find_unasked_tips(self, before: datetime, count: int) -> list[UUID]:
        """Tips sent before then that wait for a payment which was never written: its writer was killed."""
        rows = await self._pool.fetch(
            """
            select l.tip_id
            from tip.lifecycle as l
            where l.state = 3 and l.update_time < $1
                and (select p.state from tip.payment as p where p.payment_id = l.tip_id) is null
            order by l.expire_time, l.tip_id
            limit $2
            """,
            before,
            count,
        )
        return [row["tip_id"] for row in rows]


async def add_payment(connection: Queryable, payment: Payment) -> bool:
    """Writes an intent down before the provider hears of it; False when it was written before."""
    status = await connection.execute(
        """
        insert into tip.payment (
            payment_id, purpose, payer_id, provider, client_secret, state, currency, amount, failure,
            fingerprint, ask_time, create_time, update_time
        )
        values ($1, $2, $3, $4, '', $5, $6, $7, '', '', $8, $9, $9)
        on conflict on constraint payment_pkey do nothing
        """,
        payment.payment_id,
        payment.purpose,
        payment.payer_id,
        payment.provider,
        payment.state,
        payment.amount.currency_code,
        payment.amount.minor_units,
        payment.ask_time,
        payment.create_time,
    )
    return bool(status == "INSERT 0 1")


async def lock_payment(connection: Queryable, payment_id: UUID) -> Payment | None:
    """The payment; nobody else changes it until the end of the transaction."""
    row = await connection.fetchrow(
        """
        select payment_id, purpose, payer_id, provider, provider_reference, client_secret, state, currency,
               amount, fee, failure, fingerprint, ask_time, create_time
        from tip.payment
        where payment_id = $1
        for no key update
        """,
        payment_id,
    )
    return None if row is None else _payment(row)


async def update_payment(connection: Queryable, payment: Payment, now: datetime) -> None:
    """Writes what was learned of a payment that is locked."""
    await connection.execute(
        """
        update tip.payment
        set provider_reference = nullif($2, ''), client_secret = $3, state = $4, fee = $5, failure = $6,
            fingerprint = $7, ask_time = $8, update_time = greatest(update_time, $9)
        where payment_id = $1
        """,
        payment.payment_id,
        payment.reference,
        payment.client_secret,
        payment.state,
        payment.fee,
        payment.failure,
        payment.fingerprint,
        payment.ask_time,
        now,
    )


def _payment(row: Any) -> Payment:
    return Payment(
        payment_id=row["payment_id"],
        purpose=PaymentPurpose(row["purpose"]),
        payer_id=row["payer_id"],
        provider=row["provider"],
        reference=row["provider_reference"] or "",
        client_secret=row["client_secret"],
        state=PaymentState(row["state"]),
        amount=Money(row["currency"], row["amount"]),
        create_time=row["create_time"],
        fee=row["fee"],
        failure=row["failure"],
        fingerprint=row["fingerprint"],
        ask_time=row["ask_time"],
    )
