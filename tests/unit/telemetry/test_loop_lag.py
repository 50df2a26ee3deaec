"""A stalled event loop shows."""

from __future__ import annotations

import asyncio
import time

from academe.telemetry import LoopLag, Metrics
from academe.telemetry.loop_lag import INTERVAL_SECONDS


class Noted(Metrics):
    """Wakes the test when a sample was taken."""

    def __init__(self) -> None:
        super().__init__()
        self.lags: asyncio.Queue[float] = asyncio.Queue()

    def on_lag(self, seconds: float) -> None:
        self.lags.put_nowait(seconds)


async def test_a_stall_is_seen() -> None:
    """Work that blocks the loop makes the next sample late by as much."""
    metrics = Noted()
    sampling = asyncio.create_task(LoopLag(metrics).run())
    await metrics.lags.get()  # the next sample is now due in INTERVAL_SECONDS
    blocked = 0.3

    time.sleep(INTERVAL_SECONDS + blocked)  # noqa: ASYNC251  # blocking is the point
    lag = await metrics.lags.get()
    sampling.cancel()
    await asyncio.wait({sampling})

    assert blocked - 0.05 < lag < blocked + 1.0
