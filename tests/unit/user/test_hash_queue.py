"""The threads for slow work and the short queue in front of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from academe.errors import Overloaded, ShuttingDown
from academe.services.user.hash_queue import HashQueue


class Gate:
    """Work that ends when it is let, and says when it has begun."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.open.wait(30)
        return "done"

    async def until_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 30)


@pytest.fixture
async def queue() -> AsyncIterator[HashQueue]:
    opened = HashQueue(threads=1)
    opened.limit = 3
    opened.seconds_per_item = 0.25
    yield opened
    await opened.close()


async def occupied(queue: HashQueue) -> tuple[Gate, asyncio.Task[str]]:
    gate = Gate()
    task = asyncio.create_task(queue.run(gate))
    await gate.until_begun()
    return gate, task


async def waiting(queue: HashQueue, items: int) -> None:
    await asyncio.sleep(0)  # each task that was just made has run up to where it waits
    assert queue.waiting == items


async def test_work_is_done_in_the_order_it_came(queue: HashQueue) -> None:
    """First come, first served, and each caller gets its own result."""
    gate, first = await occupied(queue)
    order: list[int] = []

    def note(number: int) -> int:
        order.append(number)
        return number

    others = [asyncio.create_task(queue.run(lambda n=number: note(n))) for number in range(3)]  # type: ignore[misc]
    await waiting(queue, 3)
    gate.open.set()

    assert await asyncio.gather(*others) == [0, 1, 2]
    assert order == [0, 1, 2]
    assert await first == "done"


async def test_one_too_many_is_refused_with_the_time_to_come_back(queue: HashQueue) -> None:
    """The retry hint is the time that the queue needs: four items of a quarter of a second."""
    gate, first = await occupied(queue)
    others = [asyncio.create_task(queue.run(lambda: None)) for _ in range(3)]
    await waiting(queue, 3)

    with pytest.raises(Overloaded) as caught:
        await queue.run(lambda: None)

    assert caught.value.retry_after_seconds == 1.0
    gate.open.set()
    await asyncio.gather(first, *others)


async def test_work_nobody_waits_for_is_never_begun(queue: HashQueue) -> None:
    """A caller whose deadline passes takes its work out of the queue and leaves its place to another."""
    gate, first = await occupied(queue)
    done: list[str] = []
    gone = asyncio.create_task(queue.run(lambda: done.append("gone")))
    staying = asyncio.create_task(queue.run(lambda: done.append("staying")))
    await waiting(queue, 2)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)

    assert queue.waiting == 1
    gate.open.set()
    await asyncio.gather(first, staying)
    assert done == ["staying"]


async def test_a_cancelled_caller_keeps_its_thread_until_the_work_ends(queue: HashQueue) -> None:
    """A thread cannot be stopped; nothing else starts on it meanwhile, and then the next one does."""
    gate, first = await occupied(queue)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    next_one = asyncio.create_task(queue.run(lambda: "next"))
    await waiting(queue, 1)

    assert queue.waiting == 1
    gate.open.set()
    assert await next_one == "next"


async def test_a_place_given_to_a_caller_that_left_goes_to_the_next(
    queue: HashQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled in the very turn of the loop in which the place came free."""
    gate, first = await occupied(queue)
    gone = asyncio.create_task(queue.run(lambda: "gone"))
    staying = asyncio.create_task(queue.run(lambda: "staying"))
    await waiting(queue, 2)
    leave = queue._leave

    def leave_and_cancel() -> None:
        leave()
        gone.cancel()

    monkeypatch.setattr(queue, "_leave", leave_and_cancel)
    gate.open.set()

    assert await staying == "staying"
    assert await first == "done"
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await queue.run(lambda: "free again") == "free again"


async def test_a_failure_reaches_its_caller_and_frees_the_thread(queue: HashQueue) -> None:
    """Nobody else notices."""

    def fail() -> None:
        raise ValueError("of this caller")

    with pytest.raises(ValueError, match="of this caller"):
        await queue.run(fail)

    assert await queue.run(lambda: 1) == 1


async def test_closing_tells_who_waits() -> None:
    """What runs is finished; what waits and what comes is told that the server stops."""
    queue = HashQueue(threads=1)
    queue.limit = 3
    gate, first = await occupied(queue)
    second = asyncio.create_task(queue.run(lambda: None))
    await waiting(queue, 1)
    closing = asyncio.create_task(queue.close())
    with pytest.raises(ShuttingDown):
        await second
    gate.open.set()
    await closing

    assert await first == "done"
    with pytest.raises(ShuttingDown):
        await queue.run(lambda: None)
