"""A server process from start to stop: logs, signals, and what the person at the terminal is told."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from academe.app import App
from academe.db.database import Database
from academe.db.migrate import discover
from academe.db.outbox import OutboxOperators
from academe.db.start_faults import as_startup_error
from academe.logs import configure_logging
from academe.settings import Settings
from academe.slices import open_signing_keys

ONE_REQUEST_SECONDS = 0.5
"""Signals closer than this are one: make, a shell or an init passes on what a process group gets anyway."""


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then drains. A second signal ends the wait for calls in flight.

    Raises StartupError when the server cannot start; nothing is left running then.
    """
    log = configure_logging(settings.log_format, settings.log_level)
    signals = Signals(asyncio.get_running_loop())
    app = App(settings, log)
    starting = asyncio.create_task(app.start())
    stopping = asyncio.create_task(signals.stop.wait())
    try:
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        await starting
        _greet(app, app.first_sign_in_code)
        await stopping
        log.info("stopping; calls in flight may finish", seconds=settings.drain_seconds)
    finally:
        stopping.cancel()
        await app.stop(signals.hurry)
        log.info("stopped")


class Signals:
    """SIGTERM and SIGINT: the first asks for a stop, a later one for haste."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.stop = asyncio.Event()
        self.hurry = asyncio.Event()
        self._first_time = 0.0
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._arrived)

    def _arrived(self) -> None:
        if not self.stop.is_set():
            self._first_time = time.monotonic()
            self.stop.set()
        elif time.monotonic() - self._first_time > ONE_REQUEST_SECONDS:
            self.hurry.set()


def _greet(app: App, code: str | None) -> None:
    lines = [f"Academe serves gRPC on {app.grpc_address}"]
    if app.http_address:
        lines.append(f"Metrics and health over HTTP on http://{app.http_address}")
    if code:
        lines.append(f"First administrator: sign in once with AuthService.Authenticate, one_time_code {code}")
    lines.append(f"Try next: make demo ACADEME_TARGET={app.grpc_address}")
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()


async def migrate(settings: Settings, *, dry_run: bool) -> list[str]:
    """Brings the database up to date, or with `dry_run` only says what that would take."""
    database = Database(settings, log=log_beside_results(settings))
    try:
        if dry_run and database.is_missing:
            done = discover()  # looking into an embedded database would mean to make it
        else:
            await database.start_server()
            done = await database.migrate(dry_run=dry_run)
    finally:
        await database.stop()
    verb = "would apply" if dry_run else "applied"
    return [f"{verb} {step.slice} {step.name}" for step in done] or ["The database is up to date."]


async def rotate_signing_key(settings: Settings) -> str:
    """Makes the next key for access tokens and returns its id; running servers find it by themselves.

    It is published at once and signs some minutes later, when verifiers elsewhere have read it; tokens of
    the key before stay good for as long as they live.
    """
    async with opened_database(settings, log_beside_results(settings)) as database:
        keys = open_signing_keys(settings, database)
        await keys.load()
        return await keys.rotate_signing_key()


async def operate_outbox(settings: Settings, arguments: argparse.Namespace) -> list[str]:
    """Shows the consumers of the outbox or does something to one; running servers notice by themselves."""
    async with opened_database(settings, log_beside_results(settings)) as database:
        return await OutboxOperators(database.pool).operate(arguments)


@asynccontextmanager
async def opened_database(settings: Settings, log: Any) -> AsyncIterator[Database]:
    """The database for a verb, up to date. What PostgreSQL says no to meanwhile ends as a StartupError."""
    database = Database(settings, log=log)
    try:
        await database.start()
        with as_startup_error():
            yield database
    finally:
        await database.stop()


def log_beside_results(settings: Settings) -> Any:
    """What a verb prints is its result; the log goes to stderr."""
    return configure_logging(settings.log_format, settings.log_level, stream=sys.stderr)
