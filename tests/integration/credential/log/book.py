"""A log to write into and to read as an outsider does."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from academe.db.pool import Pool
from academe.secrets import Secrets
from academe.services.credential.log import (
    CheckpointRepository,
    LogEntry,
    LogEvent,
    LogKeys,
    LogRepository,
    LogService,
    append,
)
from academe.services.credential.log.model import Leaf
from tests.support.pools import patient_pool
from tests.support.postgres import TestPostgres

SECRETS = Secrets.from_bytes(b"the secret of a school in tests, 32+")
ISSUER = "https://school.example"


def entries(count: int, event: LogEvent = LogEvent.ISSUE) -> list[LogEntry]:
    """Of as many credentials, which nobody ever saw."""
    return [LogEntry(event, secrets.token_bytes(32)) for _ in range(count)]


class Book:
    """A log in a database, with its service."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.checkpoints = CheckpointRepository(pool)
        self.repository = LogRepository(pool)
        self.service = self.new_service()

    def new_service(self) -> LogService:
        """As another server of the same school has it."""
        return LogService(self.repository, self.checkpoints, LogKeys(self.checkpoints, SECRETS, ISSUER))

    async def append(self, appended: Sequence[LogEntry] | int) -> list[int]:
        """In a transaction of their own."""
        async with self.pool.transaction() as connection:
            return await append(connection, entries(appended) if isinstance(appended, int) else appended)

    async def leaves(self) -> list[Leaf]:
        """All of them."""
        return await self.repository.leaves(0, 1_000_000)

    async def data(self) -> list[bytes]:
        """What every leaf says, as it is hashed."""
        return [leaf.data for leaf in await self.leaves()]


@asynccontextmanager
async def new_book(postgres: TestPostgres, template: str) -> AsyncIterator[tuple[Book, str]]:
    """A log of its own, to be spoilt, and the DSN of its database."""
    dsn = await postgres.create_database(template=template)
    pool = await patient_pool(dsn, size=4)
    try:
        yield Book(pool), dsn
    finally:
        await pool.close(1)


@asynccontextmanager
async def superuser(postgres: TestPostgres, dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody whom no rule of the database stops: triggers are asleep."""
    connection = await asyncpg.connect(postgres.superuser_dsn_of(dsn))
    try:
        await connection.execute("set session_replication_role = replica")
        yield connection
    finally:
        await connection.close()
