"""What the demo prints: one line a step, a bar while something long goes on."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

BAR_WIDTH = 32
REDRAW_SECONDS = 0.05
"""At most so often, so that drawing never becomes the work."""


class Console:
    """Lines for a person; the bar appears in a terminal only, so a log stays readable."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._draws = out.isatty()

    def heading(self, text: str) -> None:
        self._write(f"\n{text}\n{'-' * len(text)}\n")

    def line(self, text: str) -> None:
        self._write(f"{text}\n")

    def step(self, number: int, who: str, did: str, seconds: float) -> None:
        self._write(f"{number:>2}. {who:<9} {did}  ({seconds:.2f} s)\n")

    def bar(self, label: str, total: int) -> Bar:
        return Bar(self, label, total)

    def draw(self, text: str) -> None:
        """Draws over the current line, in a terminal."""
        if self._draws:
            self._write(f"\r\x1b[2K{text}")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Bar:
    """`with console.bar("uploading", size) as bar: bar.advance(n)`"""

    def __init__(self, console: Console, label: str, total: int) -> None:
        self._console = console
        self._label = label
        self._total = total
        self._done = 0
        self._drawn = 0.0

    def __enter__(self) -> Bar:
        return self

    def advance(self, amount: int = 1) -> None:
        self._done += amount
        now = time.monotonic()
        if now - self._drawn >= REDRAW_SECONDS or self._done == self._total:
            self._drawn = now
            share = min(1.0, self._done / self._total) if self._total else 1.0
            filled = int(share * BAR_WIDTH)
            bar = "#" * filled + "." * (BAR_WIDTH - filled)
            self._console.draw(f"    {self._label} [{bar}] {share:4.0%}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._console.draw("")
