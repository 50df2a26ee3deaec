from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import logs


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    with logs.restored_logging():
        yield


@pytest.fixture
def written() -> logs.Written:
    return logs.Written()
