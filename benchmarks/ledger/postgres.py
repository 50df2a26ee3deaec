"""The embedded PostgreSQL as the server runs it, on a disk, with a database for each design."""

from __future__ import annotations

import logging
import os
import platform
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import asyncpg
import psutil
import structlog
from structlog.typing import FilteringBoundLogger

from academe.db.connect import connect
from academe.db.embedded import EmbeddedPostgres

MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs"}


@asynccontextmanager
async def measured_postgres(disk: Path | None) -> AsyncIterator[MeasuredPostgres]:
    """A PostgreSQL with the settings of production in a temporary directory below `disk`, removed afterwards.

    Raises SystemExit where that directory is not on a disk: an fsync of memory costs nothing.
    """
    with tempfile.TemporaryDirectory(prefix="academe-ledger-", dir=disk, ignore_cleanup_errors=True) as made:
        scratch = Path(made)
        kind = file_system(scratch)
        if kind in MEMORY_FILE_SYSTEMS:
            sys.exit(f"{scratch.parent} is in memory ({kind}); give a directory on a disk with --disk")
        server = EmbeddedPostgres(scratch / "data", log=_errors_only())
        await server.start()
        try:
            yield MeasuredPostgres(server, scratch)
        finally:
            await server.stop()


def _errors_only() -> FilteringBoundLogger:
    log: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr), wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
    )
    return log


class MeasuredPostgres:
    """Where designs get databases and connections."""

    def __init__(self, server: EmbeddedPostgres, scratch: Path) -> None:
        self.server = server
        self.scratch = scratch

    async def create_database(self, name: str) -> str:
        """A new empty database of the application's role, and its DSN."""
        async with self.superuser("postgres") as connection:
            await connection.execute(f'create database "{name}" owner academe')
        return self.server.dsn.replace("@/academe?", f"@/{name}?")

    def superuser(self, database: str) -> Connected:
        """`async with` a superuser's connection; closed at the end."""
        return Connected(self.server.superuser_dsn(database))

    async def conditions(self) -> dict[str, str]:
        """What a reader has to know of the machine and the database to judge the numbers."""
        async with self.superuser("postgres") as connection:
            shown = {
                name: await connection.fetchval("select current_setting($1)", name)
                for name in (
                    "server_version",
                    "fsync",
                    "full_page_writes",
                    "synchronous_commit",
                    "shared_buffers",
                )
            }
        memory_gb = psutil.virtual_memory().total / 1e9
        return {
            "machine": f"{os.cpu_count()} cores ({platform.machine()}), {memory_gb:.0f} GB",
            "python": platform.python_version(),
            "disk": file_system(self.scratch),
            **shown,
        }


class Connected:
    """A connection for the length of a block, with the session settings of production and no time limits."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await connect(
            self._dsn, application_name="bench", statement_timeout_ms=0, command_timeout=None
        )
        return self._connection

    async def __aexit__(
        self,
        error_class: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._connection.close()


@dataclass(frozen=True)
class Backend:
    """The server's process behind one connection, watched from outside."""

    process: psutil.Process

    @classmethod
    def of(cls, connection: asyncpg.Connection) -> Backend:
        return cls(psutil.Process(connection.get_server_pid()))

    def cpu_seconds(self) -> float:
        """User and system time; counted by the kernel in hundredths of a second."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


def file_system(path: Path) -> str:
    """The kind of file system that a path is on, such as ext4."""
    mounts = [m for m in psutil.disk_partitions(all=True) if path.resolve().is_relative_to(m.mountpoint)]
    return max(mounts, key=lambda m: len(m.mountpoint)).fstype if mounts else "unknown"


def database_of(dsn: str) -> str:
    return urlsplit(dsn).path.removeprefix("/")
