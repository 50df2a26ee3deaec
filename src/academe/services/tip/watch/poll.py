"""Hearing of tips that other processes wrote."""

from __future__ import annotations

import asyncio
from uuid import UUID

from academe.db.errors import db_error
from academe.services.tip.watch.changes import Changes
from academe.services.tip.watch.repository import WatchRepository

POLL_SECONDS = 1.0
"""How much later than its own a process hears of another's change, at most. Shorter is a query more often."""


class TipPoll:
    """Asks for news of all educators who watch here, in one query, while there are any.

    Changes of this process are announced as they are committed and do not wait for it.
    """

    def __init__(
        self, repository: WatchRepository, changes: Changes, *, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self._repository = repository
        self._changes = changes
        self._poll_seconds = poll_seconds
        self._entries: dict[UUID, int] = {}
        self._horizon: int | None = None

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            if not self._changes.any_watched.is_set():
                self._entries, self._horizon = {}, None
                await self._changes.any_watched.wait()
            await asyncio.sleep(self._poll_seconds)
            try:
                await self.poll()
            except Exception as error:
                if db_error(error) is None:
                    raise
                # The database is away: whoever reads from it is told so, and here the next round asks again.

    async def poll(self) -> None:
        """Wakes the watchers of every educator of whom there is news, or may be.

        One who was not asked about before is woken once in vain, which is cheaper than to be precise.
        """
        watched = self._changes.watched()
        if not watched:
            return
        horizon = self._horizon
        entries, changed, self._horizon = await self._repository.poll(watched, horizon)
        before, self._entries = self._entries, {one: entries.get(one, 0) for one in watched}
        self._changes.announce_all(
            one
            for one in watched
            if horizon is None or one in changed or before.get(one) != self._entries[one]
        )
