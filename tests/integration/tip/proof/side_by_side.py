"""The ledger and its plain model, told the same things."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from academe.ids import new_id
from tests.integration.tip.proof.plain import Parts, Plain, RefusedError
from tests.support.ledger_oracle import SCHOOL
from tests.support.ledger_rows import insert_movement
from tests.support.verifying import failed_checks

PEOPLE, REQUESTS = 3, 30


class SideBySide(RuleBasedStateMachine):
    """What every step needs. Each example has its own people; the school's accounts go on."""

    loop: asyncio.Runner
    connection: asyncpg.Connection
    dsn: str
    steps = 0

    @initialize()
    def begin(self) -> None:
        self.people = [new_id() for _ in range(PEOPLE)]
        self.requests = [uuid4() for _ in range(REQUESTS)]
        self.plain = Plain()
        self.disputes: list[tuple[UUID, UUID]] = []
        self.payouts: list[tuple[UUID, UUID, str, int]] = []
        self.plain.balance.update(self.loop.run(self.balances([SCHOOL])))

    def both(self, expected: Callable[[], object], done: Callable[[], Awaitable[object]]) -> bool:
        """The model and the ledger do something; both do it, or both refuse."""
        type(self).steps += 1
        try:
            expected()
        except RefusedError:
            try:
                self.loop.run(self.run(done))
            except asyncpg.IntegrityConstraintViolationError:
                return False
            raise AssertionError("the model refuses it, the ledger does not") from None
        self.loop.run(self.run(done))
        return True

    async def run(self, done: Callable[[], Awaitable[object]]) -> None:
        await done()

    def tip(self, pick: int, state: int) -> UUID:
        """One of the tips in this state if there are any; one time in eight of all, to be refused."""
        fit = [tip_id for tip_id, tip in self.plain.tips.items() if tip.state == state]
        some = fit if fit and pick % 8 else list(self.plain.tips)
        return some[pick // 8 % len(some)]

    def some_of(self, left: Parts, share: int, platform: int, payment: int) -> Parts:
        """So many percent of each part that is left."""
        return Parts(
            left.share * share // 100, left.platform * platform // 100, left.payment * payment // 100
        )

    def debts(self) -> list[tuple[UUID, str, int]]:
        return [
            (who, currency, -n) for (kind, who, currency), n in self.plain.balance.items() if kind == 5 and n
        ]

    @invariant()
    def the_balances_are_the_models(self) -> None:
        there = self.loop.run(self.balances([*self.people, SCHOOL]))
        assert {key: n for key, n in self.plain.balance.items() if n} == {k: n for k, n in there.items() if n}

    def teardown(self) -> None:
        """Where each tip stands, and the whole ledger recomputed."""
        rows = self.loop.run(
            self.connection.fetch(
                """
                select tip.tip_id, coalesce(state, 4) as state, coalesce(refunded, 0) as refunded
                from tip.tip left join tip.lifecycle using (tip_id) where sender_id = any($1::uuid[])
                """,
                self.people,
            )
        )
        assert {row["tip_id"]: (row["state"], row["refunded"]) for row in rows} == {
            tip_id: (tip.state, tip.back.total) for tip_id, tip in self.plain.tips.items()
        }
        assert self.loop.run(failed_checks(self.dsn)) == {}

    async def balances(self, owners: list[UUID]) -> dict[tuple[int, UUID, str], int]:
        rows = await self.connection.fetch(
            "select kind, owner_id, currency, balance from tip.account where owner_id = any($1::uuid[])",
            owners,
        )
        return {(row["kind"], row["owner_id"], row["currency"]): row["balance"] for row in rows}

    async def move(self, kind: int, currency: str, amount: int, **columns: Any) -> None:
        await insert_movement(self.connection, kind, currency=currency, amount=amount, **columns)

    async def about(self, tip_id: UUID, kind: int, amount: int, **columns: Any) -> None:
        currency = self.plain.tips[tip_id].item.currency
        await self.move(kind, currency, amount, tip_id=tip_id, **columns)

    async def take_back(self, tip_id: UUID, kind: int, back: Parts, **columns: Any) -> None:
        parts = {"platform_fee": back.platform, "payment_fee": back.payment}
        educator = self.plain.tips[tip_id].item.educator_id
        await self.about(tip_id, kind, back.total, from_owner=educator, **parts, **columns)
