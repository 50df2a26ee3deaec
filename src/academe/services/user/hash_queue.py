"""A few threads for slow pure work, and a short queue in front of them.

Hashing a password takes longer than everything else a call does together. It runs on threads of its own,
since asyncio's shared ones also resolve names and read files, and it leaves one core to the event loop.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from academe.errors import Overloaded, ShuttingDown

Result = TypeVar("Result")


def spare_cores() -> int:
    """The cores this process may use, but for the one of the event loop; at least 1."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        cores = os.cpu_count() or 1
    return max(1, cores - 1)


class HashQueue:
    """Runs work on `threads` threads, first come first served.

    Work whose caller was cancelled while it waited is never begun. At most `limit` items wait; the next one
    is refused at once with Overloaded, whose retry hint is the time that the queue needs to empty.
    """

    def __init__(self, *, threads: int) -> None:
        self.limit = threads
        """Set by who knows how long an item takes."""
        self.seconds_per_item = 0.0
        self._size = threads
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="academe-hash")
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed = False

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, or what it raises. Raises Overloaded, or ShuttingDown after `close`."""
        if self._closed:
            raise ShuttingDown
        if self._running < self._size:
            self._running += 1
        else:
            await self._turn()
        try:
            job = self._threads.submit(work)
        except RuntimeError as error:  # closed between the turn and now
            self._leave()
            raise ShuttingDown from error
        # A cancelled caller does not stop a thread: its place is free when the work ends, not before.
        loop = asyncio.get_running_loop()
        job.add_done_callback(lambda done: self._hand_over(loop, done))
        return await asyncio.wrap_future(job)

    async def close(self) -> None:
        """Refuses what waits and what comes; returns when the running work has ended."""
        self._closed = True
        for turn in self._waiting:
            if not turn.done():
                turn.set_exception(ShuttingDown())
        self._waiting.clear()
        await asyncio.to_thread(self._threads.shutdown)

    async def _turn(self) -> None:
        if len(self._waiting) >= self.limit:
            waiting_seconds = (len(self._waiting) + 1) * self.seconds_per_item / self._size
            raise Overloaded(
                "Too many people are signing in at this moment; try again shortly.",
                retry_after_seconds=max(0.1, round(waiting_seconds, 1)),
            )
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._leave()  # the place was given to a caller that no longer wants it
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def _hand_over(self, loop: asyncio.AbstractEventLoop, job: Future[Result]) -> None:
        if not loop.is_closed():  # else nobody is left to wait
            loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._running -= 1
