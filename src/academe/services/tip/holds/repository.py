"""Deciding tips that are held: each once, whoever is first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from academe.db.errors import CONFLICTS
from academe.db.pool import Pool
from academe.ids import new_id
from academe.money import Money
from academe.services.tip.model import AccountKind, Movement, Tip, TipState, TransactionKind
from academe.services.tip.repository_movements import add_movements

CONFLICT_RERUNS = 3
"""After a deadlock. Locks are taken in one order, in which accounts that are just made have no place."""


class HoldRepository:
    """Held tips in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def capture(self, tip: Tip, out_of: Collection[TipState], now: datetime) -> bool:
        """Gives a tip to its educator if its state is one of `out_of`; whether that was so.

        What the educator owes is repaid from it in the same transaction.
        """
        return await self._decide(tip, TransactionKind.CAPTURE, out_of, now)

    async def void(self, tip: Tip, out_of: Collection[TipState], now: datetime) -> bool:
        """Gives a tip back to its sender if its state is one of `out_of`; whether that was so."""
        return await self._decide(tip, TransactionKind.VOID, out_of, now)

    async def _decide(
        self, tip: Tip, kind: TransactionKind, out_of: Collection[TipState], now: datetime
    ) -> bool:
        for reruns in reversed(range(CONFLICT_RERUNS + 1)):
            try:
                return await self._decide_once(tip, kind, out_of, now)
            except CONFLICTS:
                if not reruns:
                    raise
        raise AssertionError("the last run returns or raises")

    async def _decide_once(
        self, tip: Tip, kind: TransactionKind, out_of: Collection[TipState], now: datetime
    ) -> bool:
        async with self._pool.transaction() as connection:
            # Everybody else who would decide this tip waits here, and then finds it decided.
            state = await connection.fetchval(
                "select state from tip.lifecycle where tip_id = $1 for no key update", tip.tip_id
            )
            if state not in out_of:
                return False
            await add_movements(connection, [decision(tip, kind, now)])
            if kind is TransactionKind.CAPTURE:
                await repay_debt(connection, tip.educator_id, tip.amount.currency_code, now)
        return True

    async def void_expired(self, now: datetime, *, at_most: int) -> Sequence[tuple[UUID, UUID]]:
        """Gives back up to `at_most` tips whose time is over, apart from those that somebody is deciding.

        Returns their (educator_id, tip_id).
        """
        async with self._pool.transaction() as connection:
            tip_ids = await self._lock_expired(connection, now, at_most)
            if not tip_ids:
                return ()
            rows = await connection.fetch(
                """
                select tip_id, sender_id, educator_id, currency, amount from tip.tip
                where tip_id = any($1::uuid[])
                """,
                tip_ids,
            )
            await add_movements(
                connection,
                [
                    _void(row["tip_id"], row["sender_id"], Money(row["currency"], row["amount"]), now)
                    for row in rows
                ],
            )
        return [(row["educator_id"], row["tip_id"]) for row in rows]

    async def _lock_expired(
        self, connection: asyncpg.Connection, now: datetime, at_most: int
    ) -> Sequence[UUID]:
        rows = await connection.fetch(
            """
            select tip_id from tip.lifecycle
            where state in (1, 2) and expire_time <= $1
            order by expire_time
            limit $2
            for no key update skip locked
            """,
            now,
            at_most,
        )
        return [row["tip_id"] for row in rows]

    async def oldest_expired(self, now: datetime) -> datetime | None:
        """When the hold expired that has waited longest to be given back; None when none waits."""
        found: datetime | None = await self._pool.fetchval(
            "select min(expire_time) from tip.lifecycle where state in (1, 2) and expire_time <= $1", now
        )
        return found

    async def list_reviews(self, after: UUID | None, limit: int) -> list[UUID]:
        """The tips that wait for an administrator, oldest first, those newer than `after`."""
        rows = await self._pool.fetch(
            """
            select tip_id from tip.lifecycle
            where state = 2 and tip_id > $1
            order by tip_id
            limit $2
            """,
            after or UUID(int=0),
            limit,
        )
        return [row["tip_id"] for row in rows]


def decision(tip: Tip, kind: TransactionKind, now: datetime) -> Movement:
    """The movement that captures or voids a tip; `tip` must say who sent it."""
    if tip.sender_id is None:
        raise ValueError("a tip is decided as it is stored, not as its educator sees it")
    if kind is TransactionKind.VOID:
        return _void(tip.tip_id, tip.sender_id, tip.amount, now)
    return Movement(
        kind=TransactionKind.CAPTURE,
        source_id=tip.tip_id,
        from_kind=AccountKind.HELD,
        from_owner=tip.sender_id,
        to_kind=AccountKind.EDUCATOR,
        to_owner=tip.educator_id,
        amount=tip.amount,
        create_time=now,
        tip_id=tip.tip_id,
        platform_fee=tip.platform_fee,
    )


def _void(tip_id: UUID, sender_id: UUID, amount: Money, now: datetime) -> Movement:
    return Movement(
        kind=TransactionKind.VOID,
        source_id=tip_id,
        from_kind=AccountKind.HELD,
        from_owner=sender_id,
        to_kind=AccountKind.WALLET,
        to_owner=sender_id,
        amount=amount,
        create_time=now,
        tip_id=tip_id,
    )


async def repay_debt(
    connection: asyncpg.Connection, educator_id: UUID, currency_code: str, now: datetime
) -> None:
    """Repays what an educator owes from what they have just been given, in the same transaction.

    Their account is locked by that posting, and debts are last in the order of locks (see tip.post).
    """
    row = await connection.fetchrow(
        """
        select least(-owed.balance, earned.balance) as amount
        from tip.account as owed
        join tip.account as earned
            on earned.kind = 2 and earned.owner_id = owed.owner_id and earned.currency = owed.currency
        where owed.kind = 5 and owed.owner_id = $1 and owed.currency = $2 and owed.balance < 0
        for no key update of owed
        """,
        educator_id,
        currency_code,
    )
    if row is None or row["amount"] <= 0:
        return
    await add_movements(
        connection,
        [
            Movement(
                kind=TransactionKind.DEBT_REPAID,
                source_id=new_id(),  # there may be several for one tip, and one for several
                from_kind=AccountKind.EDUCATOR,
                from_owner=educator_id,
                to_kind=AccountKind.DEBT,
                to_owner=educator_id,
                amount=Money(currency_code, row["amount"]),
                create_time=now,
            )
        ],
    )
