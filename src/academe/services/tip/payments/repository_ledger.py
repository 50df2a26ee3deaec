"""Looking at the ledger with locks: a tip as it stands, and the balances of one person.

Whoever moves money back locks in this order: the payment, the tip, its lifecycle, refunds and disputes of it,
and then accounts by (kind, owner, currency), as the posting does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from academe.db.pool import Queryable
from academe.money import Money
from academe.services.tip.model import (
    AccountKind,
    Funding,
    Movement,
    Tip,
    TipState,
    TipVisibility,
    TransactionKind,
)
from academe.services.tip.payments.movements import Balances


async def lock_tip(connection: Queryable, tip_id: UUID) -> Tip | None:
    """The tip as it stands; nobody else gives it back until the end of the transaction.

    The row of the tip is locked although it never changes, because a tip that was simply given has no
    lifecycle to lock.
    """
    tip = await connection.fetchrow(
        """
        select tip_id, sender_id, educator_id, currency, amount, message, visibility, hide_amount, course_id,
               lesson_id, create_time, funding, review, platform_fee
        from tip.tip
        where tip_id = $1
        for no key update
        """,
        tip_id,
    )
    if tip is None:
        return None
    lifecycle = await connection.fetchrow(
        """
        select state, payment_fee, refunded, refunded_platform_fee, refunded_payment_fee, expire_time
        from tip.lifecycle
        where tip_id = $1
        for no key update
        """,
        tip_id,
    )
    return _tip(tip, lifecycle)


async def lock_balances(
    connection: Queryable,
    owner_id: UUID,
    currency_code: str,
    *kinds: AccountKind,
    wallet_of: UUID | None = None,
) -> Balances:
    """One person's balances, fixed until the end of the transaction; an account that is not there holds 0.

    `wallet_of` is whose wallet the money will go to: accounts are locked by kind, so it comes first.
    """
    wanted = [(kind, owner_id) for kind in kinds]
    if wallet_of is not None:
        wanted.insert(0, (AccountKind.WALLET, wallet_of))
    rows = await connection.fetch(
        """
        select account.kind, account.owner_id, account.balance
        from unnest($1::smallint[], $2::uuid[]) as wanted (kind, owner_id)
        join tip.account as account on account.kind = wanted.kind and account.owner_id = wanted.owner_id
            and account.currency = $3
        order by account.kind, account.owner_id
        for no key update of account
        """,
        [kind for kind, _ in wanted],
        [owner for _, owner in wanted],
        currency_code,
    )
    held = {AccountKind(row["kind"]): row["balance"] for row in rows if row["owner_id"] == owner_id}
    return Balances(owner_id, currency_code, held)


async def fail_tip(connection: Queryable, tip_id: UUID, now: datetime) -> None:
    """A tip that waited for its payment waits no more. One that was given meanwhile stays so."""
    await connection.execute(
        """
        update tip.lifecycle set state = 6, update_time = greatest(update_time, $2)
        where tip_id = $1 and state = 3
        """,
        tip_id,
        now,
    )


async def find_movement(connection: Queryable, kind: TransactionKind, source_id: UUID) -> Movement | None:
    """The movement that this cause made, None when it has made none."""
    row = await connection.fetchrow(
        """
        select kind, source_id, tip_id, from_kind, from_owner, to_kind, to_owner, currency, amount,
               platform_fee, payment_fee, debt, create_time
        from tip.movement
        where kind = $1 and source_id = $2
        """,
        kind,
        source_id,
    )
    if row is None:
        return None
    return Movement(
        kind=TransactionKind(row["kind"]),
        source_id=row["source_id"],
        from_kind=AccountKind(row["from_kind"]),
        from_owner=row["from_owner"],
        to_kind=AccountKind(row["to_kind"]),
        to_owner=row["to_owner"],
        amount=Money(row["currency"], row["amount"]),
        create_time=row["create_time"],
        tip_id=row["tip_id"],
        platform_fee=row["platform_fee"],
        payment_fee=row["payment_fee"],
        debt=row["debt"],
    )


async def find_debtors(queryable: Queryable, count: int) -> list[tuple[UUID, str]]:
    """People and currencies with a debt that something could be repaid of."""
    rows = await queryable.fetch(
        """
        select debt.owner_id, debt.currency
        from tip.account as debt
        where debt.kind = 5 and debt.balance < 0 and exists (
            select from tip.account as payer
            where payer.kind in (1, 2) and payer.owner_id = debt.owner_id
                and payer.currency = debt.currency and payer.balance > 0
        )
        order by debt.owner_id, debt.currency
        limit $1
        """,
        count,
    )
    return [(row["owner_id"], row["currency"]) for row in rows]


def _tip(tip: Any, lifecycle: Any) -> Tip:
    given = lifecycle is None
    return Tip(
        tip_id=tip["tip_id"],
        sender_id=tip["sender_id"],
        educator_id=tip["educator_id"],
        amount=Money(tip["currency"], tip["amount"]),
        message=tip["message"],
        visibility=TipVisibility(tip["visibility"]),
        hide_amount=tip["hide_amount"],
        course_id=tip["course_id"],
        lesson_id=tip["lesson_id"],
        create_time=tip["create_time"],
        funding=Funding(tip["funding"]),
        state=TipState.GIVEN if given else TipState(lifecycle["state"]),
        platform_fee=tip["platform_fee"],
        payment_fee=0 if given else lifecycle["payment_fee"],
        refunded=0 if given else lifecycle["refunded"],
        refunded_platform_fee=0 if given else lifecycle["refunded_platform_fee"],
        refunded_payment_fee=0 if given else lifecycle["refunded_payment_fee"],
        expire_time=None if given else lifecycle["expire_time"],
        review=tip["review"],
    )
