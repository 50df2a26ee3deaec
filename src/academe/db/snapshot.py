"""Several connections that see one and the same moment of the database, for reading all of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from academe.db.connect import connect

_EXPORTED = re.compile(r"[0-9A-F-]+")


@asynccontextmanager
async def one_snapshot(
    dsn: str, count: int, *, application_name: str
) -> AsyncIterator[list[asyncpg.Connection]]:
    """`count` new connections in read-only transactions on one snapshot, without limits of time.

    They are apart from the pool, since work of minutes would keep its callers waiting. Several of them use
    several cores even where the server runs each statement on one. Raises what asyncpg raises.
    """
    async with AsyncExitStack() as stack:
        connections: list[asyncpg.Connection] = []
        for _ in range(count):
            connection = await connect(
                dsn, application_name=application_name, statement_timeout_ms=0, command_timeout=None
            )
            # Not close(): whoever leaves early does not wait for a statement to end.
            stack.callback(connection.terminate)
            connections.append(connection)
        exported = ""
        for connection in connections:
            await connection.transaction(isolation="repeatable_read", readonly=True).start()
            if exported:
                await connection.execute(f"set transaction snapshot '{exported}'")
            else:
                exported = await connection.fetchval("select pg_export_snapshot()")
                if not _EXPORTED.fullmatch(exported):
                    raise ValueError(f"not the name of a snapshot: {exported}")
        yield connections
