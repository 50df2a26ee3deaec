"""The browser that tests look with: Chromium of the system, driven by look.mjs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.node import NodeProgram

FOLDER = Path(__file__).resolve().parent
NAMES = ("chromium", "chromium-browser", "google-chrome")


def require_browser() -> str:
    """The browser's path. Skips the test where something is missing; where it must be there, fails it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    missing = ""
    if found is None:
        missing = "Chromium is not installed, so pages cannot be looked at: apt-get install chromium."
    elif shutil.which("node") is None:
        missing = "Node is not installed, so pages cannot be looked at: apt-get install nodejs npm."
    elif not (FOLDER / "node_modules" / ".package-lock.json").exists():
        missing = "The browser's driver is not installed: make browser."
    if missing and os.environ.get("TESTS_REQUIRE_BROWSER"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    assert found is not None
    return found


class Browser:
    """One process for many pages. Close it."""

    def __init__(self, path: str) -> None:
        self._driver = NodeProgram(FOLDER, "look.mjs", path)

    def look(self, url: str, *looks: Mapping[str, Any], language: str = "en") -> Sequence[dict[str, Any]]:
        """What is seen at each look, those with scripts first; see look.mjs."""
        seen: list[dict[str, Any]] = self._driver.ask({"url": url, "language": language, "looks": looks})[
            "looks"
        ]
        return seen

    def decode(self, url: str) -> str | None:
        """What the QR code in a picture says."""
        text: str | None = self._driver.ask({"decode": url})["decoded"]
        return text

    def close(self) -> None:
        self._driver.close()
