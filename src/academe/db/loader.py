"""The batch loader: many concurrent reads by key become one `= any($1)` query.

There is no timer. A loader at rest starts its query at once, with whatever was asked in the same turn of the
event loop; what is asked while a query runs is the next batch. The busier the server, the larger the batches.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from itertools import islice
from typing import Generic, TypeVar

from academe.db.errors import db_error, is_lost
from academe.errors import ShuttingDown

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_Batch = dict[K, list["asyncio.Future[V | None]"]]


class BatchLoader(Generic[K, V]):
    """Reads values of one kind by key, sharing queries between concurrent callers.

    `fetch` takes distinct keys in the order they were asked and answers a mapping; a key it leaves out has no
    value. What callers may rely on:

    1. A value was read after `load` was called, never before: a key asked while a query for that same key is
       running is asked again in the next batch, so callers read their own writes.
    2. A key asked by several callers is in a batch once, and each of them is given its value.
    3. A cancelled caller disturbs nobody, and a queued key nobody waits for any more is not fetched.
    4. A key that makes `fetch` fail fails its own callers only: the batch is halved and asked again until the
       bad key stands alone.
    5. A batch whose connection is lost is asked once more. When the database is away, exhausted or too slow
       (see `db_error`), every caller of the batch is told so, and nothing is asked again.

    `fetch` runs in an empty context: it belongs to no caller, so neither do its log lines and trace spans.
    `max_batch` is in keys, `max_in_flight` in queries. `on_batch(name, keys, seconds)` is told of every fetch
    and must not raise.
    """

    def __init__(
        self,
        fetch: Callable[[list[K]], Awaitable[Mapping[K, V]]],
        *,
        name: str,
        max_batch: int = 256,  # a longer array saves no more per key, and everybody waits for its last row
        max_in_flight: int = 2,  # hides the way to a database elsewhere; to one here it costs nothing
        on_batch: Callable[[str, int, float], None] | None = None,
    ) -> None:
        self._fetch = fetch
        self._name = name
        self._max_batch = max_batch
        self._max_in_flight = max_in_flight
        self._on_batch = on_batch
        self._queue: _Batch[K, V] = {}
        self._in_flight = 0
        self._starting = False  # a task has not taken its batch yet: what is asked now goes with it
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(self, key: K) -> V | None:
        """The value of `key`, or None if it has none; raises what `fetch` raised for this key."""
        return await self._ask(key)

    async def load_all(self, keys: Sequence[K]) -> list[V | None]:
        """The values of keys, in their order; raises what `fetch` raised for one of them."""
        if len(keys) == 1:
            return [await self._ask(keys[0])]
        # Of futures: coroutines would be a task each, which costs more than the rest of it.
        return await asyncio.gather(*map(self._ask, keys))

    def _ask(self, key: K) -> asyncio.Future[V | None]:
        waiter: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        waiters = self._queue.get(key)
        if waiters is not None:
            waiters.append(waiter)
        else:
            self._queue[key] = [waiter]
            if self._in_flight < self._max_in_flight and not self._starting:
                self._start()
        return waiter

    def _start(self) -> None:
        self._starting = True
        self._in_flight += 1
        task = asyncio.get_running_loop().create_task(
            self._fetch_queued(), name=self._name, context=contextvars.Context()
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch_queued(self) -> None:
        """Fetches batch after batch until nothing is queued."""
        self._starting = False
        batch: _Batch[K, V] = {}
        try:
            while self._queue:
                batch = self._take()
                if batch:
                    await self._answer(batch)
        except BaseException:  # the event loop is ending and cancels every task
            _refuse(batch | self._queue, ShuttingDown())
            self._queue.clear()
            raise
        finally:
            self._in_flight -= 1

    def _take(self) -> _Batch[K, V]:
        """The next batch, without the keys that nobody waits for any more."""
        taken = self._queue
        if len(taken) <= self._max_batch:
            self._queue = {}
        else:
            taken = dict(islice(taken.items(), self._max_batch))
            for key in taken:
                del self._queue[key]
        return {
            key: waiters for key, waiters in taken.items() if not all(waiter.done() for waiter in waiters)
        }

    async def _answer(self, batch: _Batch[K, V], *, again: bool = True) -> None:
        keys = list(batch)
        started = time.perf_counter()
        failure: Exception | None = None
        values: Mapping[K, V] = {}
        try:
            values = await self._fetch(keys)
        except Exception as error:
            failure = error
        if self._on_batch is not None:
            self._on_batch(self._name, len(keys), time.perf_counter() - started)
        if failure is not None:
            await self._recover(batch, failure, again)
            return
        for key, waiters in batch.items():
            value = values.get(key)
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(value)

    async def _recover(self, batch: _Batch[K, V], error: Exception, again: bool) -> None:
        fault = db_error(error)
        if again and is_lost(error):
            await self._answer(batch, again=False)
        elif fault is not None or len(batch) == 1:
            _refuse(batch, fault or error)
        else:
            keys = list(batch)
            middle = len(keys) // 2
            await self._answer({key: batch[key] for key in keys[:middle]}, again=again)
            await self._answer({key: batch[key] for key in keys[middle:]}, again=again)


def _refuse(batch: _Batch[K, V], error: Exception) -> None:
    for waiters in batch.values():
        for waiter in waiters:
            if not waiter.done():
                waiter.set_exception(error)
