"""What the callers of a BatchLoader may rely on; the numbers are those of its docstring."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import asyncpg
import pytest

from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.errors import DatabaseUnavailable, DeadlineExceeded, Overloaded
from tests.integration.db.held import HeldBatches, turns


def loader_of(held: HeldBatches, **options: Any) -> BatchLoader[Any, Any]:
    return BatchLoader(held.fetch, name="trial", **{"max_in_flight": 1, **options})


async def test_keys_asked_in_one_turn_share_a_query() -> None:
    """Loads that start together are one batch, even the very first."""
    held = HeldBatches()
    loader = loader_of(held)
    held.let_through()

    values = await asyncio.gather(*(loader.load(key) for key in "abc"))

    assert values == ["a!", "b!", "c!"]
    assert held.batches == [["a", "b", "c"]]


@pytest.mark.parametrize("keys", ["", "a", "abca"])
async def test_several_keys_of_one_caller(keys: str) -> None:
    """They are one batch with whoever else asks, and come back in the caller's order."""
    held = HeldBatches()
    loader = loader_of(held)
    held.let_through()

    values, other = await asyncio.gather(loader.load_all(keys), loader.load("z"))

    assert (values, other) == ([f"{key}!" for key in keys], "z!")
    assert held.batches == [[*dict.fromkeys(keys), "z"]]


async def test_a_caller_of_several_leaves() -> None:
    """What it alone wanted is not asked for; what others want too, is."""
    held = HeldBatches()
    loader = loader_of(held)
    first = asyncio.create_task(loader.load("first"))
    await held.began()
    leaving = asyncio.create_task(loader.load_all("abc"))
    staying = asyncio.create_task(loader.load("b"))
    await turns()
    leaving.cancel()
    await turns()
    held.let_through(2)

    assert await first == "first!"
    assert await staying == "b!"
    assert held.batches == [["first"], ["b"]]


async def test_keys_asked_while_a_query_runs_are_the_next_batch() -> None:
    """Nothing waits for a timer: what queued during a query is asked when it ends."""
    held = HeldBatches()
    loader = loader_of(held)
    first = asyncio.create_task(loader.load("a"))
    await held.began()
    others = [asyncio.create_task(loader.load(key)) for key in "bcd"]
    await turns()
    held.let_through(2)

    assert await first == "a!"
    assert await asyncio.gather(*others) == ["b!", "c!", "d!"]
    assert held.batches == [["a"], ["b", "c", "d"]]


async def test_key_asked_during_its_own_query_is_asked_again() -> None:
    """1: a caller is never given a value that was read before it asked."""
    held = HeldBatches()
    loader = loader_of(held)
    before = asyncio.create_task(loader.load("a"))
    await held.began()
    after = asyncio.create_task(loader.load("a"))
    await turns()
    held.let_through()
    await before

    assert not after.done()
    assert await held.began() == ["a"]
    held.let_through()
    assert await after == "a!"


async def test_reader_sees_its_own_write(pool: Pool) -> None:
    """1: on PostgreSQL, a load that begins after a commit sees it whatever else is being read."""
    await pool.execute("create table trial.counter (id integer primary key, value integer not null)")
    await pool.execute("insert into trial.counter (id, value) values (1, 0)")

    async def fetch(keys: list[int]) -> Mapping[int, int]:
        rows = await pool.fetch("select id, value from trial.counter where id = any($1::integer[])", keys)
        return {row["id"]: row["value"] for row in rows}

    loader = BatchLoader(fetch, name="counter")
    stop = asyncio.Event()

    async def read_on() -> None:
        while not stop.is_set():
            await loader.load(1)

    readers = [asyncio.create_task(read_on()) for _ in range(8)]
    for written in range(1, 101):
        await pool.execute("update trial.counter set value = $1 where id = 1", written)
        assert await loader.load(1) == written
    stop.set()
    await asyncio.gather(*readers)


async def test_key_asked_by_several_is_fetched_once() -> None:
    """2: duplicates share one place in the batch."""
    held = HeldBatches()
    loader = loader_of(held)
    held.let_through()

    values = await asyncio.gather(*(loader.load(key) for key in "aabab"))

    assert values == ["a!", "a!", "b!", "a!", "b!"]
    assert held.batches == [["a", "b"]]


async def test_key_without_a_value_is_none() -> None:
    """A key that the fetch leaves out has no value."""

    async def fetch(keys: list[str]) -> Mapping[str, str]:
        return {}

    assert await BatchLoader(fetch, name="trial").load("a") is None


async def test_cancelled_caller_disturbs_nobody() -> None:
    """3: those who share its key, and those who share its batch, are answered."""
    held = HeldBatches()
    loader = loader_of(held)
    leaving, sharing, other = (asyncio.create_task(loader.load(key)) for key in "aab")
    await held.began()
    leaving.cancel()
    held.let_through()

    assert [await sharing, await other] == ["a!", "b!"]
    assert leaving.cancelled()


async def test_queued_key_that_nobody_waits_for_is_not_fetched() -> None:
    """3: work that became pointless is not begun; a key that somebody still wants is."""
    held = HeldBatches()
    loader = loader_of(held)
    first = asyncio.create_task(loader.load("a"))
    await held.began()
    gone, half_gone, wanted = (asyncio.create_task(loader.load(key)) for key in "bcc")
    await turns()
    gone.cancel()
    half_gone.cancel()
    held.let_through(2)

    assert [await first, await wanted] == ["a!", "c!"]
    assert held.batches == [["a"], ["c"]]


async def test_batch_of_nothing_but_cancelled_keys_is_skipped() -> None:
    """3: a loader left alone goes to rest and serves the next caller."""
    held = HeldBatches()
    loader = loader_of(held)
    first = asyncio.create_task(loader.load("a"))
    await held.began()
    gone = asyncio.create_task(loader.load("b"))
    await turns()
    gone.cancel()
    held.let_through()
    await first
    await turns()

    held.let_through()
    assert await loader.load("c") == "c!"
    assert held.batches == [["a"], ["c"]]


async def test_bad_key_fails_its_own_callers_only(pool: Pool) -> None:
    """4: PostgreSQL refuses the whole batch, and the good keys are answered all the same."""

    async def fetch(keys: list[int]) -> Mapping[int, int]:
        rows = await pool.fetch("select key, 100 / key as share from unnest($1::integer[]) as key", keys)
        return {row["key"]: row["share"] for row in rows}

    loader = BatchLoader(fetch, name="trial")

    values = await asyncio.gather(*(loader.load(key) for key in [4, 0, 5, 0, 10]), return_exceptions=True)

    assert [value for value in values if isinstance(value, int)] == [25, 20, 10]
    assert isinstance(values[1], asyncpg.DivisionByZeroError)
    assert isinstance(values[3], asyncpg.DivisionByZeroError)


async def test_batch_whose_connection_is_lost_is_asked_once_more() -> None:
    """5: reading twice is harmless, and another connection may be fine."""
    held = HeldBatches()
    loader = loader_of(held)
    held.fail(asyncpg.ConnectionDoesNotExistError("lost"))
    held.let_through()

    assert await asyncio.gather(*(loader.load(key) for key in "ab")) == ["a!", "b!"]
    assert held.batches == [["a", "b"]] * 2


@pytest.mark.parametrize(
    ("failures", "told"),
    [
        ([asyncpg.ConnectionDoesNotExistError("lost"), ConnectionResetError()], DatabaseUnavailable),
        ([asyncpg.QueryCanceledError("statement timeout")], DeadlineExceeded),
        ([Overloaded()], Overloaded),
    ],
)
async def test_outage_is_told_to_every_caller(failures: list[Exception], told: type[Exception]) -> None:
    """5: it is nobody's key, so the batch is not asked again in pieces."""
    held = HeldBatches()
    loader = loader_of(held)
    for failure in failures:
        held.fail(failure)

    values = await asyncio.gather(*(loader.load(key) for key in "abc"), return_exceptions=True)

    assert [type(value) for value in values] == [told] * 3
    assert held.batches == [["a", "b", "c"]] * len(failures)


async def test_batches_are_bounded() -> None:
    """A long queue is taken in pieces, in the order of asking."""
    held = HeldBatches()
    loader = loader_of(held, max_batch=2)
    held.let_through(3)

    await asyncio.gather(*(loader.load(key) for key in "abcde"))

    assert held.batches == [["a", "b"], ["c", "d"], ["e"]]


async def test_no_more_queries_at_once_than_allowed() -> None:
    """With two in flight, a third batch begins when one of them ends."""
    held = HeldBatches()
    loader = loader_of(held, max_in_flight=2)
    loads = []
    for key in "abc":
        loads.append(asyncio.create_task(loader.load(key)))
        await turns()

    assert held.batches == [["a"], ["b"]]
    held.let_through(3)
    assert await asyncio.gather(*loads) == ["a!", "b!", "c!"]


async def test_every_fetch_is_reported() -> None:
    """The hook is told the name, the number of keys and the seconds."""
    held = HeldBatches()
    reports: list[tuple[str, int]] = []
    loader = loader_of(held, on_batch=lambda name, size, seconds: reports.append((name, size)))
    held.let_through()

    await asyncio.gather(loader.load("a"), loader.load("b"), loader.load("a"))

    assert reports == [("trial", 2)]


async def test_fetch_belongs_to_no_caller() -> None:
    """What the first caller of a batch has in its context, like a request id, is not there."""
    request_id: ContextVar[str] = ContextVar("request_id", default="none")
    seen: list[str] = []

    async def fetch(keys: list[str]) -> Mapping[str, str]:
        seen.append(request_id.get())
        return {}

    request_id.set("of the first caller")
    await BatchLoader(fetch, name="trial").load("a")

    assert seen == ["none"]
