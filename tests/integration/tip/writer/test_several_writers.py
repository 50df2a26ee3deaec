"""Several server processes on one database: nobody waits in a circle, and nobody is let through by a race."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from academe.db.pool import Pool
from academe.ids import new_id
from tests.integration.tip.writer.sending import (
    HOLD,
    INSUFFICIENT_FUNDS,
    LIMIT_REACHED,
    NOON,
    PAYMENT,
    REPLAYED,
    WALLET,
    Item,
    balance_of,
    numbers_of,
    open_connection,
    owe,
    send,
    until_blocked,
)
from tests.support.ledger import fill_wallets
from tests.support.ledger_oracle import faults

Writers = list[asyncpg.Connection]


@pytest.fixture(scope="module")
async def writers(database: str) -> AsyncIterator[Writers]:
    """Connections of three processes."""
    opened = [await open_connection(database) for _ in range(3)]
    yield opened
    for connection in opened:
        await connection.close()


@pytest.mark.parametrize("count", [2, 3])
async def test_crossed_orders(pool: Pool, writers: Writers, count: int) -> None:
    """Everybody tips everybody with all fundings while debts are made and repaid: no deadlock, right sums."""
    people = [new_id() for _ in range(24)]
    await fill_wallets(pool, people[:16], 3_000)
    choice = random.Random(count)
    written = [0] * count

    async def load(number: int) -> None:
        for turn in range(25):
            items = []
            for _ in range(choice.choice([1, 3, 60])):
                sender, educator = choice.sample(people, 2)
                funding = choice.choice([WALLET, WALLET, WALLET, HOLD, PAYMENT])
                items.append(Item(sender, educator, choice.randint(2, 40), 1, funding))
            written[number] += (await send(writers[number], items)).count(None)
            if turn % 3 == 0:
                await owe(writers[number], choice.choice(people), 30)

    await asyncio.gather(*map(load, range(count)))
    numbers = [await numbers_of(writers[0], person) for person in people]
    repayments = await pool.fetchval("select count(*) from tip.movement where kind = 14")

    assert sum(map(len, numbers)) == sum(written)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers)
    assert repayments > 0
    assert await faults(pool) == []


async def test_the_same_requests_in_opposite_orders(pool: Pool, writers: Writers) -> None:
    """Each request makes one tip, in whichever process it was first, with and without a wallet."""
    senders = [new_id() for _ in range(30)]
    await fill_wallets(pool, senders[:15], 1_000)
    for _ in range(6):
        items = [Item(sender, new_id(), funding=WALLET) for sender in senders[:15]]
        items += [Item(sender, new_id(), funding=PAYMENT) for sender in senders]
        again = [replace(item, tip_id=new_id()) for item in reversed(items)]
        mine, theirs = await asyncio.gather(send(writers[0], items), send(writers[1], again))

        for item, one, other, copy in zip(items, mine, reversed(theirs), reversed(again), strict=True):
            assert {one, other} in ({None, (REPLAYED, item.tip_id)}, {None, (REPLAYED, copy.tip_id)})

    assert await faults(pool) == []


async def test_the_last_money_of_a_wallet_is_spent_once(pool: Pool, writers: Writers) -> None:
    """Who comes second waits for the wallet, sees what is left, and is refused; a smaller tip still fits."""
    sender, educator = new_id(), new_id()
    await fill_wallets(pool, [sender], 100)
    first, second, _ = writers
    async with first.transaction():
        assert await send(first, [Item(sender, educator, 60)]) == [None]
        items = [Item(sender, educator, 60), Item(sender, educator, 40), Item(sender, educator, 1)]
        waiting = asyncio.create_task(send(second, items))
        await until_blocked(writers[2], second, waiting)

    assert await waiting == [(INSUFFICIENT_FUNDS, None), None, (INSUFFICIENT_FUNDS, None)]
    assert await balance_of(second, 1, sender) == 0
    assert await numbers_of(second, sender) == [1, 2]


@pytest.mark.parametrize("funding", [WALLET, PAYMENT], ids=["with a wallet", "without a wallet"])
async def test_a_burst_never_exceeds_a_cap_by_one(pool: Pool, writers: Writers, funding: int) -> None:
    """Forty tips from three processes within a window of ten: ten are written, numbered 1 to 10."""
    sender = new_id()
    if funding == WALLET:
        await fill_wallets(pool, [sender], 10_000)
    bursts = [
        [Item(sender, new_id(), funding=funding) for _ in range(size)]
        for size in (1, 2, 7, 1, 1, 3, 4, 1) * 2
    ]

    async def burst(number: int) -> list[object]:
        outcomes: list[object] = []
        for items in bursts[number::3]:
            outcomes += await send(writers[number], items, [(3600, 10), (86400, 12)])
        return outcomes

    outcomes = [each for outcomes in await asyncio.gather(*map(burst, range(3))) for each in outcomes]
    numbers = await numbers_of(writers[0], sender)
    later = [
        Item(sender, new_id(), create_time=NOON + timedelta(seconds=s), funding=funding) for s in (3599, 3600)
    ]
    later_outcomes = await send(writers[0], later, [(3600, 10), (86400, 12)])

    assert len(outcomes) == 40
    assert outcomes.count(None) == 10
    assert outcomes.count((LIMIT_REACHED, None)) == 30
    assert numbers == list(range(1, 11))
    assert later_outcomes == [(LIMIT_REACHED, None), None]


async def test_the_same_request_twice_in_one_batch(pool: Pool, writers: Writers) -> None:
    """The second is answered with the first; if the first was refused, the second is decided by itself."""
    sender, educator = new_id(), new_id()
    await fill_wallets(pool, [sender], 100)
    once = Item(sender, educator, 30)
    large = Item(sender, educator, 500)
    items = [once, replace(once, tip_id=new_id()), large, replace(large, amount=20, tip_id=new_id())]

    assert await send(writers[0], items) == [None, (REPLAYED, once.tip_id), (INSUFFICIENT_FUNDS, None), None]
    assert await numbers_of(writers[0], sender) == [1, 2]


async def test_a_replay_takes_nothing(pool: Pool, writers: Writers) -> None:
    """Known for ever, even when the wallet is empty and the cap is reached by now."""
    sender, educator = new_id(), new_id()
    await fill_wallets(pool, [sender], 30)
    once = Item(sender, educator, 30)
    await send(writers[0], [once])
    again = replace(once, tip_id=new_id(), create_time=NOON + timedelta(days=400))

    assert await send(writers[1], [again], [(3600, 1)]) == [(REPLAYED, once.tip_id)]
    assert await balance_of(writers[0], 2, educator) == 30


async def test_a_poisoned_tip_undoes_the_call(pool: Pool, writers: Writers) -> None:
    """Whoever calls runs it again in halves; nothing of it stayed, no number is missing afterwards."""
    sender, educator = new_id(), new_id()
    await fill_wallets(pool, [sender], 1_000)
    items = [Item(sender, educator), Item(sender, sender), Item(sender, educator)]
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await send(writers[0], items)

    assert refused.value.constraint_name == "tip_not_to_oneself"
    assert await send(writers[0], [items[0], items[2]]) == [None, None]
    assert await numbers_of(writers[0], sender) == [1, 2]


async def test_a_debt_is_repaid_from_what_comes_in(pool: Pool, writers: Writers) -> None:
    """In the same transaction, as far as it goes, in its own currency; nothing that is only held is taken."""
    sender, educator = new_id(), new_id()
    await fill_wallets(pool, [sender], 1_000)
    await fill_wallets(pool, [sender], 1_000, "JPY")
    await owe(writers[0], educator, 100)
    steps = [
        (Item(sender, educator, 90, funding=HOLD), 0, -100),
        (Item(sender, educator, 90, currency="JPY"), 0, -100),
        (Item(sender, educator, 70, fee=10), 0, -40),
        (Item(sender, educator, 50), 10, 0),
        (Item(sender, educator, 50), 60, 0),
    ]

    for item, earned, owed in steps:
        assert await send(writers[0], [item]) == [None]
        assert await balance_of(writers[0], 2, educator) == earned
        assert await balance_of(writers[0], 5, educator) == owed
    assert await faults(pool) == []


async def test_writers_who_repay_the_same_debts(pool: Pool, writers: Writers) -> None:
    """Each debt is repaid once and in full, in whichever orders its repayments come."""
    senders, educators = [new_id() for _ in range(6)], [new_id() for _ in range(12)]
    await fill_wallets(pool, senders, 100_000)
    for educator in educators:
        await owe(writers[0], educator, 55)

    async def load(number: int) -> None:
        order = random.Random(number)
        for _ in range(10):
            items = [Item(order.choice(senders), each, 10, 1) for each in order.sample(educators, 8)]
            await send(writers[number], items)

    await asyncio.gather(*map(load, range(3)))
    sums = await pool.fetch(
        "select from_owner, sum(amount) as repaid from tip.movement where kind = 14 "
        "and from_owner = any($1::uuid[]) group by 1",
        educators,
    )

    assert [row["repaid"] for row in sums] == [55] * 12
    assert await faults(pool) == []
