"""Who waits for whose tips to change, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID


class Changes:
    """Passes on that an educator's tips changed, from those who changed them to those who watch them.

    Nothing but the fact is passed on. What changed is read from the database by whoever watches, from where
    they are, so somebody slow costs no memory however much there is to tell them.
    """

    def __init__(self) -> None:
        self._watched: dict[UUID, set[asyncio.Event]] = {}
        self.any_watched = asyncio.Event()

    def announce(self, educator_id: UUID, tip_id: UUID) -> None:
        """A tip to this educator was given, or changed, and that is committed. Costs next to nothing."""
        for woken in self._watched.get(educator_id, ()):
            woken.set()

    def announce_all(self, educator_ids: Iterable[UUID]) -> None:
        """Something of these educators' changed."""
        for educator_id in educator_ids:
            for woken in self._watched.get(educator_id, ()):
                woken.set()

    @contextmanager
    def watch(self, educator_id: UUID) -> Iterator[asyncio.Event]:
        """An event that is set by every announcement within the block; clear it before reading."""
        woken = asyncio.Event()
        self._watched.setdefault(educator_id, set()).add(woken)
        self.any_watched.set()
        try:
            yield woken
        finally:
            watchers = self._watched[educator_id]
            watchers.discard(woken)
            if not watchers:
                del self._watched[educator_id]
            if not self._watched:
                self.any_watched.clear()

    def watched(self) -> list[UUID]:
        """Every educator whose tips somebody watches."""
        return list(self._watched)
