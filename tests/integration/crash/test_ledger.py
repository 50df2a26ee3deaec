"""Nothing acknowledged is lost and nothing is doubled, whoever is killed whenever."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import asyncpg
import pytest

from tests.integration.crash.load import Crowd, lost_and_doubled
from tests.support.process import ServerProcess

pytestmark = pytest.mark.timeout(180)

ROUNDS = 8


async def test_acknowledged_writes_survive_every_kill(tmp_path: Path) -> None:
    """Eight kill -9 of server or PostgreSQL under load, with clients that repeat what was not answered."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201  # pytest shows it with a failure
    dice = random.Random(seed)
    server = ServerProcess(tmp_path)
    await server.start()
    async with server.channel() as channel:
        crowd = Crowd(channel)
        await crowd.arrive()
        running = asyncio.create_task(crowd.run())
        for number in range(ROUNDS):
            await asyncio.sleep(dice.uniform(0.4, 1.2))
            if number % 2 == dice.randrange(2):
                await server.kill()
                await server.start()
            else:
                server.kill_postgres(dice)
                await asyncio.sleep(0.2)
                await server.wait_healthy()
        await asyncio.sleep(0.5)
        crowd.stop()
        await asyncio.wait_for(running, 60)
    faults = await lost_and_doubled(crowd.memory, server.dsn())
    assert await server.stop() == 0

    assert len(crowd.memory.tips) > 200
    assert crowd.memory.retries > ROUNDS
    assert faults == dict.fromkeys(faults, 0)


async def test_the_test_sees_a_database_that_forgets(tmp_path: Path) -> None:
    """With synchronous_commit off, acknowledged tips are lost: the harness would notice."""
    dice = random.Random(1)
    server = ServerProcess(tmp_path)
    await server.start()
    await _commit_without_waiting(server)
    lost = 0
    async with server.channel() as channel:
        crowd = Crowd(channel)
        await crowd.arrive()
        running = asyncio.create_task(crowd.run())
        try:
            for _ in range(ROUNDS):
                await asyncio.sleep(0.8)
                server.kill_postgres(dice)
                lost = (await lost_and_doubled(crowd.memory, server.dsn()))["tips lost"]
                if lost:
                    break
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    await server.kill()

    assert lost > 0


async def _commit_without_waiting(server: ServerProcess) -> None:
    """What a careless operator would do and the next start would refuse; the pool reconnects into it."""
    connection = await asyncpg.connect(server.dsn(superuser=True))
    await connection.execute("alter role academe set synchronous_commit = off")
    await connection.execute("alter system set wal_writer_delay = '2s'")  # a wider window to lose things in
    await connection.execute("select pg_reload_conf()")
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'academe'"
    )
    await connection.close()
    await asyncio.sleep(0.2)
    await server.wait_healthy()
