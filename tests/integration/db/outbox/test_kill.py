"""Consumers in processes of their own, of which one is killed again and again while events are written."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from academe.db.pool import Pool
from tests.support.outbox import publish

PROGRAM = Path(__file__).with_name("consumer_process.py")
KILLS, AGGREGATES = 3, 12
EVENTS_AFTER_A_KILL = 40
COUNT_CONNECTIONS = "select count(*) from pg_stat_activity where datname = current_database()"

Start = Callable[..., Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def start(database: str) -> AsyncIterator[Start]:
    started: list[asyncio.subprocess.Process] = []

    async def start_one(seconds: float = 0.02) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(PROGRAM), database, str(seconds)),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.fixture
async def trial(pool: Pool) -> None:
    await pool.execute("create schema trial")
    await pool.execute(
        """
        create table trial.seen (
            number bigint generated always as identity, pid integer, aggregate_id uuid, payload bigint
        )
        """
    )


async def passed(pool: Pool, count: int) -> None:
    """Returns once the consumer is beyond this many events."""
    async with asyncio.timeout(30):
        while (await pool.fetchval("select max(position) from outbox.consumer") or 0) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def connected(pool: Pool, count: int) -> None:
    """Returns once there are this many connections to the database."""
    async with asyncio.timeout(30):
        while await pool.fetchval(COUNT_CONNECTIONS) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def busy_process(pool: Pool, count: int) -> int:
    """Which process has the consumer, once more than `count` events were seen: it is in the middle."""
    async with asyncio.timeout(30):
        while await pool.fetchval("select count(*) from trial.seen") <= count:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
    pid: int = await pool.fetchval("select pid from trial.seen order by number desc limit 1")
    return pid


@pytest.mark.usefixtures("trial")
async def test_another_process_takes_over(pool: Pool, start: Start) -> None:
    """Whoever is in the middle of a batch is killed, and started anew: every event is handled, none before an
    earlier one of its aggregate, and little of it twice."""
    processes = {process.pid: process for process in [await start(), await start()]}
    writing, written = True, dict.fromkeys((UUID(int=number + 1) for number in range(AGGREGATES)), 0)

    async def write(aggregates: list[UUID]) -> None:
        while writing:
            for aggregate_id in aggregates:
                await publish(pool, aggregate_id, written[aggregate_id])
                written[aggregate_id] += 1
            await asyncio.sleep(0.01)

    writers = [asyncio.create_task(write(list(written)[first::3])) for first in range(3)]
    for _ in range(KILLS):
        before = await pool.fetchval("select count(*) from trial.seen")
        victim = await busy_process(pool, before + EVENTS_AFTER_A_KILL)
        os.kill(victim, signal.SIGKILL)
        await processes.pop(victim).wait()
        new = await start()
        processes[new.pid] = new
    writing = False
    await asyncio.gather(*writers)
    await passed(pool, sum(written.values()))

    rows = await pool.fetch("select pid, aggregate_id, payload from trial.seen order by number")
    for aggregate_id, count in written.items():
        seen = [row["payload"] for row in rows if row["aggregate_id"] == aggregate_id]
        assert list(dict.fromkeys(seen)) == list(range(count))
    assert len(rows) < sum(written.values()) + (KILLS + 1) * 100, (
        "more than the batches that were under way came again"
    )
    assert len({row["pid"] for row in rows}) > 1
    assert await pool.fetchval("select count(*) from outbox.held") == 0


@pytest.mark.usefixtures("trial")
async def test_the_batch_of_a_killed_process_is_free_at_once(pool: Pool, start: Start) -> None:
    """Until then nobody else touches it. Its connection ends with the process, and the lock with that."""
    for number in range(300):
        await publish(pool, UUID(int=number), number)
    slow = await start(25)
    await busy_process(pool, 99)
    waiting = await start(0)
    await connected(pool, pool.size + 6)
    await asyncio.sleep(0.1)
    assert await pool.fetchval("select count(*) from trial.seen") == 100
    assert await pool.fetchval("select position from outbox.consumer") == 0

    slow.kill()
    async with asyncio.timeout(5):
        await passed(pool, 300)

    rows = await pool.fetch("select pid, count(*) as events from trial.seen group by pid")
    assert dict(rows) == {slow.pid: 100, waiting.pid: 300}
