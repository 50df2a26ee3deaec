"""The group commit: many concurrent writes of one kind become one statement in one transaction.

There is no timer. A writer at rest starts at once, with whatever was submitted in the same turn of the event
loop; what is submitted while it commits is the next batch. One flush of the disk serves everybody who waited.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

import asyncpg

from academe.db.errors import CONFLICTS, RETRY_AWAY_SECONDS, RETRY_CROWDED_SECONDS, db_error, is_lost
from academe.errors import AcademeError, DatabaseUnavailable, Overloaded, ShuttingDown

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
_Entry = tuple["asyncio.Future[Outcome]", Item, Hashable]

CONFLICT_RERUNS = 3
"""Runs after a deadlock or serialization failure before a batch is split; the other one is over by then."""

_ROLLED_BACK = (asyncpg.PostgresError, asyncpg.DataError, AcademeError)
"""What proves that a batch was not committed: the server refused it, a value could not even be sent, or
`write` says so in our own terms."""


class GroupCommit(Generic[Item, Outcome]):
    """Writes items of one kind, sharing transactions between concurrent callers.

    `write` takes items in the order of submission, applies them in one transaction, and returns one outcome
    for each after the commit was acknowledged: a value, or an exception for an item that was refused and
    changed nothing. If it raises an error of the database or an AcademeError, nothing of the batch may be
    committed. What callers may rely on:

    1. `submit` returns, or raises the item's own outcome, only after COMMIT was acknowledged.
    2. Items are applied in the order of submission. Two items with the same `key` are never in one batch nor
       in two at once: the later one waits. Without `key`, `write` gets them together and in order.
    3. An item that makes the statement fail fails its own caller only: the batch was rolled back, and is
       halved and run again until the bad item stands alone. After a deadlock or a serialization failure the
       whole batch is run again first.
    4. A caller that is cancelled while its item is queued takes it along: it is never written. Once a batch
       has begun it goes on, for everybody, whoever is cancelled.
    5. When the connection is lost under a batch nobody knows whether it was committed. Every caller is told
       DatabaseUnavailable with a retry hint, and nothing is run again, unless `idempotent` says that writing
       the same items twice is the same as once (upserts keyed by request): then it is run once more.
    6. When the database is away, full or too slow, every caller of the batch is told so; nothing is split.
    7. At most `max_queue` items wait. The next one is refused at once with Overloaded, and never written.

    `write` runs in an empty context: it belongs to no caller, so neither do its log lines and trace spans.
    `writers` is the number of batches under way at once; more than one needs `key`. `max_batch` and
    `max_queue` are in items. `on_batch(name, items, seconds)` is told of every run of `write`, and must not
    raise.
    """

    def __init__(
        self,
        write: Callable[[list[Item]], Awaitable[Sequence[Outcome | Exception]]],
        *,
        name: str,
        max_batch: int = 256,  # longer batches gained little more in trials, and everybody waits for the last
        max_queue: int = 4_096,  # 16 full batches: at 5 ms each, 80 ms of waiting, time to push back
        key: Callable[[Item], Hashable] | None = None,
        idempotent: bool = False,
        writers: int = 1,
        on_batch: Callable[[str, int, float], None] | None = None,
    ) -> None:
        if writers > 1 and key is None:
            raise ValueError("several writers need a key, or they would change the same row out of order")
        self._write = write
        self._name = name
        self._max_batch = max_batch
        self._max_queue = max_queue
        self._key = key
        self._idempotent = idempotent
        self._writers = writers
        self._on_batch = on_batch
        self._queue: dict[asyncio.Future[Outcome], tuple[Item, Hashable]] = {}
        self._held: set[Hashable] = set()  # keys of the batches under way
        self._writing = 0
        self._starting = False  # a writer was made that has not taken its batch yet
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, item: Item) -> Outcome:
        """Writes `item` and returns its outcome; see the class for what is raised when."""
        if len(self._queue) >= self._max_queue:
            raise Overloaded(retry_after_seconds=RETRY_CROWDED_SECONDS)
        key = self._key(item) if self._key is not None else None
        waiter: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue[waiter] = item, key
        self._start_writer()
        try:
            return await waiter
        except asyncio.CancelledError:
            self._queue.pop(waiter, None)
            raise

    async def submit_all(self, items: Sequence[Item]) -> list[Outcome | Exception]:
        """Writes many items, in their order, and returns an outcome for each once all are written.

        What `submit` would raise for an item is its outcome. Raises Overloaded when there is no room for all
        of them; nothing is written then.
        """
        if len(self._queue) + len(items) > self._max_queue:
            raise Overloaded(retry_after_seconds=RETRY_CROWDED_SECONDS)
        loop = asyncio.get_running_loop()
        waiters: list[asyncio.Future[Outcome]] = []
        for item in items:
            waiter: asyncio.Future[Outcome] = loop.create_future()
            self._queue[waiter] = item, self._key(item) if self._key is not None else None
            waiters.append(waiter)
        self._start_writer()
        try:
            return await asyncio.gather(*waiters, return_exceptions=True)  # type: ignore[return-value]
        except asyncio.CancelledError:
            for waiter in waiters:
                self._queue.pop(waiter, None)
            raise

    async def drain(self) -> None:
        """Returns once everything submitted so far, and meanwhile, is written; for an orderly shutdown."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _start_writer(self) -> None:
        if self._starting or self._writing >= self._writers:
            return
        self._starting = True
        self._writing += 1
        task = asyncio.get_running_loop().create_task(
            self._write_queued(), name=self._name, context=contextvars.Context()
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write_queued(self) -> None:
        """Writes batch after batch, until there is nothing that this writer may take."""
        self._starting = False
        batch: list[_Entry[Outcome, Item]] = []
        try:
            while batch := self._take():
                if self._queue:
                    self._start_writer()
                await self._commit(batch, CONFLICT_RERUNS)
                self._held.difference_update(key for _, _, key in batch)
        except BaseException:  # the event loop is ending and cancels every task
            for waiter in (*self._queue, *(waiter for waiter, _, _ in batch)):
                if not waiter.done():
                    waiter.set_exception(ShuttingDown())
            self._queue.clear()
            raise
        finally:
            self._writing -= 1

    def _take(self) -> list[_Entry[Outcome, Item]]:
        """The next batch, whose keys are held from now on."""
        batch: list[_Entry[Outcome, Item]] = []
        for waiter, (item, key) in self._queue.items():
            if waiter.done():
                continue  # cancelled in this turn of the loop: its caller is about to take it out
            if self._key is not None:
                if key in self._held:
                    continue
                self._held.add(key)
            batch.append((waiter, item, key))
            if len(batch) == self._max_batch:
                break
        for waiter, _, _ in batch:
            del self._queue[waiter]
        return batch

    async def _commit(self, batch: list[_Entry[Outcome, Item]], reruns: int) -> None:
        started = time.perf_counter()
        failure: Exception | None = None
        outcomes: Sequence[Outcome | Exception] = ()
        try:
            outcomes = await self._write([item for _, item, _ in batch])
        except Exception as error:
            failure = error
        if self._on_batch is not None:
            self._on_batch(self._name, len(batch), time.perf_counter() - started)
        if failure is not None:
            await self._recover(batch, failure, reruns)
        elif len(outcomes) == len(batch):
            for (waiter, _, _), outcome in zip(batch, outcomes, strict=True):
                _tell(waiter, outcome)
        else:
            fault = RuntimeError(f"{self._name} gave {len(outcomes)} outcomes for {len(batch)} items")
            for waiter, _, _ in batch:
                _tell(waiter, fault)

    async def _recover(self, batch: list[_Entry[Outcome, Item]], error: Exception, reruns: int) -> None:
        """Runs a failed batch again, whole or in halves, as far as that cannot write anything twice."""
        fault = db_error(error)
        conflict = isinstance(error, CONFLICTS)
        if reruns and (conflict or (self._idempotent and is_lost(error))):
            await self._commit(batch, reruns - 1 if conflict else 0)
        elif len(batch) > 1 and (conflict or (fault is None and self._surely_rolled_back(error))):
            middle = len(batch) // 2
            await self._commit(batch[:middle], reruns)
            await self._commit(batch[middle:], reruns)
        else:
            if isinstance(error, TimeoutError):  # ours, not the server's: it may have committed just then
                fault = DatabaseUnavailable(retry_after_seconds=RETRY_AWAY_SECONDS)
                fault.__cause__ = error
            for waiter, _, _ in batch:
                _tell(waiter, fault or error)

    def _surely_rolled_back(self, error: Exception) -> bool:
        # Anything else may have been raised after the commit, while `write` made its outcomes.
        return self._idempotent or isinstance(error, _ROLLED_BACK)


def _tell(waiter: asyncio.Future[Outcome], outcome: Outcome | Exception) -> None:
    if waiter.done():
        return  # the caller was cancelled; what was written stays written
    if isinstance(outcome, Exception):
        waiter.set_exception(outcome)
    else:
        waiter.set_result(outcome)
