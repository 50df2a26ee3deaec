"""Transactions commit in another order than they write: no event is skipped, an aggregate keeps its order."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from academe.db.pool import Pool
from tests.support.outbox import Recorder, consume_all, consumer_of, publish


async def positions(pool: Pool) -> list[tuple[int, int]]:
    rows = await pool.fetch("select position, event_id from outbox.position order by position")
    return [tuple(row) for row in rows]


async def test_an_event_that_is_committed_late_is_not_skipped(pool: Pool) -> None:
    """It was written first, has the lower id, and is seen after the consumer has passed the higher one."""
    recorder = Recorder()
    consumer = consumer_of(pool, recorder)

    async with pool.transaction() as slow:
        await publish(slow, uuid4(), "slow")
        async with pool.transaction() as quick:
            await publish(quick, uuid4(), "quick")
        await consume_all(consumer)
        seen_meanwhile = recorder.payloads()
    await consume_all(consumer)

    assert seen_meanwhile == ["quick"]
    assert recorder.payloads() == ["quick", "slow"]
    ids = [event.event_id for event in recorder.handled]
    assert ids == sorted(ids, reverse=True)
    assert [event.position for event in recorder.handled] == [1, 2]


async def test_crossed_transactions(pool: Pool) -> None:
    """Three at once, each writing before and after the others; each commits alone, the first one last."""
    recorder = Recorder()
    consumer = consumer_of(pool, recorder)
    aggregates = [uuid4() for _ in range(3)]
    async with pool.acquire() as a, pool.acquire() as b, pool.acquire() as c:
        open_ = [(connection, connection.transaction()) for connection in (a, b, c)]
        for _, transaction in open_:
            await transaction.start()
        for round_ in range(2):
            for number, (connection, _) in enumerate(open_):
                await publish(connection, aggregates[number], f"{number}.{round_}")
        for number in (1, 2, 0):
            await open_[number][1].commit()
            await consume_all(consumer)

    assert recorder.payloads() == ["1.0", "1.1", "2.0", "2.1", "0.0", "0.1"]


async def test_a_writer_that_waits_for_the_row_comes_second(pool: Pool) -> None:
    """Both change one aggregate; the second has begun before the first is committed."""
    await pool.execute("create schema trial")
    await pool.execute("create table trial.plant (plant_id uuid primary key)")
    plant_id, recorder = uuid4(), Recorder()
    await pool.execute("insert into trial.plant (plant_id) values ($1)", plant_id)
    lock = "select from trial.plant where plant_id = $1 for no key update"

    async def second() -> None:
        async with pool.transaction() as connection:
            await connection.fetchval("select txid_current()")
            begun.set()
            await connection.execute(lock, plant_id)
            await publish(connection, plant_id, "second")

    begun = asyncio.Event()
    async with pool.transaction() as first:
        await first.execute(lock, plant_id)
        waiting = asyncio.create_task(second())
        await begun.wait()
        await asyncio.sleep(0.02)
        await publish(first, plant_id, "first")
    await waiting
    await consume_all(consumer_of(pool, recorder))

    assert recorder.payloads() == ["first", "second"]


async def test_sequencers_at_once_give_each_event_one_position(pool: Pool) -> None:
    """Without gaps and in order of id, since everything is committed."""
    await publish(pool, uuid4(), *range(300))

    given = await asyncio.gather(*(pool.fetchval("select outbox.sequence(7)") for _ in range(60)))

    assert sum(given) == 300
    assert await positions(pool) == [(number, number) for number in range(1, 301)]
    assert await pool.fetchval("select position from outbox.head") == 300


async def test_a_sequencer_that_waited_sees_what_the_one_before_did(pool: Pool) -> None:
    """It was called before the other had committed, and gives no position twice."""
    await publish(pool, uuid4(), *range(3))
    async with pool.transaction() as connection:
        assert await connection.fetchval("select outbox.sequence(2)") == 2
        waiting = asyncio.create_task(pool.fetchval("select outbox.sequence(10)"))
        await asyncio.sleep(0.05)
        assert not waiting.done()

    assert await waiting == 1
    assert await positions(pool) == [(1, 1), (2, 2), (3, 3)]


async def test_a_sequencer_that_fails_changes_nothing(pool: Pool) -> None:
    """Its events are still there for the next, and its positions, too."""
    await publish(pool, uuid4(), "a", "b")
    async with pool.acquire() as connection:
        failing = connection.transaction()
        await failing.start()
        await connection.execute("select outbox.sequence(10)")
        await failing.rollback()

    assert await positions(pool) == []
    assert await pool.fetchval("select outbox.sequence(10)") == 2
    assert await positions(pool) == [(1, 1), (2, 2)]


async def test_an_older_snapshot_is_refused(pool: Pool) -> None:
    """It would not see what the sequencer before has done."""
    await publish(pool, uuid4(), "a")
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.RaiseError, match="read committed"):
            async with connection.transaction(isolation="repeatable_read"):
                await connection.execute("select outbox.sequence(10)")


async def test_a_long_transaction_holds_up_nobody(pool: Pool) -> None:
    """A dump of hours, or somebody's forgotten session, that has written and read."""
    recorder = Recorder()
    async with pool.acquire() as idle, idle.transaction(isolation="repeatable_read"):
        await idle.fetchval("select count(*) from outbox.event")
        await idle.fetchval("select txid_current()")
        for number in range(5):
            await publish(pool, UUID(int=number), number)
            await consume_all(consumer_of(pool, recorder))

    assert recorder.payloads() == [0, 1, 2, 3, 4]
