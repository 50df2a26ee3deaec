"""Signs how far the log has come, whether or not somebody asks: what is newer could be cut off unseen."""

from __future__ import annotations

import asyncio

from academe.services.credential.log.service import LogService

EVERY_SECONDS = 60.0


class PeriodicCheckpoints:
    """Give `run` to Background; it raises LogRewrittenError when the log is not what was signed before."""

    def __init__(self, service: LogService, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._service = service
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Until it is cancelled. Nothing is signed of a log that has nothing in it."""
        while True:
            await asyncio.sleep(self._every_seconds)
            if (await self._service.list_entries(0, 1)).tree_size > 0:
                await self._service.get_checkpoint()
