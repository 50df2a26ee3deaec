"""The whole ledger recomputed from its entries, and what it takes to write into it without a server."""

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


async def faults(pool: Queryable) -> list[str]:
    """Everything in the ledger that does not add up; empty when it does."""
    rows = await pool.fetch(
        """
        with legs as (
            select tip_id, count(*) as legs, sum(amount) as total,
                   sum(amount) filter (where kind = 1) as paid,
                   sum(amount) filter (where kind = 2) as received,
                   min(owner_id::text) filter (where kind = 1) as payer,
                   min(owner_id::text) filter (where kind = 2) as payee,
                   min(currency) as currency, min(currency) = max(currency) as one_currency
            from tip.entry join tip.account using (account_id)
            group by tip_id
        ),
        sums as (
            select account_id, sum(amount) as total, count(*) as entries, max(number) as latest
            from tip.entry
            group by account_id
        ),
        steps as (
            select account_id, number, entry.balance - amount as before,
                   lag(entry.balance, 1, 0::bigint) over (partition by account_id order by number) as earlier
            from tip.entry
        )
        select 'the legs of tip ' || coalesce(tip.tip_id, legs.tip_id) as fault
        from tip.tip full join legs using (tip_id)
        where (legs, total, paid, received, payer, payee, legs.currency, one_currency) is distinct from
              (2, 0, -amount, amount, sender_id::text, educator_id::text, tip.currency, true)
        union all
        select 'the balance of account ' || account_id
        from tip.account left join sums using (account_id)
        where (balance, entry_count, latest) is distinct from (total, entries, entry_count)
        union all
        select 'entry ' || number || ' of account ' || account_id from steps where before <> earlier
        union all
        select 'the total in ' || currency from tip.account group by currency having sum(balance) <> 0
        """
    )
    return [row["fault"] for row in rows]


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
