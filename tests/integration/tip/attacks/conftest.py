"""The scene that is attacked, and who attacks it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from academe.db.pool import Pool
from tests.integration.tip.attacks.scene import Scene, build


@pytest.fixture(scope="module")
async def scene(pool: Pool) -> Scene:
    return await build(pool)


@pytest.fixture
async def attacker(pool: Pool, scene: Scene) -> AsyncIterator[asyncpg.Connection]:
    """The application's own connection; what it does is rolled back."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()
