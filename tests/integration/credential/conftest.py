"""The slice over a database of the module, with one course that people complete."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from academe.db.pool import Pool
from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.workers import Workers
from tests.support.graduates import Faculty, opened


@pytest.fixture
def faculty() -> Faculty:
    return Faculty()


@pytest.fixture(scope="session")
async def workers() -> AsyncIterator[Workers]:
    """One process for all: starting it takes longer than most tests."""
    made = Workers()
    yield made
    await made.close()


@pytest.fixture
async def parts(pool: Pool, faculty: Faculty, workers: Workers) -> AsyncIterator[CredentialParts]:
    async with opened(pool, faculty, workers=workers) as made:
        yield made
