"""A batch does what its tips would have done one after the other, whatever they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.tip.writer.sending import (
    HOLD,
    INSUFFICIENT_FUNDS,
    LIMIT_REACHED,
    NOON,
    PAYMENT,
    REPLAYED,
    WALLET,
    Caps,
    Item,
    Outcome,
    open_connection,
    owe,
    send,
)
from tests.support.ledger import fill_wallets

CURRENCIES = ["EUR", "JPY"]
PEOPLE = [UUID(int=(0x0190 << 112) + number) for number in range(1, 8)]
"""The last two have no wallets."""
EXAMPLES = 80


@dataclass(frozen=True)
class Case:
    """Tips sent before, and a batch: the first ones have their own calls in either run."""

    funds: int
    debts: list[int]
    before: list[Item]
    batch: list[Item]
    caps: list[tuple[int, int]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Few people, few requests and small wallets, so that tips get in each other's way."""
    items = []
    for number in range(draw(st.integers(1, 16))):
        sender, educator = draw(st.permutations(range(len(PEOPLE))))[:2]
        amount = draw(st.integers(1, 60) | st.sampled_from([0, 10, 10**18]))
        items.append(
            Item(
                sender_id=PEOPLE[sender],
                educator_id=PEOPLE[educator],
                amount=amount,
                fee=draw(st.integers(0, min(amount, 3))),
                funding=draw(st.sampled_from([WALLET, WALLET, HOLD, PAYMENT])),
                currency=draw(st.sampled_from(CURRENCIES)),
                create_time=NOON + timedelta(seconds=draw(st.integers(0, 20))),
                # What PostgreSQL refuses has a request of its own: repeated, it would be the same again.
                request_id=UUID(int=draw(st.integers(1, 12)) if amount else 100 + number),
                tip_id=UUID(int=(0x0191 << 112) + number),
            )
        )
    sent = draw(st.integers(0, len(items) // 2))
    return Case(
        funds=draw(st.integers(1, 150)),
        debts=draw(st.lists(st.integers(0, 40), max_size=3)),
        before=items[:sent],
        batch=items[sent:],
        caps=draw(st.lists(st.tuples(st.integers(1, 15), st.integers(0, 4)), max_size=2)),
    )


async def halving(connection: asyncpg.Connection, items: Sequence[Item], caps: Caps) -> list[Outcome | str]:
    """As the server writes: a batch that PostgreSQL refuses runs again in halves, until one item is left."""
    try:
        async with connection.transaction():
            return list(await send(connection, items, caps))
    except asyncpg.PostgresError as error:
        if len(items) == 1:
            return [type(error).__name__]
    middle = len(items) // 2
    first = await halving(connection, items[:middle], caps)
    return first + await halving(connection, items[middle:], caps)


async def run(connection: asyncpg.Connection, case: Case, *, together: bool) -> tuple[Any, ...]:
    """Outcomes, tips, balances and entries of a case, of which nothing stays."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        for currency in CURRENCIES:
            await fill_wallets(connection, PEOPLE[:-2], case.funds, currency)
        for person, debt in zip(PEOPLE, case.debts, strict=False):
            if debt:
                await owe(connection, person, debt)
        outcomes = []
        for item in case.before:
            outcomes += await halving(connection, [item], case.caps)
        parts = [case.batch] if together else [[item] for item in case.batch]
        for part in parts:
            outcomes += await halving(connection, part, case.caps)
        return outcomes, *[list(map(tuple, rows)) for rows in await _state(connection, any(case.debts))]
    finally:
        await transaction.rollback()


async def _state(connection: asyncpg.Connection, indebted: bool) -> list[list[Any]]:
    """What must be the same; a batch repays a debt once, so entries are compared where nobody has one."""
    tips = await connection.fetch("select tip_id, sender_id, sender_number from tip.tip order by tip_id")
    lifecycles = await connection.fetch("select tip_id, state from tip.lifecycle order by tip_id")
    balances = await connection.fetch(
        "select kind, owner_id, currency, balance from tip.account order by kind, owner_id, currency"
    )
    if indebted:
        return [tips, lifecycles, balances]
    entries = await connection.fetch(
        """
        select account.kind as account_kind, owner_id, currency, number, transaction_id, entry.kind, amount,
               entry.balance
        from tip.entry join tip.account using (account_id)
        where entry.kind in (1, 2)
        order by account.kind, owner_id, currency, number
        """
    )
    return [tips, lifecycles, balances, entries]


async def test_a_batch_is_its_tips_one_after_the_other(database: str) -> None:
    """The same answers, tips, numbers, balances and entries; every way to be refused comes up."""
    seen: set[object] = set()

    def examples() -> None:
        with asyncio.Runner() as runner:
            connection = runner.run(open_connection(database))

            @settings(max_examples=EXAMPLES)
            @given(cases())
            def compare(case: Case) -> None:
                together = runner.run(run(connection, case, together=True))
                apart = runner.run(run(connection, case, together=False))
                seen.update(each[0] if isinstance(each, tuple) else each for each in together[0])

                assert together == apart

            compare()
            runner.run(connection.close())

    await asyncio.to_thread(examples)

    assert {None, REPLAYED, INSUFFICIENT_FUNDS, LIMIT_REACHED, "CheckViolationError"} <= seen
