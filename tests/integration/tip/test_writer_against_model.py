"""The ledger does what a few lines of Python say it should, whatever is sent, however it is batched."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from academe.db.pool import Pool, create_pool
from academe.errors import RequestIdReused
from academe.ids import new_id
from academe.services.tip import TipRepository
from academe.services.tip.model import NewTip, SentTip
from tests.support.ledger import balances_of, faults, fill_wallets, new_tip, tips_of

CURRENCIES = ["EUR", "JPY"]
Outcome = SentTip | Exception
WALLET = 10**17
"""Minor units: more than anybody here can give."""


@dataclass(frozen=True)
class Wish:
    """One SendTip: `request` is the number of a request_id, so that small numbers come again."""

    sender: int
    educator: int
    request: int
    amount: int
    currency: str

    @property
    def impossible(self) -> bool:
        return self.amount <= 0 or self.sender == self.educator


WISHES = st.builds(
    Wish,
    sender=st.integers(0, 3),
    educator=st.integers(0, 3),
    request=st.integers(0, 40),
    amount=st.integers(-1, 3) | st.integers(1, 10**12),
    currency=st.sampled_from(CURRENCIES),
)


@dataclass
class Model:
    """What the ledger should be: the first wish of each request, and what follows from it."""

    made: dict[tuple[int, int], Wish] = field(default_factory=dict)

    def send(self, wish: Wish) -> str:
        if wish.impossible:
            return "refused"
        first = self.made.setdefault((wish.sender, wish.request), wish)
        if first != wish:
            return "reused"
        return "made" if first is wish else "replayed"

    def balances(self) -> dict[tuple[int, int, str], int]:
        found: dict[tuple[int, int, str], int] = defaultdict(int)
        for sender in range(4):
            for currency in CURRENCIES:
                found[sender, 1, currency] = WALLET
        for wish in self.made.values():
            found[wish.sender, 1, wish.currency] -= wish.amount
            found[wish.educator, 2, wish.currency] += wish.amount
        return dict(found)


class Ledger(RuleBasedStateMachine):
    """Random sendings, alone and together, from two writers; restarts in between."""

    loop: asyncio.Runner
    pool: Pool

    @initialize()
    def begin(self) -> None:
        """Everybody and every request is new, since nothing that was written can be taken back."""
        self.people = [new_id() for _ in range(4)]
        for currency in CURRENCIES:
            self.loop.run(fill_wallets(self.pool, self.people, WALLET, currency))
        self.requests = [uuid4() for _ in range(41)]
        self.model = Model()
        self.made: dict[tuple[int, int], NewTip] = {}
        self.writers = [TipRepository(self.pool), TipRepository(self.pool)]

    def tip_of(self, wish: Wish) -> NewTip:
        return new_tip(
            self.people[wish.sender],
            self.people[wish.educator],
            wish.amount,
            currency=wish.currency,
            request_id=self.requests[wish.request],
        )

    def check(self, wish: Wish, new: NewTip, outcome: Any) -> None:
        expected = self.model.send(wish)
        key = (wish.sender, wish.request)
        if expected == "refused":
            assert isinstance(outcome, Exception)
        elif expected == "reused":
            assert isinstance(outcome, RequestIdReused)
        elif expected == "made":
            self.made[key] = new
            assert outcome == SentTip(new.tip, replayed=False)
        else:
            assert outcome == SentTip(self.made[key].tip, replayed=True)

    @rule(wish=WISHES, writer=st.integers(0, 1))
    def send_one(self, wish: Wish, writer: int) -> None:
        self.send_together([wish], writer)

    @rule(wishes=st.lists(WISHES, min_size=2, max_size=12), writer=st.integers(0, 1))
    def send_together(self, wishes: list[Wish], writer: int) -> None:
        """One batch: its tips are applied in the order of submission."""
        tips = [self.tip_of(wish) for wish in wishes]

        async def send() -> list[Any]:
            add = self.writers[writer].add_tip
            return await asyncio.gather(*map(add, tips), return_exceptions=True)

        for wish, new, outcome in zip(wishes, tips, self.loop.run(send()), strict=True):
            self.check(wish, new, outcome)

    @rule(writer=st.integers(0, 1))
    def restart(self, writer: int) -> None:
        """Nothing is kept in the process."""
        self.writers[writer] = TipRepository(self.pool)

    @invariant()
    def the_ledger_is_the_model(self) -> None:
        async def read() -> tuple[Any, Any, list[str]]:
            return (
                await balances_of(self.pool, self.people),
                await tips_of(self.pool, self.people),
                await faults(self.pool),
            )

        balances, rows, found = self.loop.run(read())
        number: dict[UUID, int] = {person: index for index, person in enumerate(self.people)}
        assert found == []
        assert {(number[who], *rest): n for (who, *rest), n in balances.items()} == self.model.balances()
        assert {
            (
                number[row["sender_id"]],
                row["request_id"],
                number[row["educator_id"]],
                row["currency"],
                row["amount"],
            )
            for row in rows
        } == {
            (wish.sender, self.requests[wish.request], wish.educator, wish.currency, wish.amount)
            for wish in self.model.made.values()
        }


def test_the_ledger_against_the_model(database: str) -> None:
    """About a hundred steps, each followed by a comparison of everything."""
    with asyncio.Runner() as loop:
        pool = loop.run(create_pool(database, size=2))
        machine = type("LedgerHere", (Ledger,), {"loop": loop, "pool": pool})
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=4,
                    stateful_step_count=30,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            loop.run(pool.close())


@pytest.mark.parametrize("seed", range(3))
async def test_batched_and_one_by_one_end_in_the_same_ledger(pool: Pool, seed: int) -> None:
    """The same wishes, a hundred at once for one set of people and singly for another: same outcomes."""
    wishes = some_wishes(seed)
    results = []
    for together in (True, False):
        people, requests = [new_id() for _ in range(4)], [uuid4() for _ in range(41)]
        for currency in CURRENCIES:
            await fill_wallets(pool, people, WALLET, currency)
        tips = [
            new_tip(
                people[w.sender],
                people[w.educator],
                w.amount,
                currency=w.currency,
                request_id=requests[w.request],
            )
            for w in wishes
        ]
        add = TipRepository(pool).add_tip
        outcomes: list[Any] = []
        if together:
            outcomes = await asyncio.gather(*map(add, tips), return_exceptions=True)
        else:
            for new in tips:
                outcomes += await asyncio.gather(add(new), return_exceptions=True)
        number = {person: index for index, person in enumerate(people)}
        balances = {(number[who], *rest): n for (who, *rest), n in (await balances_of(pool, people)).items()}
        assert all(
            isinstance(o, Exception) for o, wish in zip(outcomes, wishes, strict=True) if wish.impossible
        )
        # An impossible wish under a used request breaks two rules: which one is named is not promised.
        answers = [
            "refused"
            if wish.impossible
            else type(outcome).__name__
            if isinstance(outcome, Exception)
            else (outcome.tip.amount, outcome.replayed)
            for outcome, wish in zip(outcomes, wishes, strict=True)
        ]
        results.append((answers, balances))

    assert results[0] == results[1]
    assert await faults(pool) == []


def some_wishes(seed: int) -> list[Wish]:
    choice = random.Random(seed)
    return [
        Wish(
            choice.randrange(4),
            choice.randrange(4),
            choice.randrange(8),
            choice.choice([0, 1, 2, 2, 2, 3]),
            choice.choice(CURRENCIES),
        )
        for _ in range(100)
    ]
