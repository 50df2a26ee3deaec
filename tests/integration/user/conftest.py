"""The services themselves, for what a single call over the wire cannot show."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from academe.db.pool import Pool
from tests.support.identity import Identity


@pytest.fixture(scope="module")
async def identity(pool: Pool) -> AsyncIterator[Identity]:
    opened = await Identity(pool).open()
    yield opened
    await opened.close()
