"""An unmigrated database for the module, with a schema to play in, and a pool over it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from academe.db.pool import Pool, create_pool
from tests.integration.db.notes import Notes
from tests.support.postgres import TestPostgres


@pytest.fixture(scope="module")
async def database(postgres: TestPostgres) -> str:
    """The DSN of a database that holds nothing but the empty schema `trial`."""
    dsn = await postgres.create_database()
    opened = await create_pool(dsn, size=1)
    await opened.execute("create schema trial")
    await opened.close()
    return dsn


@pytest.fixture(scope="module")
async def pool(database: str) -> AsyncIterator[Pool]:
    opened = await create_pool(database, size=4, statement_timeout_ms=10_000, command_timeout=15)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def notes(pool: Pool) -> Notes:
    notes = Notes(pool)
    await notes.create()
    return notes
