"""What the callers of a GroupCommit are told when something fails; the numbers are those of its docstring."""

from __future__ import annotations

import asyncpg
import pytest

from academe.db.group_commit import CONFLICT_RERUNS, GroupCommit
from academe.errors import AcademeError, DatabaseUnavailable, DeadlineExceeded, Overloaded, StorageFull
from tests.integration.db.held import HeldBatches, group_of, submit_all
from tests.integration.db.notes import Notes


class Refused(AcademeError):
    """The item was not to be."""


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
async def test_poisoned_item_fails_its_own_caller_only(notes: Notes, bad: str, told: type[Exception]) -> None:
    """3: one item in a hundred makes the statement fail, and ninety-nine are written."""
    await notes.clear()
    group = notes.group

    outcomes = await submit_all(group, [(id_, bad if id_ == 41 else "x") for id_ in range(100)])

    assert isinstance(outcomes.pop(41), told)
    assert outcomes == [id_ for id_ in range(100) if id_ != 41]
    assert await notes.pool.fetchval("select count(*) from trial.note") == 99


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
