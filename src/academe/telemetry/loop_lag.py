"""How late the event loop runs: the first number to look at when everything is slow at once."""

from __future__ import annotations

import asyncio
import time

from academe.telemetry.metrics import Metrics

INTERVAL_SECONDS = 0.25
"""Often enough to meet a stall that a client would notice; 10 microseconds of CPU each time."""


class LoopLag:
    """Asks the event loop to wake it after INTERVAL_SECONDS, and tells how much later that was."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            due = time.perf_counter() + INTERVAL_SECONDS
            await asyncio.sleep(INTERVAL_SECONDS)
            self._metrics.on_lag(max(0.0, time.perf_counter() - due))
