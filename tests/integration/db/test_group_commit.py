"""What the callers of a GroupCommit may rely on; the numbers are those of its docstring."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from academe.db.group_commit import CONFLICT_RERUNS, GroupCommit
from academe.db.pool import Pool
from academe.errors import AcademeError, DatabaseUnavailable, DeadlineExceeded, Overloaded, StorageFull
from tests.integration.db.held import HeldBatches, turns


class Refused(AcademeError):
    """The item was not to be."""


def group_of(held: HeldBatches, **options: Any) -> GroupCommit[Any, Any]:
    return GroupCommit(held.write, name="trial", **options)


async def submit_all(group: GroupCommit[Any, Any], items: Sequence[Any]) -> list[Any]:
    async with asyncio.timeout(5):
        return await asyncio.gather(*(group.submit(item) for item in items), return_exceptions=True)


@pytest.fixture(scope="module")
async def notes(pool: Pool) -> Pool:
    await pool.execute(
        """
        create table trial.note (
            id integer primary key,
            text text not null,
            constraint note_not_empty check (text <> '')
        )
        """
    )
    return pool


async def write_notes(pool: Pool, notes: list[tuple[int, str]]) -> list[int]:
    rows = await pool.fetch(
        """
        insert into trial.note (id, text)
        select id, text from unnest($1::integer[], $2::text[]) as note (id, text)
        returning id
        """,
        [id_ for id_, _ in notes],
        [text for _, text in notes],
    )
    return [row["id"] for row in rows]


def notes_group(notes: Pool) -> GroupCommit[tuple[int, str], int]:
    async def write(items: list[tuple[int, str]]) -> Sequence[int]:
        return await write_notes(notes, items)

    return GroupCommit(write, name="note")


async def test_items_submitted_in_one_turn_share_a_transaction(notes: Pool) -> None:
    """Concurrent writes are one statement: PostgreSQL gives all of the rows the same transaction."""
    group = notes_group(notes)

    await submit_all(group, [(id_, "x") for id_ in range(1, 6)])

    assert await notes.fetchval("select count(distinct xmin::text) from trial.note where id <= 5") == 1


async def test_items_submitted_while_a_batch_commits_are_the_next_batch() -> None:
    """Nothing waits for a timer."""
    held = HeldBatches()
    group = group_of(held)
    first = asyncio.create_task(group.submit("a"))
    await held.began()
    others = [asyncio.create_task(group.submit(item)) for item in "bcd"]
    await turns()
    held.let_through(2)

    assert await first == "a!"
    assert await asyncio.gather(*others) == ["b!", "c!", "d!"]
    assert held.batches == [["a"], ["b", "c", "d"]]


async def test_caller_is_told_after_the_commit(notes: Pool) -> None:
    """1: whoever has been told can be seen by any other connection."""
    group = notes_group(notes)

    async def submit_and_look(id_: int) -> bool:
        await group.submit((id_, "x"))
        return bool(await notes.fetchval("select exists (select from trial.note where id = $1)", id_))

    assert all(await asyncio.gather(*(submit_and_look(id_) for id_ in range(100, 150))))


async def test_caller_is_not_told_before_the_commit() -> None:
    """1: no outcome is known while `write` has not returned."""
    held = HeldBatches()
    submission = asyncio.create_task(group_of(held).submit("a"))
    await held.began()
    await turns(10)

    assert not submission.done()
    held.let_through()
    assert await submission == "a!"


async def test_order_of_submission_is_kept() -> None:
    """2: within a batch and from one batch to the next, also when a queue is longer than a batch."""
    held = HeldBatches()
    group = group_of(held, max_batch=3)
    held.let_through(4)

    await submit_all(group, range(10))

    assert held.batches == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]


async def test_items_with_one_key_never_share_a_batch() -> None:
    """2: the later one waits for the next batch, and nobody waits for it."""
    held = HeldBatches()
    group = group_of(held, key=lambda item: item[0])
    held.let_through(3)

    await submit_all(group, ["a1", "b1", "a2", "c1", "a3", "b2"])

    assert held.batches == [["a1", "b1", "c1"], ["a2", "b2"], ["a3"]]


async def test_writers_never_hold_one_key_at_once() -> None:
    """2: a second writer takes what the first one's keys leave over."""
    held = HeldBatches()
    group = group_of(held, key=lambda item: item[0], writers=2)
    submissions = []
    for item in ["a1", "a2", "b1", "a3"]:
        submissions.append(asyncio.create_task(group.submit(item)))
        await turns()

    assert held.batches == [["a1"], ["b1"]]
    held.let_through(4)
    assert await asyncio.gather(*submissions) == ["a1!", "a2!", "b1!", "a3!"]
    assert held.batches == [["a1"], ["b1"], ["a2"], ["a3"]]


def test_several_writers_need_a_key() -> None:
    """2: without one, two batches could change the same row in the wrong order."""
    with pytest.raises(ValueError, match="need a key"):
        group_of(HeldBatches(), writers=2)


async def test_refused_item_is_told_to_its_caller_only() -> None:
    """1: an outcome that is an exception is raised to whoever submitted that item."""

    async def write(items: list[str]) -> list[str | Exception]:
        return [Refused() if item == "b" else item for item in items]

    outcomes = await submit_all(GroupCommit(write, name="trial"), "abc")

    assert outcomes[0::2] == ["a", "c"]
    assert isinstance(outcomes[1], Refused)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("", asyncpg.CheckViolationError),  # the server refuses the statement
        ("\ud800", asyncpg.DataError),  # asyncpg cannot even send it
    ],
)
async def test_poisoned_item_fails_its_own_caller_only(notes: Pool, bad: str, told: type[Exception]) -> None:
    """3: one item in a hundred makes the statement fail, and ninety-nine are written."""
    await notes.execute("truncate trial.note")
    group = notes_group(notes)

    outcomes = await submit_all(group, [(id_, bad if id_ == 41 else "x") for id_ in range(100)])

    assert isinstance(outcomes.pop(41), told)
    assert outcomes == [id_ for id_ in range(100) if id_ != 41]
    assert await notes.fetchval("select count(*) from trial.note") == 99


async def test_halves_of_a_poisoned_batch_keep_the_order() -> None:
    """3: the items around the bad one are written in the order of submission, in few runs."""
    written: list[int] = []
    runs = 0

    async def write(items: list[int]) -> list[int]:
        nonlocal runs
        runs += 1
        if 5 in items:
            raise asyncpg.CheckViolationError("five")
        written.extend(items)
        return items

    await submit_all(GroupCommit(write, name="trial"), range(64))

    assert written == [number for number in range(64) if number != 5]
    assert runs == 1 + 2 * 6  # the whole, then two halves at each of log2(64) levels


async def test_deadlocked_batch_is_run_again_whole() -> None:
    """3: PostgreSQL chose this transaction to give way; no item is to blame."""
    held = HeldBatches()
    group = group_of(held)
    held.fail(asyncpg.DeadlockDetectedError("deadlock"))
    held.let_through()

    assert await submit_all(group, "abc") == ["a!", "b!", "c!"]
    assert held.batches == [["a", "b", "c"]] * 2


async def test_lasting_conflict_is_told_as_worth_a_retry() -> None:
    """3: an item that loses again and again ends with its caller, not in an endless loop."""
    held = HeldBatches()
    group = group_of(held)
    for _ in range(1 + CONFLICT_RERUNS):
        held.fail(asyncpg.SerializationError("conflict"))

    with pytest.raises(DatabaseUnavailable) as told:
        await group.submit("a")

    assert told.value.retry_after_seconds
    assert len(held.batches) == 1 + CONFLICT_RERUNS


async def test_error_after_the_commit_is_not_answered_with_a_second_run() -> None:
    """3: only an error that proves a rollback is; a mistake in `write` may come after its commit."""
    runs: list[list[str]] = []

    async def write(items: list[str]) -> list[str]:
        runs.append(items)
        raise KeyError("made after the commit")

    outcomes = await submit_all(GroupCommit(write, name="trial"), "ab")

    assert [type(outcome) for outcome in outcomes] == [KeyError, KeyError]
    assert runs == [["a", "b"]]


async def test_wrong_number_of_outcomes_is_a_fault_and_no_second_run() -> None:
    """1: what was written stays written, and nobody is given another one's outcome."""
    runs: list[list[str]] = []

    async def write(items: list[str]) -> list[str]:
        runs.append(items)
        return items[1:]

    outcomes = await submit_all(GroupCommit(write, name="trial"), "ab")

    assert [type(outcome) for outcome in outcomes] == [RuntimeError, RuntimeError]
    assert runs == [["a", "b"]]


async def test_item_cancelled_in_the_queue_is_never_written() -> None:
    """4: its neighbours are, and the next batch begins without it."""
    held = HeldBatches()
    group = group_of(held)
    first = asyncio.create_task(group.submit("a"))
    await held.began()
    gone, other = (asyncio.create_task(group.submit(item)) for item in "bc")
    await turns()
    gone.cancel()
    held.let_through(2)

    assert [await first, await other] == ["a!", "c!"]
    assert held.batches == [["a"], ["c"]]


async def test_item_cancelled_in_the_turn_of_its_batch_is_not_written() -> None:
    """4: the batch is taken between the cancellation and the caller's noticing it."""
    held = HeldBatches()
    group = group_of(held)
    gone, other = (asyncio.create_task(group.submit(item)) for item in "ab")
    await asyncio.sleep(0)  # both are queued and the writer is about to run
    gone.cancel()
    held.let_through()

    assert await other == "b!"
    assert held.batches == [["b"]]


async def test_cancelled_caller_does_not_cancel_a_batch_that_began(notes: Pool) -> None:
    """4: the row is there although nobody waited, and the neighbour is told."""
    await notes.execute("truncate trial.note")
    group = notes_group(notes)
    async with notes.transaction() as lock:
        await lock.execute("lock table trial.note")
        gone, other = (asyncio.create_task(group.submit((id_, "x"))) for id_ in (1, 2))
        await turns()
        gone.cancel()
        await turns()

        assert gone.cancelled()
    assert await other == 2
    assert [row["id"] for row in await notes.fetch("select id from trial.note order by id")] == [1, 2]


async def test_lost_connection_is_told_and_nothing_is_run_again() -> None:
    """5: nobody knows whether the batch was committed; a blind second run could double it."""
    held = HeldBatches()
    group = group_of(held)
    held.fail(asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"))

    outcomes = await submit_all(group, "abc")

    assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailable] * 3
    assert all(outcome.retry_after_seconds for outcome in outcomes)
    assert held.batches == [["a", "b", "c"]]


async def test_idempotent_batch_is_run_once_more_after_a_lost_connection() -> None:
    """5: but not for ever."""
    held = HeldBatches()
    group = group_of(held, idempotent=True)
    held.fail(asyncpg.ConnectionDoesNotExistError("lost"))
    held.let_through()

    assert await submit_all(group, "ab") == ["a!", "b!"]

    held.fail(asyncpg.ConnectionDoesNotExistError("lost"))
    held.fail(asyncpg.ConnectionDoesNotExistError("lost again"))
    with pytest.raises(DatabaseUnavailable):
        await group.submit("c")
    assert held.batches == [["a", "b"]] * 2 + [["c"]] * 2


async def test_silence_of_the_server_is_an_unknown_outcome() -> None:
    """5: our own time limit says nothing about what the server did meanwhile."""
    held = HeldBatches()
    group = group_of(held)
    held.fail(TimeoutError())

    outcomes = await submit_all(group, "ab")

    assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailable] * 2
    assert held.batches == [["a", "b"]]


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (asyncpg.DiskFullError("no space left"), StorageFull),
        (asyncpg.QueryCanceledError("statement timeout"), DeadlineExceeded),
        (Overloaded(), Overloaded),  # no connection was free
    ],
)
async def test_outage_is_told_to_every_caller(failure: Exception, told: type[Exception]) -> None:
    """6: running the pieces would meet the same outage."""
    held = HeldBatches()
    group = group_of(held)
    held.fail(failure)

    outcomes = await submit_all(group, "abc")

    assert [type(outcome) for outcome in outcomes] == [told] * 3
    assert held.batches == [["a", "b", "c"]]


async def test_full_queue_refuses_at_once() -> None:
    """7: the caller is told when to come back, and its item is never written."""
    held = HeldBatches()
    group = group_of(held, max_queue=2)
    first = asyncio.create_task(group.submit("a"))
    await held.began()
    queued = [asyncio.create_task(group.submit(item)) for item in "bc"]
    await turns()

    with pytest.raises(Overloaded) as refusal:
        await group.submit("d")

    assert refusal.value.retry_after_seconds
    held.let_through(2)
    assert await asyncio.gather(first, *queued) == ["a!", "b!", "c!"]
    assert held.batches == [["a"], ["b", "c"]]


async def test_cancelled_item_leaves_its_place_in_the_queue() -> None:
    """7: callers that gave up do not keep others out."""
    held = HeldBatches()
    group = group_of(held, max_queue=1)
    first = asyncio.create_task(group.submit("a"))
    await held.began()
    gone = asyncio.create_task(group.submit("b"))
    await turns()
    gone.cancel()
    await turns()
    held.let_through(2)

    assert await group.submit("c") == "c!"
    assert await first == "a!"


async def test_drain_waits_for_everything_queued() -> None:
    """A shutdown that drains loses nothing that was submitted."""
    held = HeldBatches()
    group = group_of(held, max_batch=1)
    submissions = [asyncio.create_task(group.submit(item)) for item in "abc"]
    await held.began()
    drained = asyncio.create_task(group.drain())
    await turns()

    assert not drained.done()
    held.let_through(3)
    async with asyncio.timeout(5):
        await drained
    assert [submission.result() for submission in submissions] == ["a!", "b!", "c!"]


async def test_every_run_is_reported() -> None:
    """The hook is told the name, the number of items and the seconds."""
    held = HeldBatches()
    reports: list[tuple[str, int]] = []
    group = group_of(held, on_batch=lambda name, size, seconds: reports.append((name, size)))
    held.let_through()

    await submit_all(group, "ab")

    assert reports == [("trial", 2)]
