"""A GroupCommit on PostgreSQL does what writing the items one by one would do, in any interleaving."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academe.db.constraints import on_constraint
from academe.db.group_commit import GroupCommit
from academe.db.pool import Pool
from academe.errors import AcademeError
from tests.integration.db.held import turns

ACCOUNTS = [1, 2, 3]
OPENING_BALANCE = 10
UNSENDABLE = 2**40
"""Does not fit into an integer, so asyncpg refuses the whole statement."""


class Overdrawn(AcademeError):
    """There is not that much on the account; found by a constraint, so the whole statement fails."""


class Pointless(AcademeError):
    """Nothing to do; found by `write`, which tells it as this item's outcome."""


@dataclass(frozen=True)
class Booking:
    """One item: an amount added to an account."""

    number: int
    account: int
    amount: int


Outcome = int | Exception


@pytest.fixture(scope="module")
async def bank(pool: Pool) -> Pool:
    await pool.execute(
        """
        create table trial.account (
            id integer primary key,
            balance integer not null,
            constraint account_not_overdrawn check (balance >= 0)
        )
        """
    )
    await pool.execute(
        """
        create table trial.booking (
            number integer primary key,
            account integer not null,
            amount integer not null
        )
        """
    )
    return pool


async def reset(bank: Pool) -> None:
    await bank.execute("delete from trial.booking")
    await bank.execute("delete from trial.account")
    await bank.execute(
        "insert into trial.account (id, balance) select id, $2 from unnest($1::integer[]) as id",
        ACCOUNTS,
        OPENING_BALANCE,
    )


async def book_distinct(bank: Pool, bookings: Sequence[Booking]) -> list[Outcome]:
    """One statement, for bookings of different accounts."""
    useful = [booking for booking in bookings if booking.amount != 0]
    with on_constraint("account_not_overdrawn", Overdrawn):
        rows = await bank.fetch(
            """
            with item as (
                select number, account, amount
                from unnest($1::integer[], $2::integer[], $3::integer[]) as item (number, account, amount)
            ), noted as (
                insert into trial.booking (number, account, amount)
                select number, account, amount from item
            )
            update trial.account
            set balance = balance + item.amount
            from item
            where account.id = item.account
            returning account.id, account.balance
            """,
            [booking.number for booking in useful],
            [booking.account for booking in useful],
            [booking.amount for booking in useful],
        )
    balances = {row["id"]: row["balance"] for row in rows}
    return [balances[booking.account] if booking.amount else Pointless() for booking in bookings]


async def book_in_order(bank: Pool, bookings: Sequence[Booking]) -> list[Outcome]:
    """One transaction, for bookings of any accounts."""
    async with bank.transaction() as connection:
        outcomes: list[Outcome] = []
        for booking in bookings:
            if booking.amount == 0:
                outcomes.append(Pointless())
                continue
            await connection.execute(
                "insert into trial.booking (number, account, amount) values ($1, $2, $3)",
                booking.number,
                booking.account,
                booking.amount,
            )
            with on_constraint("account_not_overdrawn", Overdrawn):
                balance = await connection.fetchval(
                    "update trial.account set balance = balance + $2 where id = $1 returning balance",
                    booking.account,
                    booking.amount,
                )
            outcomes.append(balance)
        return outcomes


async def state_of(bank: Pool) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
    return (
        await bank.fetch("select id, balance from trial.account order by id"),
        await bank.fetch("select number, account, amount from trial.booking order by number"),
    )


@dataclass(frozen=True)
class Submit:
    account: int
    amount: int


@dataclass(frozen=True)
class Cancel:
    submission: int


@dataclass(frozen=True)
class Turns:
    count: int


@dataclass(frozen=True)
class Settle:
    """Waits until everything submitted so far is written."""


Step = Submit | Cancel | Turns | Settle

STEPS = st.one_of(
    st.builds(Submit, st.sampled_from(ACCOUNTS), st.sampled_from([0, 5, -4, -9, UNSENDABLE])),
    st.builds(Submit, st.sampled_from(ACCOUNTS), st.integers(-6, 6)),
    st.builds(Cancel, st.integers(0, 20)),
    st.builds(Turns, st.integers(1, 6)),
    st.just(Settle()),
)


async def play(bank: Pool, steps: list[Step], *, keyed: bool, max_batch: int, writers: int = 1) -> None:
    """Runs the steps, then does the same bookings one by one, and compares outcomes and tables."""
    await reset(bank)
    begun: set[Booking] = set()

    async def write(bookings: list[Booking]) -> list[Outcome]:
        begun.update(bookings)
        return await (book_distinct if keyed else book_in_order)(bank, bookings)

    group: GroupCommit[Booking, int] = GroupCommit(
        write,
        name="booking",
        max_batch=max_batch,
        key=(lambda booking: booking.account) if keyed else None,
        writers=writers,
    )
    submitted: list[tuple[Booking, asyncio.Task[int]]] = []
    for step in steps:
        match step:
            case Submit(account, amount):
                booking = Booking(len(submitted), account, amount)
                submitted.append((booking, asyncio.create_task(group.submit(booking))))
            case Cancel(number) if number < len(submitted):
                submitted[number][1].cancel()
            case Turns(count):
                await turns(count)
            case Settle():
                await turns(1)
                await group.drain()
    async with asyncio.timeout(5):
        outcomes = await asyncio.gather(*(task for _, task in submitted), return_exceptions=True)
        await group.drain()
    together = await state_of(bank)

    await reset(bank)
    for (booking, _), outcome in zip(submitted, outcomes, strict=True):
        if booking not in begun:
            assert isinstance(outcome, asyncio.CancelledError)
            continue
        alone = await book_alone(bank, booking)
        if isinstance(outcome, asyncio.CancelledError):
            continue
        if isinstance(alone, Exception):
            assert type(outcome) is type(alone)
        else:
            assert outcome == alone
    assert together == await state_of(bank)


async def book_alone(bank: Pool, booking: Booking) -> Outcome:
    try:
        [outcome] = await book_in_order(bank, [booking])
    except (AcademeError, asyncpg.DataError) as error:
        return error
    return outcome


@settings(max_examples=100, deadline=None)
@given(
    steps=st.lists(STEPS, min_size=1, max_size=25),
    keyed=st.booleans(),
    max_batch=st.sampled_from([1, 2, 3, 256]),
    more_writers=st.integers(0, 2),
)
async def test_any_interleaving(
    bank: Pool, steps: list[Step], keyed: bool, max_batch: int, more_writers: int
) -> None:
    """Random bookings, some refused or poisoned, some cancelled at any moment."""
    await play(bank, steps, keyed=keyed, max_batch=max_batch, writers=1 + more_writers if keyed else 1)


@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "in order"])
async def test_every_order_of_a_few_steps(bank: Pool, keyed: bool) -> None:
    """All orders of a deposit, a withdrawal that needs it, a poisoned item, a refused one, a cancellation."""
    steps: list[Step] = [
        Submit(1, 5),
        Submit(1, -12),
        Submit(2, UNSENDABLE),
        Submit(1, 0),
        Cancel(1),
        Turns(2),
    ]

    for order in itertools.permutations(steps[1:]):
        await play(bank, [steps[0], *order], keyed=keyed, max_batch=256)
        await play(bank, [*order, steps[0]], keyed=keyed, max_batch=2)
