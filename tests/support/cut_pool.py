"""A pool whose transactions lose their connection in the middle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from academe.db.pool import Pool

CUT = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What the caller of a cut transaction gets, depending on how far the news has come."""


class CutConnection:
    """A connection whose backend is killed after so many statements."""

    def __init__(self, connection: Any, killer: Pool, statements: int) -> None:
        self._connection = connection
        self._killer = killer
        self._left = statements

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._connection, name)

        async def cut(*arguments: Any) -> Any:
            result = await call(*arguments)
            self._left -= 1
            if self._left == 0:
                await self._killer.execute(
                    "select pg_terminate_backend($1)", self._connection.get_server_pid()
                )
            return result

        return cut if name in ("execute", "fetch", "fetchrow", "fetchval") else call


class CutPool:
    """Like `pool`, but for its transactions, which are cut after so many statements each."""

    def __init__(self, pool: Pool, statements: int) -> None:
        self._pool = pool
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[CutConnection]:
        async with self._pool.transaction() as connection:
            yield CutConnection(connection, self._pool, self._statements)
