from __future__ import annotations

import pytest

from academe.db.pool import Pool
from tests.integration.credential.log.book import Book


@pytest.fixture(scope="module")
def book(pool: Pool) -> Book:
    """The log of this module's database."""
    return Book(pool)
