"""`academe demo`: the journey against a server, from the first line to the totals.

Exit code 0 when everything is as it should be, 1 with the name of the step when not.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import grpc.aio

from academe.demo.console import Console
from academe.demo.journey import Journey, StepFailed
from academe.demo.server import ServerFailed, ThrowawayServer
from academe.demo.tour import tour_archive

TERMINATED = 128 + signal.SIGTERM
"""Exit code of a demo that was told to stop, as shells tell it."""


def demo(course: str = "", target: str = "") -> int:
    """Runs the demo with the archive at path `course` (the built-in tour when empty) against `target`."""
    try:
        archive = Path(course).read_bytes() if course else tour_archive()
    except OSError as error:
        print(f"demo: cannot read the course {course}: {error.strerror}", file=sys.stderr)
        return 1
    try:
        return asyncio.run(_demo(archive, target or os.environ.get("ACADEME_TARGET", "")))
    except asyncio.CancelledError:
        return TERMINATED


async def _demo(archive: bytes, target: str) -> int:
    running = asyncio.current_task()
    if running is not None:  # so that its own server is not left behind
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    console = Console()
    async with AsyncExitStack() as stack:
        try:
            if not target:
                console.line("Starting a server with a database of its own ...")
                target = await stack.enter_async_context(ThrowawayServer())
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(target))
            console.heading(f"A course goes through the school at {target}")
            journey = Journey(channel, console, archive)
            started = time.perf_counter()
            await journey.run()
        except (StepFailed, ServerFailed) as error:
            print(f"demo: failed at {error}", file=sys.stderr)
            return 1
        _totals(console, journey, len(archive), time.perf_counter() - started)
    return 0


def _totals(console: Console, journey: Journey, size: int, seconds: float) -> None:
    meter = journey.meter
    console.line("")
    console.line(
        f"Done in {seconds:.1f} s: {journey.modules} chapters, {len(journey.lessons)} lessons, "
        f"{size:,} bytes of archive, {len(meter.seconds)} calls, "
        f"p50 {meter.quantile(0.5) * 1000:.1f} ms, p99 {meter.quantile(0.99) * 1000:.1f} ms"
    )
