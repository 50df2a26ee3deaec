"""What the callers of a GroupCommit may rely on; the numbers are those of its docstring."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

import pytest

from academe.db.group_commit import GroupCommit
from academe.errors import Overloaded
from tests.integration.db.held import HeldBatches, group_of, submit_all, turns
from tests.integration.db.notes import Notes


async def test_items_submitted_in_one_turn_share_a_transaction(notes: Notes) -> None:
    """Concurrent writes are one statement: PostgreSQL gives all of the rows the same transaction."""
    group = notes.group

    await submit_all(group, [(id_, "x") for id_ in range(1, 6)])

    assert await notes.pool.fetchval("select count(distinct xmin::text) from trial.note where id <= 5") == 1


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


async def test_caller_is_told_after_the_commit(notes: Notes) -> None:
    """1: whoever has been told can be seen by any other connection."""
    group = notes.group

    async def submit_and_look(id_: int) -> bool:
        await group.submit((id_, "x"))
        return bool(await notes.pool.fetchval("select exists (select from trial.note where id = $1)", id_))

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


async def test_cancelled_caller_does_not_cancel_a_batch_that_began(notes: Notes) -> None:
    """4: the row is there although nobody waited, and the neighbour is told."""
    await notes.clear()
    group = notes.group
    async with notes.pool.transaction() as lock:
        await lock.execute("lock table trial.note")
        gone, other = (asyncio.create_task(group.submit((id_, "x"))) for id_ in (1, 2))
        await turns()
        gone.cancel()
        await turns()

        assert gone.cancelled()
    assert await other == 2
    assert [row["id"] for row in await notes.pool.fetch("select id from trial.note order by id")] == [1, 2]


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


async def test_write_belongs_to_no_caller() -> None:
    """What the first caller of a batch has in its context, like a request id, is not there."""
    request_id: ContextVar[str] = ContextVar("request_id", default="none")

    async def write(items: list[str]) -> list[str]:
        return [request_id.get() for _ in items]

    request_id.set("of the first caller")

    assert await submit_all(GroupCommit(write, name="trial"), "ab") == ["none", "none"]
