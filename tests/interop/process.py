"""A program in JavaScript that answers a line of JSON with one, for as long as the tests run."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.interop.site import Site

FOLDER = Path(__file__).resolve().parent


def require_packages() -> None:
    """Skips the test where Node or its packages are missing; where they must be there, fails it."""
    missing = ""
    if shutil.which("node") is None:
        missing = "Node is not installed, so the verifiers of other makers cannot be asked."
    elif not (FOLDER / "node_modules" / ".package-lock.json").exists():
        missing = "The verifiers of other makers are not installed: make interop."
    if missing and os.environ.get("ACADEME_REQUIRE_INTEROP"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


class Process:
    """One at a time may ask; the program ends with the run, or with close()."""

    def __init__(self, program: str) -> None:
        self._lock = threading.Lock()
        self._site: Site | None = None
        self._process = subprocess.Popen(
            ["node", program], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        atexit.register(self.close)

    def ask(self, command: str, site: Site | None = None, /, **arguments: Any) -> dict[str, Any]:
        """The answer to a command, `site` being what may be fetched meanwhile; raises if it failed."""
        with self._lock:
            if site is not None and site != self._site:
                self._exchange(site.message())
                self._site = site
            return self._exchange({"command": command, **arguments})

    def _exchange(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The verifier ended with {self._process.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{message['command']}: {answer['error']}")
        return answer

    def close(self) -> None:
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
