"""The connection pool that everything but the migrations goes through."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

import asyncpg

from academe.db.connect import connect, startup_error
from academe.db.lender import Lender


@runtime_checkable
class Queryable(Protocol):
    """What runs statements: the pool, each in its own transaction, or a connection, in its current one."""

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]: ...

    async def fetchrow(
        self, query: str, *args: Any, timeout: float | None = None
    ) -> asyncpg.Record | None: ...

    async def fetchval(
        self, query: str, *args: Any, column: int = 0, timeout: float | None = None
    ) -> Any: ...

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str: ...


async def create_pool(
    dsn: str,
    *,
    size: int = 10,
    statement_timeout_ms: int = 5_000,
    command_timeout: float = 6.0,  # seconds; later than the server's own limit, whose answer leaves no doubt
    acquire_timeout: float = 0.5,  # seconds; a pool this far behind does not catch up by queueing more
    max_waiting: int = 1_024,
    application_name: str = "academe",
    on_wait: Callable[[float], None] | None = None,
) -> Pool:
    """Opens `size` connections. Raises StartupError, in one sentence, when the database does not let us in.

    `on_wait(seconds)` is called each time a caller had to wait for a connection.
    """

    def open_one() -> Awaitable[asyncpg.Connection]:
        return connect(
            dsn,
            application_name=application_name,
            statement_timeout_ms=statement_timeout_ms,
            command_timeout=command_timeout,
        )

    lender = Lender(open_one, size=size, max_waiting=max_waiting, on_wait=on_wait)
    try:
        await lender.open_all()
    except (
        OSError,
        ValueError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    ) as error:
        await lender.close(0)
        raise startup_error(dsn, error) from error
    return Pool(lender, acquire_timeout)


class Pool:
    """A Queryable over several connections, made by `create_pool`; `Lender` says what borrowing raises."""

    def __init__(self, lender: Lender, acquire_timeout: float) -> None:
        self._lender = lender
        self._acquire_timeout = acquire_timeout

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        async with Loan(self._lender, self._acquire_timeout) as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *args, timeout=timeout)
            return rows

    async def fetchrow(self, query: str, *args: Any, timeout: float | None = None) -> asyncpg.Record | None:
        async with Loan(self._lender, self._acquire_timeout) as connection:
            return await connection.fetchrow(query, *args, timeout=timeout)

    async def fetchval(self, query: str, *args: Any, column: int = 0, timeout: float | None = None) -> Any:
        async with Loan(self._lender, self._acquire_timeout) as connection:
            return await connection.fetchval(query, *args, column=column, timeout=timeout)

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        async with Loan(self._lender, self._acquire_timeout) as connection:
            status: str = await connection.execute(query, *args, timeout=timeout)
            return status

    def acquire(self, *, timeout: float | None = None) -> Loan:
        """`async with pool.acquire() as connection:` for several statements; `timeout` in seconds to wait."""
        return Loan(self._lender, self._acquire_timeout if timeout is None else timeout)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection in a transaction, committed at the end of the block and rolled back if it raises."""
        async with Loan(self._lender, self._acquire_timeout) as connection, connection.transaction():
            yield connection

    async def close(self, timeout: float = 10.0) -> None:
        """Refuses new callers, waits `timeout` seconds for what is under way, then ends every connection."""
        await self._lender.close(timeout)

    @property
    def size(self) -> int:
        return self._lender.size

    @property
    def connected(self) -> int:
        return len(self._lender.connected)

    @property
    def idle(self) -> int:
        return len(self._lender.idle)

    @property
    def waiting(self) -> int:
        return len(self._lender.waiting)


class Loan:
    """One use of one connection."""

    __slots__ = ("_connection", "_lender", "_timeout")

    def __init__(self, lender: Lender, timeout: float) -> None:
        self._lender = lender
        self._timeout = timeout

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await self._lender.borrow(self._timeout)
        return self._connection

    async def __aexit__(
        self,
        error_class: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lender.give_back(self._connection, error_class)
