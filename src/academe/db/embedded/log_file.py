"""PostgreSQL's stderr in a file that never outgrows a bound.

A file, not a pipe into the server: PostgreSQL then never waits for the server to read, and what it says after
the server was killed is kept.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from academe.db.embedded.layout import create_private

# Two files of this size are kept at most: months of ordinary life, minutes of a crash loop.
LOG_BYTES_MAX = 8 * 1024 * 1024

# The end of what PostgreSQL said, in which its last words are looked for.
TAIL_BYTES = 16 * 1024


class LogFile:
    """One log and its predecessor, which ends in ".1"."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> int:
        """A descriptor to append to, for the child."""
        return create_private(self._path, os.O_APPEND)

    def append(self, said: str) -> None:
        """Keep what a program said that did not write into the file itself."""
        with open(self.open(), "a", encoding="utf-8") as file:
            file.write(said)

    def size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0

    def tail(self, start: int = 0) -> str:
        """What was said since the file had the given size, cut to its last TAIL_BYTES."""
        try:
            with open(self._path, "rb") as file:
                size = self.size()
                file.seek(max(start if start <= size else 0, size - TAIL_BYTES))
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def rotate(self) -> None:
        """Move the contents aside when they exceed the bound.

        Copied and truncated, because PostgreSQL's processes keep their descriptors; a line that is written
        between the two is lost, and so is the old part when there is no room for the copy.
        """
        if self.size() <= LOG_BYTES_MAX:
            return
        previous = self._path.with_name(self._path.name + ".1")
        try:
            with open(self._path, "rb") as source, open(create_private(previous, os.O_TRUNC), "wb") as target:
                shutil.copyfileobj(source, target)
        except OSError:
            previous.unlink(missing_ok=True)
        os.truncate(self._path, 0)
