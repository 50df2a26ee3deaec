"""What never meets an engine is run once: the ledger and its services know none."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and "school" not in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.one_engine)
