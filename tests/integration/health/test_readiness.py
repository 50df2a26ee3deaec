"""A database that goes away and comes back, and how soon the server says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

from academe.db.pool import Pool
from academe.db.readiness import AWAY, Readiness
from tests.support.database_proxy import DatabaseProxy
from tests.support.postgres import TestPostgres

NOTICED_SECONDS = 2.0
HEALED_SECONDS = 1.0
SLACK_SECONDS = 0.5
"""For a machine that is busy with other tests."""


class Watched:
    """A readiness monitor whose changes can be awaited."""

    def __init__(self, dsn: str) -> None:
        self.changes: asyncio.Queue[str | None] = asyncio.Queue()
        self.events: list[dict[str, Any]] = []
        log = structlog.wrap_logger(None, processors=[self._record])
        self.readiness = Readiness(dsn, self.changes.put_nowait, log)
        self.running = asyncio.create_task(self.readiness.run())

    def _record(self, logger: Any, level: str, event: Any) -> Any:
        self.events.append({"level": level, **event})
        raise structlog.DropEvent

    async def change_within(self, seconds: float) -> str | None:
        async with asyncio.timeout(seconds + SLACK_SECONDS):
            return await self.changes.get()

    async def stop(self) -> None:
        self.running.cancel()
        await asyncio.wait({self.running})


@pytest.fixture
async def proxy(
    postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DatabaseProxy]:
    opened = DatabaseProxy(await postgres.create_database(), tmp_path_factory.mktemp("pg"))
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
async def watched(proxy: DatabaseProxy) -> AsyncIterator[Watched]:
    """Watching a database that has answered once."""
    watching = Watched(proxy.dsn)
    assert await watching.change_within(HEALED_SECONDS) is None
    yield watching
    await watching.stop()


async def test_a_database_that_answers(watched: Watched, pool: Pool) -> None:
    """Told once, with the version that /version shows; no further news is good news."""
    assert watched.readiness.server_version == await pool.fetchval("show server_version")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5):  # two pings
            await watched.changes.get()


async def test_a_database_that_died(watched: Watched, proxy: DatabaseProxy) -> None:
    """Noticed within two seconds, and its return within one."""
    await proxy.cut()
    away = await watched.change_within(NOTICED_SECONDS)
    await asyncio.sleep(0.6)  # some failed attempts
    await proxy.start()
    back = await watched.change_within(HEALED_SECONDS)

    assert (away, back) == (AWAY, None)
    warning, info = watched.events[1:]
    assert (warning["level"], warning["event"]) == ("warning", AWAY)
    assert (info["level"], info["event"]) == ("info", "the database answers")
    assert 0.5 < info["away_seconds"] < 5


async def test_a_database_that_hangs(watched: Watched, proxy: DatabaseProxy) -> None:
    """No error ever comes; silence is noticed just as soon, and its end too."""
    proxy.freeze()
    away = await watched.change_within(NOTICED_SECONDS)
    await asyncio.sleep(1.0)  # an attempt to connect is under way, which hangs as well
    proxy.thaw()
    back = await watched.change_within(HEALED_SECONDS)

    assert (away, back) == (AWAY, None)


async def test_a_connection_that_was_only_dropped(watched: Watched, proxy: DatabaseProxy) -> None:
    """A failover or an administrator ends connections; with a new one at once there is nothing to tell."""
    proxy.drop_connections()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5):
            await watched.changes.get()


async def test_a_database_that_is_away_from_the_start(proxy: DatabaseProxy) -> None:
    """It is told too, or nobody would know until it had come and gone."""
    await proxy.cut()
    watching = Watched(proxy.dsn)

    assert await watching.change_within(NOTICED_SECONDS) == AWAY
    await watching.stop()


async def test_stopping_does_not_wait_for_a_database_that_hangs(proxy: DatabaseProxy) -> None:
    """A server whose database is frozen can still be stopped."""
    watching = Watched(proxy.dsn)
    await watching.change_within(HEALED_SECONDS)
    proxy.freeze()
    started = time.monotonic()

    await watching.stop()

    assert time.monotonic() - started < 3  # one that waits does so for as long as the database is frozen
