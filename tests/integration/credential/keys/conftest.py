"""Issuers on a database of the module's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from academe.db.pool import Pool
from tests.support.issuers import IssuerProcess
from tests.support.pools import patient_pool
from tests.support.postgres import TestPostgres


@pytest.fixture
async def empty(postgres: TestPostgres, template_database: str) -> AsyncIterator[Pool]:
    """A school that was never started before."""
    pool = await patient_pool(await postgres.create_database(template=template_database), size=8)
    yield pool
    await pool.close()


@pytest.fixture
def here(pool: Pool) -> IssuerProcess:
    return IssuerProcess(pool)


@pytest.fixture
def elsewhere(pool: Pool) -> IssuerProcess:
    """Another process of the same school."""
    return IssuerProcess(pool)
