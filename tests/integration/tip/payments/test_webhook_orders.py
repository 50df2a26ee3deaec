"""What Stripe tells of a payment in every order that there is, each event once to three times."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from tests.integration.tip.payments.stage import DEBT, EDUCATOR, Stage

AT_ONCE = 4
"""Payments that go on side by side, and wait for each other where they move money of the school."""

Event = dict[str, Any]


class Settled:
    """A provider at which nothing happens any more: what it has told of a payment, it would tell again."""

    name = "stripe"

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._told: dict[tuple[str, str], Any] = {}

    async def get_payment(self, reference: str) -> Any:
        return await self._once("get_payment", reference)

    async def list_refunds(self, reference: str) -> Any:
        return await self._once("list_refunds", reference)

    async def list_disputes(self, reference: str) -> Any:
        return await self._once("list_disputes", reference)

    async def _once(self, question: str, reference: str) -> Any:
        if (question, reference) not in self._told:
            self._told[question, reference] = await getattr(self._provider, question)(reference)
        return self._told[question, reference]


async def refunded_twice(stage: Stage, tip: Any, charge: str) -> None:
    for amount in (301, 299):
        await stage.make_refund_at_stripe(tip, amount)


async def disputed(stage: Stage, tip: Any, charge: str) -> None:
    stage.fake.open_dispute(charge)


async def disputed_and_won(stage: Stage, tip: Any, charge: str) -> None:
    dispute = stage.fake.open_dispute(charge, amount=700)
    stage.fake.close_dispute(dispute["id"], won=True)


Story = Callable[[Stage, Any, str], Awaitable[None]]

STORIES: list[tuple[Story, list[str]]] = [
    (
        refunded_twice,
        [
            "payment_intent.succeeded",
            *("refund.created", "charge.refunded"),
            *("refund.created", "charge.refunded"),
        ],
    ),
    (
        disputed,
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
        ],
    ),
    (
        disputed_and_won,
        [
            "payment_intent.succeeded",
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.closed",
            "charge.dispute.funds_reinstated",
        ],
    ),
]
"""What happens to a payment, and which five events of it are told."""


async def lived_through(stage: Stage, story: Story, told: Sequence[str]) -> tuple[Any, list[Event]]:
    """A payment of which nothing was heard, and what there is to hear, in the order of things."""
    tip = await stage.write_tip(1_000)
    payment = await stage.payments.start_tip(tip)
    await stage.confirm(payment)
    (charge,) = (each for each in stage.fake.charged() if each["payment_intent"] == payment.reference)
    await story(stage, tip, charge["id"])
    events = [
        event
        for event in stage.fake.events
        if event["type"] in told and payment.reference in json.dumps(event["data"]["object"])
    ]
    assert [event["type"] for event in events] == told
    return tip, events


def deliveries(order: Sequence[Event], dice: random.Random) -> list[Event]:
    """Each event in its turn, and up to two more of it, at once or whenever it may be."""
    sent = list(order)
    for event in order:
        for _ in range(dice.randrange(3)):
            sent.insert(dice.randint(sent.index(event) + 1, len(sent)), event)
    return sent


async def ledger_of(stage: Stage, tip: Any) -> tuple[object, ...]:
    """All that the ledger says of a tip, except when."""
    rows = await stage.pool.fetch(
        """
        select kind, from_kind, to_kind, amount, platform_fee, payment_fee, debt from tip.movement
        where tip_id = $1 order by kind, amount, from_kind, to_kind
        """,
        tip.tip_id,
    )
    balances = [await stage.balance(kind, tip.educator_id) for kind in (EDUCATOR, DEBT)]
    return ((await stage.tip(tip)).state, *balances, *(tuple(row) for row in rows))


@pytest.mark.parametrize(("story", "told"), STORIES, ids=[story.__name__ for story, _ in STORIES])
async def test_every_order_of_events(stage: Stage, story: Story, told: list[str]) -> None:
    """All 120 orders of five events, each delivered one to three times, end in the same ledger."""
    turns, afterwards = asyncio.Semaphore(AT_ONCE), stage.another(provider=Settled(stage.stripe))
    statuses: set[int] = set()

    async def end_of(turn: int, order: Sequence[int]) -> tuple[object, ...]:
        async with turns:
            tip, events = await lived_through(stage, story, told)
            dice = random.Random(f"{story.__name__} {turn}")
            for event in deliveries([events[place] for place in order], dice):
                statuses.add(await afterwards.receive(*stage.fake.signed(event)))
            return await ledger_of(stage, tip)

    orders = list(itertools.permutations(range(len(told))))
    ends = await asyncio.gather(*(end_of(turn, order) for turn, order in enumerate(orders)))

    assert len(ends) == 120
    assert len(set(ends)) == 1
    assert statuses == {200}
    await stage.assert_books_agree()
