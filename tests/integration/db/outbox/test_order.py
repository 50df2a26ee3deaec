"""Two thousand random events, written at once by transactions that wait for each other, with a handler that
fails at random: each aggregate's events are handled in the order in which it changed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from academe.background import Background
from academe.db.outbox import Event, Retries, append
from academe.db.pool import Pool, create_pool
from tests.support.outbox import TOPIC, Fails, consumer_of, until
from tests.support.postgres import quiet_log

EVENTS, AGGREGATES, WRITERS, CONSUMERS = 2_000, 40, 8, 3


async def write(pool: Pool, dice: random.Random, transactions: int) -> int:
    """Random transactions: each changes some plants, now and then slowly, and one in ten is rolled back."""
    written = 0
    for _ in range(transactions):
        plants = sorted(dice.sample(range(AGGREGATES), dice.randint(1, 4)))
        try:
            async with pool.transaction() as connection:
                for plant in plants:
                    version = await connection.fetchval(
                        "update trial.plant set version = version + 1 where plant = $1 returning version",
                        plant,
                    )
                    await append(connection, TOPIC, UUID(int=plant), "garden.grown", version)
                    if dice.random() < 0.1:
                        await asyncio.sleep(dice.random() * 0.01)
                if dice.random() < 0.1:
                    raise Fails
                written += len(plants)
        except Fails:
            continue
    return written


@pytest.mark.parametrize("seed", [1, 2])
async def test_order_within_an_aggregate(pool: Pool, database: str, seed: int) -> None:
    """Whatever commits, fails and comes again: the versions of each plant are handled 1, 2, 3 and so on."""
    await pool.execute("create schema trial")
    await pool.execute("create table trial.plant (plant integer primary key, version integer not null)")
    await pool.execute("insert into trial.plant select n, 0 from generate_series(0, $1) n", AGGREGATES - 1)
    dice = random.Random(seed)
    handled: dict[UUID, list[int]] = defaultdict(list)
    tries: Counter[int] = Counter()

    async def handle(events: Sequence[Event]) -> Mapping[int, Exception]:
        assert len({event.aggregate_id for event in events}) == len(events)
        failed: dict[int, Exception] = {}
        for event in events:
            tries[event.event_id] += 1
            if dice.random() < 0.1:
                failed[event.event_id] = Fails("by chance")
            else:
                handled[event.aggregate_id].append(event.payload)
        if dice.random() < 0.05:
            # Reports nothing, although some were handled: those come again, after no later one.
            for event in events:
                if event.event_id not in failed:
                    handled[event.aggregate_id].pop()
            raise Fails("all of it")
        return failed

    others = [await create_pool(database, size=2) for _ in range(CONSUMERS)]
    background = Background(quiet_log())
    patient = Retries(
        attempts=50, first_pause=timedelta(milliseconds=1), longest_pause=timedelta(milliseconds=5)
    )
    for other in others:
        background.run("gardener", consumer_of(other, handle, retries=patient, poll_seconds=0.01).run)
    share = EVENTS // WRITERS * 10 // 22  # 2.5 events in each, of which a tenth is rolled back
    counts = await asyncio.gather(*(write(pool, random.Random(f"{seed}.{n}"), share) for n in range(WRITERS)))
    written = sum(counts)
    await until(lambda: sum(map(len, handled.values())) >= written, 60)
    await asyncio.sleep(0.05)
    await background.stop()
    for other in others:
        await other.close()

    assert written > EVENTS * 0.9
    assert max(tries.values()) > 1
    for plant in range(AGGREGATES):
        version = await pool.fetchval("select version from trial.plant where plant = $1", plant)
        assert handled[UUID(int=plant)] == list(range(1, version + 1))
