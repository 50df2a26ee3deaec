"""Work that goes on beside the calls, for as long as the server lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

RESTART_SECONDS = 1.0
"""Pause before a task that failed is started again, so that a lasting fault does not fill the log."""


class Background:
    """Runs endless tasks, starts one again when it fails, and ends them all on `stop`."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self._tasks: list[asyncio.Task[None]] = []

    def run(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Starts `work` now, under a name for the log."""
        self._tasks.append(asyncio.create_task(self._keep_running(name, work), name=name))

    async def _keep_running(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
                return
            except Exception as fault:
                self._log.error("a background task failed and is started again", task=name, exc_info=fault)
            await asyncio.sleep(RESTART_SECONDS)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
