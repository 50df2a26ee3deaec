"""Whether the database answers, asked all the time, so that load balancers know within two seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import asyncpg

from academe.db.connect import connect

PING_PAUSE_SECONDS = 0.75
"""Between two pings while all is well. With PING_SECONDS a silent database is noticed in 1.75 s at most."""
PING_SECONDS = 1.0
"""For `select 1`, which takes 0.1 ms; a database that needs longer would keep every call waiting."""
RETRY_PAUSE_SECONDS = 0.25
"""Between two attempts to connect while the database is away."""
CONNECT_SECONDS = 0.7
"""For one attempt, 10 ms as a rule. An attempt begun just before the network heals delays the good news by
this much, and with the pause it must stay under a second."""

AWAY = "the database does not answer"


class Readiness:
    """Pings the database on a connection of its own, so that a full pool is not taken for a dead database.

    `on_change` is called with None when the database begins to answer, and with the reason when it ceases to.
    One lost connection is not yet a reason: the database is away when a new one cannot be had either.
    """

    def __init__(self, dsn: str, on_change: Callable[[str | None], None], log: Any) -> None:
        self._dsn = dsn
        self._on_change = on_change
        self._log = log
        self._ready: bool | None = None  # nobody knows yet
        self._away_since = time.monotonic()
        self._connection: asyncpg.Connection | None = None
        self.server_version = ""
        """PostgreSQL's, such as 18.4, once it has answered."""

    async def run(self) -> None:
        """Runs until cancelled."""
        try:
            while True:
                connected = self._connection is not None
                fault = await self._ping()
                if connected and fault is not None and not isinstance(fault, TimeoutError):
                    fault = await self._ping()  # the connection was lost; is the database?
                self._tell(fault)
                await asyncio.sleep(PING_PAUSE_SECONDS if fault is None else RETRY_PAUSE_SECONDS)
        finally:
            self._drop()

    async def _ping(self) -> Exception | None:
        try:
            if self._connection is None:
                async with asyncio.timeout(CONNECT_SECONDS):
                    self._connection = await self._connect()
            async with asyncio.timeout(PING_SECONDS):
                await self._connection.fetchval("select 1")
        except Exception as fault:
            self._drop()
            return fault
        return None

    async def _connect(self) -> asyncpg.Connection:
        connection = await connect(
            self._dsn,
            application_name="academe readiness",
            statement_timeout_ms=int(PING_SECONDS * 1000),
            command_timeout=None,
        )
        version = connection.get_server_version()
        self.server_version = f"{version.major}.{version.micro}"  # asyncpg's minor is 0 since PostgreSQL 10
        return connection

    def _drop(self) -> None:
        # Not close(), which says goodbye to a server that may not be listening.
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def _tell(self, fault: Exception | None) -> None:
        ready = fault is None
        if ready is self._ready:
            return
        now = time.monotonic()
        if ready:
            self._log.info("the database answers", away_seconds=round(now - self._away_since, 3))
        else:
            self._log.warning(AWAY, fault=repr(fault))
            self._away_since = now
        self._ready = ready
        self._on_change(None if ready else AWAY)
