"""The browser that tests look with: Chromium of the system, driven by look.mjs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

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
    if missing and os.environ.get("ACADEME_REQUIRE_BROWSER"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    assert found is not None
    return found


class Browser:
    """One process for many pages. Close it."""

    def __init__(self, path: str) -> None:
        self._process = subprocess.Popen(
            ["node", "look.mjs", path], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def look(self, url: str, *looks: Mapping[str, Any], language: str = "en") -> Sequence[dict[str, Any]]:
        """What is seen at each look, those with scripts first; see look.mjs."""
        seen: list[dict[str, Any]] = self._ask({"url": url, "language": language, "looks": looks})["looks"]
        return seen

    def decode(self, url: str) -> str | None:
        """What the QR code in a picture says."""
        text: str | None = self._ask({"decode": url})["decoded"]
        return text

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _ask(self, job: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The browser ended with {self._process.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer
