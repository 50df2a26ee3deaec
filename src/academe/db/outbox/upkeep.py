"""What is done for the outbox beside consuming it: it is watched, and old events are removed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from academe.clock import utcnow
from academe.db.errors import db_error
from academe.db.outbox.model import ConsumerStatus
from academe.db.outbox.repository_upkeep import UpkeepRepository
from academe.db.pool import Pool

KEEP = timedelta(days=30)
"""How long an event is kept at least, so long can a consumer be taken back: a fault that nobody has noticed
in a month is not found by replaying. At a thousand completions a day it is 15 MB."""

REMOVE_EVERY = timedelta(days=1)

LOOK_SECONDS = 15.0
"""How old the numbers in the metrics may be."""


class OutboxUpkeep:
    """Give `run` to Background in every process: looking is cheap, and to remove twice is to remove once."""

    def __init__(
        self,
        pool: Pool,
        log: Any,
        *,
        clock: Callable[[], datetime] = utcnow,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._repository = UpkeepRepository(pool)
        self._log = log
        self._clock = clock
        self._look_seconds = look_seconds
        self.consumers: Sequence[ConsumerStatus] = ()
        """As they were at the last look; while the database is away they grow old."""

    async def run(self) -> None:
        """Runs until it is cancelled."""
        remove_time = self._clock()
        while True:
            try:
                if self._clock() >= remove_time:
                    await self.remove_old()
                    remove_time = self._clock() + REMOVE_EVERY
                await self.look()
            except Exception as error:
                if db_error(error) is None:
                    raise
                # The database is away: the next look asks again.
            await asyncio.sleep(self._look_seconds)

    async def look(self) -> None:
        self.consumers = await self._repository.read_status()

    async def remove_old(self) -> int:
        """Removes what was written more than KEEP ago and is handled by every consumer; returns how much."""
        await self._repository.sequence()
        before, removed = self._clock() - KEEP, 0
        last: int | None = 0
        # In order of position, which is nearly that of time: the first events that are not old end it.
        while last is not None:
            last, count = await self._repository.remove(before, last)
            removed += count
        if removed:
            self._log.info("removed old events from the outbox", events=removed)
        return removed

    def oldest_seconds(self, consumer: ConsumerStatus) -> float:
        """How long the consumer's oldest unhandled event waits by now; 0 when there is none."""
        if consumer.oldest_time is None:
            return 0.0
        return max((self._clock() - consumer.oldest_time).total_seconds(), 0.0)
