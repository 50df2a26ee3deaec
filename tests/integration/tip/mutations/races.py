"""Races stepped by hand on two or three connections. Each check raises when a defence is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from tests.integration.tip.writer.sending import (
    INSUFFICIENT_FUNDS,
    REPLAYED,
    Item,
    balance_of,
    open_connection,
    send,
    until_blocked,
)
from tests.support.ledger import fill_wallets
from tests.support.ledger_oracle import faults

Check = Callable[[str], Awaitable[None]]
PEOPLE = [UUID(int=(0x0190 << 112) + number) for number in range(1, 61)]
"""Fixed, so that whatever hashes them always does the same."""


@asynccontextmanager
async def connections(dsn: str, **settings: str) -> AsyncIterator[list[asyncpg.Connection]]:
    opened = [await open_connection(dsn, **settings) for _ in range(3)]
    try:
        yield opened
    finally:
        for connection in opened:
            await connection.close()


async def _free(connection: asyncpg.Connection, kind: int, owners: list[UUID]) -> int:
    """How many of these accounts nobody holds."""
    async with connection.transaction():
        rows = await connection.fetch(
            "select from tip.account where kind = $1 and owner_id = any($2::uuid[]) for update skip locked",
            kind,
            owners,
        )
    return len(rows)


async def accounts_are_locked_in_order(dsn: str) -> None:
    """A writer that waits for the first of its educators holds none of the later ones."""
    sender, first, *later = PEOPLE
    async with connections(dsn) as (holder, writer, watcher):
        await fill_wallets(watcher, [sender], 1_000_000)
        await send(watcher, [Item(sender, educator) for educator in (first, *later)])
        async with holder.transaction():
            await holder.execute("select from tip.account where kind = 2 and owner_id = $1 for update", first)
            waiting = asyncio.create_task(send(writer, [Item(sender, each) for each in (*later, first)]))
            await until_blocked(watcher, writer, waiting)
            free = await _free(watcher, 2, later)
        await waiting

    assert free == len(later)


async def wallets_are_locked_in_order(dsn: str) -> None:
    """The same of wallets. Without index scans, so that nothing but the order asked for brings them about."""
    educator, *wallets = PEOPLE
    first, *later = wallets
    async with connections(dsn, enable_indexscan="off") as (holder, writer, watcher):
        for owner in reversed(wallets):
            await fill_wallets(watcher, [owner], 1_000)
        async with holder.transaction():
            await holder.execute("select from tip.account where kind = 1 and owner_id = $1 for update", first)
            waiting = asyncio.create_task(send(writer, [Item(each, educator) for each in wallets]))
            await until_blocked(watcher, writer, waiting)
            free = await _free(watcher, 1, later)
        await waiting

    assert free == len(later)


async def a_request_makes_one_tip(dsn: str) -> None:
    """Sent by a second process before the first commits, a request waits and is answered with the tip."""
    sender, educator, *_ = PEOPLE
    once = Item(sender, educator)
    again = Item(sender, educator, request_id=once.request_id)
    async with connections(dsn) as (first, second, watcher):
        await fill_wallets(watcher, [sender], 1_000)
        async with first.transaction():
            await send(first, [once])
            waiting = asyncio.create_task(send(second, [again]))
            await until_blocked(watcher, second, waiting)
        outcome = await waiting
        paid = await balance_of(watcher, 2, educator)

    assert outcome == [(REPLAYED, once.tip_id)]
    assert paid == once.amount


async def a_wallet_is_spent_once(dsn: str) -> None:
    """Sixty of a hundred, twice at once: the second is told that there is not enough, and nothing breaks."""
    sender, educator, *_ = PEOPLE
    async with connections(dsn) as (first, second, watcher):
        await fill_wallets(watcher, [sender], 100)
        async with first.transaction():
            await send(first, [Item(sender, educator, 60)])
            waiting = asyncio.create_task(send(second, [Item(sender, educator, 60)]))
            await until_blocked(watcher, second, waiting)
        outcome = await waiting

    assert outcome == [(INSUFFICIENT_FUNDS, None)]


async def batches_get_into_one_line(dsn: str) -> None:
    """Of two that seal at once, for different people, the second waits and continues the first's chain."""
    one, two, three, four, *_ = PEOPLE
    async with connections(dsn) as (first, second, watcher):
        await fill_wallets(watcher, [one, two], 1_000)
        transactions = [first.transaction(), second.transaction()]
        for connection, transaction, item in zip(
            (first, second), transactions, (Item(one, three), Item(two, four)), strict=True
        ):
            await transaction.start()
            await send(connection, [item])
        await first.execute("set constraints all immediate")
        waiting = asyncio.create_task(second.execute("set constraints all immediate"))
        await until_blocked(watcher, second, waiting)
        await transactions[0].commit()
        await waiting
        await transactions[1].commit()
        found = await faults(watcher)

    assert found == []


async def a_top_up_is_credited_once(dsn: str) -> None:
    """A payment that is told twice at once is one credit: the second is refused by the first's cause."""
    owner, cause, *_ = PEOPLE
    top_up = """
        insert into tip.movement (
            movement_id, kind, source_id, from_kind, from_owner, to_kind, to_owner,
            currency, amount, platform_fee, payment_fee, debt, create_time
        ) values (gen_random_uuid(), 3, $1, 8, tip.school(), 1, $2, 'EUR', 500, 0, 0, 0, clock_timestamp())
        """
    refused = 0
    async with connections(dsn) as (first, second, watcher):
        async with first.transaction():
            await first.execute(top_up, cause, owner)
            waiting = asyncio.create_task(second.execute(top_up, cause, owner))
            await until_blocked(watcher, second, waiting)
        try:
            await waiting
        except asyncpg.UniqueViolationError:
            refused = 1
        credited = await balance_of(watcher, 1, owner)

    assert (refused, credited) == (1, 500)
