"""What it takes to write into the ledger without a server, and to look at what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from academe.caller import Caller, Role
from academe.db.pool import Queryable
from academe.ids import new_id
from academe.money import Money
from academe.services.tip.model import NewTip, Tip, TipDraft, TipVisibility
from academe.services.user import Account
from tests.support.ledger_oracle import faults as faults


async def fill_wallets(
    pool: Queryable, owner_ids: Sequence[UUID], amount: int, currency: str = "EUR"
) -> None:
    """Puts the amount (minor units) into each person's wallet, as an administrator's top-ups do."""
    await pool.execute(
        """
        with batch as materialized (select nextval('tip.batch_number') as batch_id)
        insert into tip.movement (
            movement_id, batch_id, kind, source_id, from_kind, from_owner, to_kind, to_owner,
            currency, amount, platform_fee, payment_fee, debt, create_time
        )
        select gen_random_uuid(), batch_id, 3, gen_random_uuid(), 9, tip.school(), 1, owner_id,
               $2, $3, 0, 0, 0, clock_timestamp()
        from batch cross join unnest($1::uuid[]) as owner_id
        """,
        owner_ids,
        currency,
        amount,
    )


async def tips_of(pool: Queryable, sender_ids: Sequence[UUID]) -> list[Any]:
    """The rows of some people's tips."""
    return await pool.fetch(
        """
        select sender_id, request_id, educator_id, currency, amount from tip.tip
        where sender_id = any($1::uuid[])
        """,
        sender_ids,
    )


async def balances_of(pool: Queryable, owner_ids: Sequence[UUID]) -> dict[tuple[UUID, int, str], int]:
    """The balances of some people's accounts by (owner, kind, currency)."""
    rows = await pool.fetch(
        "select owner_id, kind, currency, balance from tip.account where owner_id = any($1::uuid[])",
        owner_ids,
    )
    return {(row["owner_id"], row["kind"], row["currency"]): row["balance"] for row in rows}


def new_tip(
    sender_id: UUID,
    educator_id: UUID,
    amount: int = 500,
    *,
    currency: str = "EUR",
    request_id: UUID | None = None,
    message: str = "",
) -> NewTip:
    """A tip ready for the repository; the same request with the same content has the same digest."""
    request_id = request_id or uuid4()
    tip = Tip(
        tip_id=new_id(),
        sender_id=sender_id,
        educator_id=educator_id,
        amount=Money(currency, amount),
        message=message,
        visibility=TipVisibility.PRIVATE,
        hide_amount=False,
        course_id=None,
        lesson_id=None,
        create_time=datetime.now(UTC),
    )
    content = f"{educator_id} {amount} {currency} {message}"
    return NewTip(tip, sender_id, request_id, hashlib.sha256(content.encode()).digest())


def draft(educator_id: UUID, amount: int = 500, *, currency: str = "EUR", message: str = "") -> TipDraft:
    """What somebody may ask the service for."""
    return TipDraft(
        request_id=uuid4(),
        request_hash=b"\x01" * 32,
        educator_id=educator_id,
        amount=Money(currency, amount),
        message=message,
        visibility=TipVisibility.PRIVATE,
        hide_amount=False,
        course_id=None,
        lesson_id=None,
    )


def caller(user_id: UUID, *roles: Role) -> Caller:
    return Caller(user_id, new_id(), frozenset({Role.LEARNER, *roles}), datetime.now(UTC))


class People:
    """A directory of accounts, in place of the user slice."""

    def __init__(self) -> None:
        self.accounts: dict[UUID, Account] = {}

    def add(self, *roles: Role, display_name: str = "Ada") -> UUID:
        user_id, now = new_id(), datetime.now(UTC)
        self.accounts[user_id] = Account(
            user_id=user_id,
            username=f"ada-{user_id.hex[-12:]}",
            email="",
            display_name=display_name,
            biography="",
            roles=frozenset({Role.LEARNER, *roles}),
            version=1,
            create_time=now,
            update_time=now,
        )
        return user_id

    async def get_accounts(self, ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        return {user_id: self.accounts[user_id] for user_id in ids if user_id in self.accounts}
