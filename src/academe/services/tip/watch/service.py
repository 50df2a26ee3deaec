"""Watching tips as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from academe.caller import Caller
from academe.services.tip.model import Tip
from academe.services.tip.watch.changes import Changes
from academe.services.tip.watch.repository import Position, WatchRepository

REPLAY_MAX = 1_000
"""Tips that a watcher is given from before; the contract says so."""

PAGE = 100
"""Entries read at a time. Whoever is slow to take them has no more than these in memory."""

PAUSE_SECONDS = 0.05
"""Between two readings for one watcher, so that an educator whom a crowd tips costs 20 readings a second."""


class TipReader(Protocol):
    """Knows tips."""

    async def get_tips(self, ids: Sequence[UUID]) -> Mapping[UUID, Tip]:
        """The tips that exist, by id, as they were at some moment after the call began."""
        ...


class TipWatch:
    """Tips to an educator, as they come and change."""

    def __init__(
        self,
        repository: WatchRepository,
        tips: TipReader,
        changes: Changes,
        *,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._repository = repository
        self._tips = tips
        self._changes = changes
        self._pause_seconds = pause_seconds

    async def watch_tips(self, caller: Caller, since: datetime | None) -> AsyncGenerator[Tip, None]:
        """The latest tips to the caller since a moment, oldest first, and then each that comes or changes.

        Until closed. Nothing is lost between the two, and a tip comes again only when it has changed; it may
        then come more than once. Who is slow is given the tips as they are when their turn comes.
        """
        with self._changes.watch(caller.user_id) as woken:
            # What is committed after this comes as news; what is read below as the past may be among it.
            position = await self._repository.position(caller.user_id)
            past: dict[UUID, Tip] = {}
            if since is not None:
                ids = await self._repository.given_since(caller.user_id, since, REPLAY_MAX)
                for start in range(0, len(ids), PAGE):
                    for tip in await self._seen(caller, ids[start : start + PAGE]):
                        past[tip.tip_id] = tip
                        yield tip
            while True:
                woken.clear()
                more = True
                while more:
                    ids, more = await self._next(caller.user_id, position)
                    for tip in await self._seen(caller, ids):
                        if past.get(tip.tip_id) != tip:
                            yield tip
                past.clear()
                await asyncio.sleep(self._pause_seconds)
                await woken.wait()

    async def _next(self, educator_id: UUID, position: Position) -> tuple[list[UUID], bool]:
        """What is next: each tip once, though its account and its lifecycle both tell of it."""
        given, more = await self._repository.entries_after(educator_id, position, PAGE)
        changed, more_changed = await self._repository.changed_after(educator_id, position, PAGE)
        return list(dict.fromkeys([*given, *changed])), more or more_changed

    async def _seen(self, caller: Caller, ids: Sequence[UUID]) -> list[Tip]:
        """As the caller may see them: neither an anonymous sender, nor a tip before it is paid."""
        if not ids:
            return []
        found = await self._tips.get_tips(ids)
        seen = [found[tip_id].seen_by(caller) for tip_id in ids if tip_id in found]
        return [tip for tip in seen if tip is not None]
