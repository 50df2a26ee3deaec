"""The verifiers of other makers as programs that run for as long as the tests do."""

from __future__ import annotations

import atexit
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.interop.site import Site
from tests.support.node import NodeProgram

FOLDER = Path(__file__).resolve().parent


def require_packages() -> None:
    """Skips the test where Node or its packages are missing; where they must be there, fails it."""
    missing = ""
    if shutil.which("node") is None:
        missing = "Node is not installed, so the verifiers of other makers cannot be asked."
    elif not (FOLDER / "node_modules" / ".package-lock.json").exists():
        missing = "The verifiers of other makers are not installed: make interop."
    if missing and os.environ.get("TESTS_REQUIRE_INTEROP"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


class Process:
    """One at a time may ask; the program ends with the run, or with close()."""

    def __init__(self, program: str) -> None:
        self._lock = threading.Lock()
        self._site: Site | None = None
        self._program = NodeProgram(FOLDER, program)
        atexit.register(self.close)

    def ask(self, command: str, site: Site | None = None, /, **arguments: Any) -> dict[str, Any]:
        """The answer to a command, `site` being what may be fetched meanwhile; raises if it failed."""
        with self._lock:
            if site is not None and site != self._site:
                self._program.ask(site.message())
                self._site = site
            return self._program.ask({"command": command, **arguments})

    def close(self) -> None:
        self._program.close()
