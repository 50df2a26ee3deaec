from __future__ import annotations

import pytest

from academe.db.pool import Pool
from tests.integration.tip.holds.held import Held


@pytest.fixture
def held(pool: Pool) -> Held:
    return Held(pool)
