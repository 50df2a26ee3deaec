"""A BatchLoader on PostgreSQL gives what asking for the keys one by one would give, in any interleaving."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from tests.integration.db.held import turns

KEYS = range(6)
BAD_KEY = 0
"""Asking for it is a division by zero, for the whole statement."""


@pytest.fixture(scope="module")
async def shelf(pool: Pool) -> Pool:
    await pool.execute("create table trial.shelf (key integer primary key, edition integer not null)")
    return pool


async def fetch(pool: Pool, keys: list[int]) -> Mapping[int, int]:
    rows = await pool.fetch(
        """
        select shelf.key, shelf.edition + 0 / shelf.key as edition
        from trial.shelf
        where shelf.key = any($1::integer[])
        """,
        keys,
    )
    return {row["key"]: row["edition"] for row in rows}


@dataclass(frozen=True)
class Load:
    key: int


@dataclass(frozen=True)
class Write:
    key: int


@dataclass(frozen=True)
class Cancel:
    load: int


@dataclass(frozen=True)
class Turns:
    count: int


Step = Load | Write | Cancel | Turns

STEPS = st.one_of(
    st.builds(Load, st.sampled_from(KEYS)),
    st.builds(Load, st.sampled_from(KEYS)),
    st.builds(Write, st.sampled_from(KEYS)),
    st.builds(Cancel, st.integers(0, 20)),
    st.builds(Turns, st.integers(1, 8)),
)


async def play(pool: Pool, steps: list[Step], max_batch: int = 256, max_in_flight: int = 1) -> None:
    """Runs the steps and checks each load against the editions its key had while it was under way."""
    await pool.execute("delete from trial.shelf")
    await pool.execute(
        "insert into trial.shelf (key, edition) select key, 0 from unnest($1::integer[]) as key",
        [key for key in KEYS if key != max(KEYS)],
    )

    async def fetch_here(keys: list[int]) -> Mapping[int, int]:
        assert len(set(keys)) == len(keys)
        return await fetch(pool, keys)

    loader = BatchLoader(fetch_here, name="shelf", max_batch=max_batch, max_in_flight=max_in_flight)
    editions = dict.fromkeys(KEYS, 0)
    loads: list[tuple[asyncio.Task[int | None], int, int]] = []
    for step in steps:
        match step:
            case Load(key):
                loads.append((asyncio.create_task(loader.load(key)), key, editions[key]))
                await asyncio.sleep(0)
            case Write(key):
                editions[key] += 1
                await pool.execute("update trial.shelf set edition = $2 where key = $1", key, editions[key])
            case Cancel(number) if number < len(loads):
                loads[number][0].cancel()
            case Turns(count):
                await turns(count)
    async with asyncio.timeout(5):
        answers = await asyncio.gather(*(task for task, _, _ in loads), return_exceptions=True)
    for answer, (_, key, edition_when_asked) in zip(answers, loads, strict=True):
        if isinstance(answer, asyncio.CancelledError):
            continue
        if key == BAD_KEY:
            assert isinstance(answer, asyncpg.DivisionByZeroError)
        elif key == max(KEYS):
            assert answer is None
        else:
            assert isinstance(answer, int)
            assert edition_when_asked <= answer <= editions[key]


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(STEPS, min_size=1, max_size=25),
    max_batch=st.sampled_from([1, 2, 256]),
    max_in_flight=st.integers(1, 3),
)
async def test_any_interleaving(shelf: Pool, steps: list[Step], max_batch: int, max_in_flight: int) -> None:
    """Random loads, writes, cancellations, bad keys: every answer is one the key had since it was asked."""
    await play(shelf, steps, max_batch=max_batch, max_in_flight=max_in_flight)


async def test_every_order_of_a_few_steps(shelf: Pool) -> None:
    """All orders of asking for a good key twice, a bad one and a missing one, a write and a cancellation."""
    steps: list[Step] = [Load(1), Load(BAD_KEY), Load(max(KEYS)), Write(1), Load(1), Cancel(0)]

    for order in set(itertools.permutations(steps)):
        await play(shelf, list(order))
