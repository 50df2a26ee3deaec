"""Lends a fixed number of connections, each handed over without a task, a timer or a round trip.

asyncpg's own pool spends a task, a timer and a `reset all` round trip on every use. Nothing here changes the
state of a session (limits and search path are set when connecting; locks and settings are of a transaction),
so a connection that was used to a clean end goes to the next borrower as it is. One whose use was cancelled,
timed out, or left a transaction open goes through asyncpg's full reset first, out of everybody's way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import asyncpg

from academe.db.errors import LOST, RETRY_AWAY_SECONDS, RETRY_CROWDED_SECONDS
from academe.errors import DatabaseUnavailable, Overloaded, ShuttingDown

MEND_SECONDS = 5.0
"""Time for the server to confirm a cancelled statement; a connection that takes longer is closed."""

_USELESS = (*LOST, asyncpg.InternalClientError, asyncpg.ReadOnlySQLTransactionError)
"""InternalClientError: asyncpg lost track of the protocol. Read-only: the server has become a standby, and a
new connection finds the new primary."""


class Lender:
    """`size` connections for any number of borrowers.

    Borrowing raises Overloaded when no connection comes free within the timeout, or at once when
    `max_waiting` borrowers wait already; DatabaseUnavailable when there is no connection and none can be
    opened; ShuttingDown after `close`. A connection that ended is replaced when somebody next needs one.
    """

    def __init__(
        self,
        open_one: Callable[[], Awaitable[asyncpg.Connection]],
        *,
        size: int,
        max_waiting: int,
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        self.size = size
        self.idle: list[asyncpg.Connection] = []  # the last one used, with warm caches, is the next one lent
        self.connected: set[asyncpg.Connection] = set()
        self.waiting: dict[asyncio.Future[asyncpg.Connection], None] = {}  # a queue that can lose its middle
        self._open_one = open_one
        self._max_waiting = max_waiting
        self._on_wait = on_wait
        self._opening = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._all_closed = asyncio.Event()

    async def open_all(self) -> None:
        """Opens every connection, the first one alone so that a database that is away is asked once."""
        self.idle.append(await self._connect())
        others = (self._connect() for _ in range(self.size - 1))
        for opened in await asyncio.gather(*others, return_exceptions=True):
            if isinstance(opened, BaseException):
                raise opened
            self.idle.append(opened)

    async def _connect(self) -> asyncpg.Connection:
        connection = await self._open_one()
        self.connected.add(connection)
        return connection

    async def borrow(self, timeout: float) -> asyncpg.Connection:
        """A connection that was open when last heard of; `timeout` in seconds."""
        while self.idle:
            connection = self.idle.pop()
            if not connection.is_closed():
                return connection
            self.connected.discard(connection)
        return await self._wait(timeout)

    def give_back(self, connection: asyncpg.Connection, error: type[BaseException] | None) -> None:
        """Ends a loan; `error` is the class of what the borrower's block raised."""
        if connection.is_closed() or (error is not None and issubclass(error, _USELESS)):
            self._drop(connection)
        elif connection.is_in_transaction() or (
            # Other exceptions are the server's refusal or the borrower's own, and leave nothing behind.
            error is not None and (issubclass(error, TimeoutError) or not issubclass(error, Exception))
        ):
            self._spawn(self._mend(connection))
        else:
            self._hand_over(connection)

    async def close(self, timeout: float) -> None:
        """Refuses borrowers, waits `timeout` seconds for what is lent, then ends every connection."""
        self._closing = True
        self._refuse_waiting(ShuttingDown())
        for connection in self.idle:
            self._spawn(self._end(connection))
        self.idle.clear()
        if self.connected or self._opening:
            try:
                async with asyncio.timeout(timeout):
                    await self._all_closed.wait()
            except TimeoutError:
                for connection in tuple(self.connected):
                    self._drop(connection)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wait(self, timeout: float) -> asyncpg.Connection:
        if self._closing:
            raise ShuttingDown
        if len(self.waiting) >= self._max_waiting:
            raise Overloaded(retry_after_seconds=RETRY_CROWDED_SECONDS)
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[asyncpg.Connection] = loop.create_future()
        self.waiting[waiter] = None
        self._grow()
        started = time.perf_counter()
        timer = loop.call_later(timeout, self._expire, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.give_back(waiter.result(), None)  # handed over in the turn of the cancellation
            raise
        finally:
            timer.cancel()
            self.waiting.pop(waiter, None)
            if self._on_wait is not None:
                self._on_wait(time.perf_counter() - started)

    def _expire(self, waiter: asyncio.Future[asyncpg.Connection]) -> None:
        if not waiter.done():
            crowded = Overloaded(retry_after_seconds=RETRY_CROWDED_SECONDS)
            waiter.set_exception(crowded if self.connected else _away())

    def _refuse_waiting(self, error: Exception) -> None:
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_exception(error)

    def _hand_over(self, connection: asyncpg.Connection) -> None:
        if self._closing:
            self._spawn(self._end(connection))
            return
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_result(connection)
                return
        self.idle.append(connection)

    def _grow(self) -> None:
        """Opens connections for those who wait, as far as `size` allows."""
        if self._closing:
            return
        while len(self.connected) + self._opening < self.size and self._opening < len(self.waiting):
            self._opening += 1
            self._spawn(self._open_for_waiter())

    async def _open_for_waiter(self) -> None:
        try:
            connection = await self._connect()
        except Exception as error:
            if not self.connected:  # else the borrowers wait for one that is alive
                self._refuse_waiting(_away(error))
        else:
            self._hand_over(connection)
        finally:
            self._opening -= 1
            self._note_closed()

    async def _mend(self, connection: asyncpg.Connection) -> None:
        try:
            await connection.reset(timeout=MEND_SECONDS)
        except Exception:
            connection.terminate()
        self.give_back(connection, None)

    async def _end(self, connection: asyncpg.Connection) -> None:
        with suppress(Exception):
            await connection.close(timeout=MEND_SECONDS)
        self._drop(connection)

    def _drop(self, connection: asyncpg.Connection) -> None:
        connection.terminate()
        self.connected.discard(connection)
        self._grow()
        self._note_closed()

    def _note_closed(self) -> None:
        if self._closing and not self.connected and not self._opening:
            self._all_closed.set()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _away(cause: Exception | None = None) -> DatabaseUnavailable:
    error = DatabaseUnavailable(retry_after_seconds=RETRY_AWAY_SECONDS)
    error.__cause__ = cause
    return error
