"""A stage for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from academe.db.pool import Pool
from tests.integration.tip.payments.stage import Stage, opened


@pytest.fixture
async def stage(pool: Pool) -> AsyncIterator[Stage]:
    async with opened(pool) as stage:
        yield stage
