"""The database of a server: the embedded PostgreSQL or another one, safe to write to and migrated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from academe.db.connect import connect, startup_error
from academe.db.durability import check_durability
from academe.db.embedded import EmbeddedPostgres
from academe.db.embedded.layout import Layout
from academe.db.migrate import Applied, migrate
from academe.db.pool import Pool, create_pool
from academe.db.start_faults import as_startup_error
from academe.settings import Settings

ACQUIRE_SECONDS = 2.0
"""That a call waits for a connection. Admission bounds how many wait; a page of courses for each of
128 callers takes half of this on two busy cores."""


class Database:
    """Opened once by the server; `pool` is what everything else uses."""

    def __init__(self, settings: Settings, *, log: Any) -> None:
        self._settings = settings
        self._log = log
        self._embedded = None if settings.database_url else EmbeddedPostgres(settings.data_dir, log=log)
        self._pool: Pool | None = None

    @property
    def pool(self) -> Pool:
        if self._pool is None:
            raise RuntimeError("the database is not open")
        return self._pool

    @property
    def dsn(self) -> str:
        return self._settings.database_url or self._embedded_dsn()

    @property
    def is_missing(self) -> bool:
        """Whether there is none yet: the embedded one is made when its server first starts."""
        return self._embedded is not None and not Layout(self._settings.data_dir).cluster.exists()

    async def start(self, on_wait: Callable[[float], None] | None = None) -> None:
        """Starts PostgreSQL when it is ours, checks that it keeps what it acknowledges, migrates it, and
        opens the pool. Raises StartupError."""
        await self.start_server()
        applied = await self.migrate()
        if applied:
            self._log.info("migrated the database", files=len(applied))
        self._pool = await create_pool(
            self.dsn,
            size=self._settings.database_pool_size,
            statement_timeout_ms=self._settings.statement_timeout_ms,
            command_timeout=self._settings.statement_timeout_ms / 1000 + 1,
            acquire_timeout=ACQUIRE_SECONDS,
            max_waiting=self._settings.max_in_flight,
            on_wait=on_wait,
        )

    async def start_server(self) -> None:
        """Only the embedded PostgreSQL, when it is the one in use."""
        if self._embedded is not None:
            await self._embedded.start()

    async def migrate(self, *, dry_run: bool = False) -> list[Applied]:
        """Checks durability, then brings the schemas up to date, or says what would be done.

        Raises StartupError.
        """
        try:
            connection = await connect(
                self.dsn, application_name="academe migrate", statement_timeout_ms=0, command_timeout=None
            )
        except Exception as error:
            raise startup_error(self.dsn, error) from error
        try:
            with as_startup_error():
                await check_durability(connection)
                return await migrate(connection, dry_run=dry_run)
        finally:
            await connection.close()

    async def stop(self) -> None:
        if self._pool is not None:
            await self._pool.close()
        if self._embedded is not None:
            await self._embedded.stop()

    def _embedded_dsn(self) -> str:
        if self._embedded is None:
            raise RuntimeError("there is no embedded database")
        return self._embedded.dsn
