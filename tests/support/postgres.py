"""One embedded PostgreSQL for the whole test run, and a fresh database for whoever asks."""

from __future__ import annotations

import itertools
import logging
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import structlog
from structlog.typing import FilteringBoundLogger

from academe.db.embedded import EmbeddedPostgres

# Where it exists and has this much room, files in memory save the suite half of its time: a kill -9, which is
# what the tests do, cannot tell them from files on a disk.
MEMORY_DISK = Path("/dev/shm")
MEMORY_DISK_BYTES_MIN = 2 * 1024**3


def temporary_dir() -> Path:
    """An empty private directory with a short name, in memory if there is room. The caller removes it."""
    in_memory = MEMORY_DISK.is_dir() and shutil.disk_usage(MEMORY_DISK).free > MEMORY_DISK_BYTES_MIN
    return Path(tempfile.mkdtemp(prefix="academe-test-", dir=MEMORY_DISK if in_memory else None))


def quiet_log() -> FilteringBoundLogger:
    """A log that shows only errors: PostgreSQL's comings and goings are not what most tests are about."""
    log: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr), wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
    )
    return log


class TestPostgres:
    """A real PostgreSQL with the settings of production, in a temporary directory that `stop` removes.

    A session fixture starts one. A module then migrates one database and takes a copy of it for each test:

        template = await postgres.create_database()
        ...migrate the template, close every connection to it...
        dsn = await postgres.create_database(template=template)     # about 40 ms
        await postgres.drop_database(dsn)                           # optional and 0.3 s; `stop` removes all
    """

    __test__ = False  # a helper, whatever pytest thinks of its name

    def __init__(self) -> None:
        self._data_dir = temporary_dir()
        self.server = EmbeddedPostgres(self._data_dir, log=quiet_log())
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """Takes about 0.6 seconds."""
        await self.server.start()

    async def stop(self) -> None:
        await self.server.stop()
        shutil.rmtree(self._data_dir, ignore_errors=True)

    async def create_database(self, template: str | None = None) -> str:
        """A new database and its DSN, empty or a copy of the database with the given DSN.

        The application's role owns it, as in production. Nobody may be connected to the template meanwhile.
        """
        name = f"test_{next(self._numbers)}"
        source = database_of(template) if template is not None else "template1"
        await self._execute(f'create database "{name}" owner academe template "{source}"')
        return self.dsn_of(name)

    async def drop_database(self, dsn: str) -> None:
        """Remove a database, closing the connections that are still open to it."""
        await self._execute(f'drop database "{database_of(dsn)}" with (force)')

    def dsn_of(self, database: str) -> str:
        """The DSN of the application's role for a database of this server."""
        return self.server.dsn.replace("@/academe?", f"@/{database}?")

    def superuser_dsn_of(self, dsn: str) -> str:
        """The superuser's DSN for the same database, for what the application may not do."""
        return self.server.superuser_dsn(database_of(dsn))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.server.superuser_dsn("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def database_of(dsn: str) -> str:
    """The name of the database in a DSN."""
    return urlsplit(dsn).path.removeprefix("/")
