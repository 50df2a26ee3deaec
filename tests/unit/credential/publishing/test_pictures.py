"""Who draws at the same time, and what becomes of drawings that nobody waits for any more."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from academe.services.credential.publishing import pictures
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.publishing.pictures import Pictures
from tests.support.certificates import CERTIFICATE


class Pen:
    """Draws for as long as a test wants, and counts."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.drawn = self.now = self.most = 0
        self._lock = threading.Lock()

    def draw(self, *_: Any) -> bytes:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.set()
        self.may_end.wait(10)
        with self._lock:
            self.now -= 1
            self.drawn += 1
        return b"drawing %d" % self.drawn

    async def leave(self, asked: asyncio.Task[bytes]) -> None:
        """Has who asked leave while it is being drawn."""
        await asyncio.to_thread(self.begun.wait, 10)
        asked.cancel()
        await asyncio.wait({asked})
        assert asked.cancelled()


async def test_a_drawing_that_nobody_waits_for_any_more() -> None:
    """A thread cannot be called back, so it keeps its place, and whoever asks next has what it made."""
    made, pen = Pictures("https://school.example"), Pen()
    await pen.leave(asyncio.create_task(made._once(("one",), pen.draw)))
    others = [asyncio.create_task(made._once(("one",), pen.draw)) for _ in range(3)]
    await asyncio.wait(others, timeout=0.1)
    pen.may_end.set()

    assert await asyncio.gather(*others) == [b"drawing 1"] * 3
    assert (pen.drawn, pen.most) == (1, 1)


async def test_a_preview_that_nobody_waits_for_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """It too is one drawing at a time, however many are asked for and given up."""
    made, pen = Pictures("https://school.example"), Pen()
    monkeypatch.setitem(pictures._RENDER, FileFormat.SVG, pen.draw)
    await pen.leave(asyncio.create_task(made.draw(CERTIFICATE, FileFormat.SVG)))
    others = [asyncio.create_task(made.draw(CERTIFICATE, FileFormat.SVG)) for _ in range(3)]
    await asyncio.wait(others, timeout=0.1)
    pen.may_end.set()

    assert await asyncio.gather(*others) == [b"drawing 2", b"drawing 3", b"drawing 4"]
    assert pen.most == 1


async def test_who_leaves_before_it_began() -> None:
    """Nothing is drawn for them, and others have the place."""
    made, pen = Pictures("https://school.example"), Pen()
    first = asyncio.create_task(made._once(("one",), pen.draw))
    await asyncio.to_thread(pen.begun.wait, 10)
    waiting = asyncio.create_task(made._once(("two",), pen.draw))
    await asyncio.wait({waiting}, timeout=0.05)
    waiting.cancel()
    await asyncio.wait({waiting})
    pen.may_end.set()

    assert await first == b"drawing 1"
    assert await made._once(("three",), pen.draw) == b"drawing 2"
    assert pen.drawn == 2


async def test_a_drawing_that_fails() -> None:
    """Who asked is told so; the place is free, and the next one is drawn."""
    made, pen = Pictures("https://school.example"), Pen()
    pen.may_end.set()

    def fail() -> bytes:
        raise RuntimeError("no such font")

    with pytest.raises(RuntimeError, match="no such font"):
        await made._once(("one",), fail)

    assert await made._once(("one",), pen.draw) == b"drawing 1"
