"""A migrated database for each test, so that positions begin at 1."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from academe.db.pool import Pool, create_pool
from tests.support.postgres import TestPostgres


@pytest.fixture
async def database(postgres: TestPostgres, template_database: str) -> str:
    return await postgres.create_database(template=template_database)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    opened = await create_pool(database, size=6, acquire_timeout=5)
    yield opened
    await opened.close()
