"""What readers get of stored texts and blocks: sanitised, and remembered, because much is read often."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from academe.services.course.html import sanitise
from academe.services.course.lessons.blocks import Block, blocks_of, served, texts_of
from academe.services.course.lru import Lru
from academe.services.course.model import Course, CourseVersion, CourseView

INLINE_BYTES = 1_024
"""Sanitising as much takes two milliseconds when it is all markup; more goes to a thread, so that other calls
go on."""

TEXTS_BYTES = 10_000_000
BLOCKS_BYTES = 40_000_000
"""Of memory for what is remembered. Sanitising can make a text many times as long and a character beyond
Latin-1 up to four bytes wide, so what is kept is weighed, not its source."""

ENTRY_BYTES = 300
"""About what an entry takes besides its texts, and what a block does: objects, ids, a place in the table."""


class Served:
    """Sanitises what is asked for, once.

    The policy does not change while a process lives, so what is remembered needs no version of it.
    """

    def __init__(self) -> None:
        self._texts: Lru[str, str] = Lru(TEXTS_BYTES)
        self._blocks: Lru[bytes, tuple[Block, ...]] = Lru(BLOCKS_BYTES)
        self._under_way: dict[bytes, asyncio.Task[tuple[Block, ...]]] = {}

    async def course(self, course: Course, version: CourseVersion) -> CourseView:
        """A course as the reader of this version of it gets it."""
        return CourseView(course, version, await self.text(version.description))

    async def courses(self, seen: Sequence[tuple[Course, CourseVersion]]) -> list[CourseView]:
        """The same for a page of courses."""
        texts = await self.texts([version.description for _, version in seen])
        return [CourseView(*one, text) for one, text in zip(seen, texts, strict=True)]

    async def text(self, source: str) -> str:
        """A description."""
        if not source:
            return source
        known = self._texts.get(source)
        return known if known is not None else (await self.texts([source]))[0]

    async def texts(self, sources: Sequence[str]) -> list[str]:
        """Descriptions, in the order of their sources."""
        known = {source: self._texts.get(source) for source in sources}
        missing = [source for source, text in known.items() if text is None]
        if sum(map(len, missing)) <= INLINE_BYTES:
            made = [sanitise(source) for source in missing]
        else:
            made = await asyncio.to_thread(lambda: [sanitise(source) for source in missing])
        for source, text in zip(missing, made, strict=True):
            self._texts.put(source, text, ENTRY_BYTES + sys.getsizeof(source) + sys.getsizeof(text))
            known[source] = text
        return [known[source] or "" for source in sources]

    async def blocks(self, content_hash: bytes, body: bytes) -> tuple[Block, ...]:
        """The blocks of a stored body. Readers who ask for one at the same time share the work."""
        known = self._blocks.get(content_hash)
        if known is not None:
            return known
        if len(body) <= INLINE_BYTES:
            return self._remember(content_hash, served(blocks_of(body)))
        task = self._under_way.get(content_hash)
        if task is None:
            task = asyncio.create_task(self._make(content_hash, body))
            self._under_way[content_hash] = task
            task.add_done_callback(lambda _: self._under_way.pop(content_hash))
        return await asyncio.shield(task)  # one reader who leaves does not end it for the others

    async def _make(self, content_hash: bytes, body: bytes) -> tuple[Block, ...]:
        return self._remember(content_hash, await asyncio.to_thread(lambda: served(blocks_of(body))))

    def _remember(self, content_hash: bytes, made: tuple[Block, ...]) -> tuple[Block, ...]:
        texts = sum(sys.getsizeof(text) for block in made for text in texts_of(block))
        self._blocks.put(content_hash, made, ENTRY_BYTES * (1 + len(made)) + texts)
        return made
