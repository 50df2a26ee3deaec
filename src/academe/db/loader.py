"""The batch loader: many concurrent reads by key become one `= any($1)` query.

There is no timer. A loader at rest starts its query at once, with whatever was asked in the same turn of the
event loop; what is asked while queries run is the next batch. The busier the server, the larger the batches.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

from academe.db.errors import db_error

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Waiters = list["asyncio.Future[Any]"]


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
    5. When the database is away, exhausted or too slow (`db_error` knows), every caller of the batch is told so
       and nothing is asked again.

    `max_batch` is in keys, `max_in_flight` in queries. `on_batch(name, keys, seconds)` is called after each fetch.
    """

    def __init__(
        self,
        fetch: Callable[[list[K]], Awaitable[Mapping[K, V]]],
        *,
        name: str,
        max_batch: int = 256,  # keys: a longer array saves no more per key, and its callers all wait for its last
        max_in_flight: int = 1,  # queries: a second one halves the batches, which costs more than it hides
        on_batch: Callable[[str, int, float], None] | None = None,
    ) -> None:
        self._fetch = fetch
        self._name = name
        self._max_batch = max_batch
        self._max_in_flight = max_in_flight
        self._on_batch = on_batch
        self._queue: dict[K, Waiters] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = False  # one of the tasks has not taken its batch yet: what is asked now goes with it

    async def load(self, key: K) -> V | None:
        """The value of `key`, or None if it has none; raises what `fetch` raised for this key."""
        waiter: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        waiters = self._queue.get(key)
        if waiters is not None:
            waiters.append(waiter)
        else:
            self._queue[key] = [waiter]
            if not self._starting and len(self._tasks) < self._max_in_flight:
                self._start()
        return await waiter

    def _start(self) -> None:
        self._starting = True
        task = asyncio.get_running_loop().create_task(self._fetch_queued(), name=self._name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch_queued(self) -> None:
        self._starting = False
        while self._queue:
            batch = self._take()
            try:
                if batch:
                    await self._answer(batch)
            finally:  # reached with waiters left only when the loop is shutting down and cancels every task
                for waiters in batch.values():
                    for waiter in waiters:
                        waiter.cancel()

    def _take(self) -> dict[K, Waiters]:
        """The next batch, without the keys nobody waits for any more."""
        taken = self._queue
        if len(taken) <= self._max_batch:
            self._queue = {}
        else:
            taken = dict(islice(taken.items(), self._max_batch))
            for key in taken:
                del self._queue[key]
        return {key: waiters for key, waiters in taken.items() if not all(map(_is_done, waiters))}

    async def _answer(self, batch: dict[K, Waiters]) -> None:
        started = time.perf_counter()
        try:
            values = await self._fetch(list(batch))
        except Exception as error:
            fault = db_error(error)
            if fault is None and len(batch) > 1:
                keys = list(batch)
                middle = len(keys) // 2
                await self._answer({key: batch[key] for key in keys[:middle]})
                await self._answer({key: batch[key] for key in keys[middle:]})
                return
            for waiters in batch.values():
                for waiter in waiters:
                    if not waiter.done():
                        waiter.set_exception(fault or error)
                        waiter.exception()
        else:
            ...
