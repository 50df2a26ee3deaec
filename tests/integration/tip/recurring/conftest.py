from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from academe.db.pool import Pool
from tests.integration.tip.recurring.promises import Promises


@pytest.fixture
async def promises(pool: Pool) -> AsyncIterator[Promises]:
    made = Promises(pool)
    yield made
    await made.close()
