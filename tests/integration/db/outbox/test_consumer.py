"""Consumers: what they are given, when, and by whom of several processes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from uuid import uuid4

import pytest

from academe.background import Background
from academe.db.outbox import Event, Outbox, Wakes
from academe.db.pool import Pool, create_pool
from tests.support.outbox import TOPIC, Recorder, consume_all, consumer_of, publish, until
from tests.support.postgres import quiet_log


async def test_events_of_different_aggregates_share_a_call(pool: Pool) -> None:
    """Two hundred of them: two calls. Of an aggregate each call has one."""
    recorder = Recorder()
    aggregates = [uuid4() for _ in range(200)]
    for aggregate_id in aggregates:
        await publish(pool, aggregate_id, "one")

    await consume_all(consumer_of(pool, recorder))

    assert [len(batch) for batch in recorder.batches] == [100, 100]
    assert [event.aggregate_id for event in recorder.handled] == aggregates


async def test_other_topics_are_passed_over(pool: Pool) -> None:
    """The place moves on, so they are never looked at again, and nothing is called for them."""
    recorder = Recorder()
    consumer = consumer_of(pool, recorder, topics=["garden", "kitchen"])
    for topic in ("garden", "cellar", "kitchen", "cellar"):
        await publish(pool, uuid4(), topic, topic=topic)

    await consume_all(consumer)
    await publish(pool, uuid4(), "cellar", topic="cellar")
    await consume_all(consumer)

    assert recorder.payloads() == ["garden", "kitchen"]
    assert len(recorder.batches) == 1
    assert await pool.fetchval("select position from outbox.consumer") == 5


async def test_consumers_know_nothing_of_each_other(pool: Pool) -> None:
    """Each is given everything, one of them late, one never succeeding."""
    early, late, never = Recorder(), Recorder(), Recorder(lambda event: True)
    await publish(pool, uuid4(), "a")
    await consume_all(consumer_of(pool, early, "early"))
    await consume_all(consumer_of(pool, never, "never"))
    await publish(pool, uuid4(), "b")
    for recorder, name in ((early, "early"), (never, "never"), (late, "late")):
        await consume_all(consumer_of(pool, recorder, name))

    assert early.payloads() == late.payloads() == ["a", "b"]
    assert never.payloads() == []


async def test_a_consumer_goes_on_where_it_was(pool: Pool) -> None:
    """After a restart: what was handled does not come again."""
    before, after = Recorder(), Recorder()
    await publish(pool, uuid4(), "a", "b")
    await consume_all(consumer_of(pool, before))
    await publish(pool, uuid4(), "c")

    await consume_all(consumer_of(pool, after))

    assert (before.payloads(), after.payloads()) == (["a", "b"], ["c"])


async def test_an_event_of_this_process_arrives_in_milliseconds(pool: Pool) -> None:
    """The consumer is told of the commit; it would look by itself only after a minute."""
    recorder, background, wakes = Recorder(), Background(quiet_log()), Wakes()
    background.run("gardener", consumer_of(pool, recorder, wakes=wakes, poll_seconds=60).run)
    delays = []
    for number in range(20):
        await asyncio.sleep(0.01)
        await publish(pool, uuid4(), number)
        started = time.perf_counter()
        wakes.published(TOPIC)
        await until(lambda wanted=number: len(recorder.handled) > wanted)  # type: ignore[misc]
        delays.append(time.perf_counter() - started)
    await background.stop()

    assert sorted(delays)[len(delays) // 2] < 0.1


async def test_an_event_of_another_process_is_found_by_looking(pool: Pool) -> None:
    """Nobody says anything."""
    recorder, background = Recorder(), Background(quiet_log())
    background.run("gardener", consumer_of(pool, recorder, poll_seconds=0.02).run)
    await publish(pool, uuid4(), "a")

    await until(lambda: bool(recorder.handled))

    await background.stop()


async def test_looking_in_vain_writes_nothing(pool: Pool) -> None:
    """A server at rest must not write to its disk every second."""
    consumer = consumer_of(pool, Recorder())
    await publish(pool, uuid4(), "a")
    await consume_all(consumer)
    before = await pool.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text")

    for _ in range(20):
        assert not await consumer.run_batch()

    assert await pool.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text") == before


async def test_one_process_handles_at_a_time(pool: Pool) -> None:
    """Six of them look at once; none waits for the one that has the batch."""
    under_way, most, handled = 0, 0, []

    async def handle(events: Sequence[Event]) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        handled.extend(event.payload for event in events)
        under_way -= 1

    consumers = [consumer_of(pool, handle) for _ in range(6)]
    for number in range(250):
        await publish(pool, uuid4(), number)
    async with asyncio.timeout(20):
        while len(handled) < 250:
            await asyncio.gather(*(consumer.run_batch() for consumer in consumers))

    assert most == 1
    assert handled == list(range(250))


async def test_a_stop_in_the_middle_of_a_batch_loses_nothing(pool: Pool) -> None:
    """The server drains: the handler is cancelled, and the next process begins the batch anew."""
    entered, recorder = asyncio.Event(), Recorder()

    async def hang(events: Sequence[Event]) -> None:
        entered.set()
        await asyncio.Event().wait()

    background = Background(quiet_log())
    background.run("gardener", consumer_of(pool, hang).run)
    await publish(pool, uuid4(), "a")
    await asyncio.wait_for(entered.wait(), 10)
    await background.stop()

    await consume_all(consumer_of(pool, recorder))

    assert recorder.payloads() == ["a"]


@pytest.mark.parametrize("steps", range(5))
async def test_a_stop_in_the_moment_of_an_event(pool: Pool, steps: int) -> None:
    """Whoever is told of an event and to stop in one step of the event loop stops."""
    wakes = Wakes()
    working = asyncio.create_task(consumer_of(pool, Recorder(), wakes=wakes, poll_seconds=30).run())
    await asyncio.sleep(0.05)  # it has looked, and waits for news
    wakes.published(TOPIC)
    for _ in range(steps):
        await asyncio.sleep(0)
    working.cancel()
    stopped, _ = await asyncio.wait({working}, timeout=5)

    assert stopped
    assert working.cancelled()


async def test_connections_are_cut_in_the_middle_of_batches(pool: Pool, database: str) -> None:
    """The consumer goes on by itself; what was under way comes again, and no event before an earlier one."""
    aggregates, seen, handled = [uuid4() for _ in range(5)], [], asyncio.Event()

    async def handle(events: Sequence[Event]) -> None:
        seen.extend((event.aggregate_id, event.payload) for event in events)
        handled.set()
        await asyncio.sleep(0.005)

    background, outsider = Background(quiet_log()), await create_pool(database, size=1)
    background.run("gardener", consumer_of(pool, handle, poll_seconds=0.01).run)
    for cut in range(4):
        for number in range(10 * cut, 10 * cut + 10):
            for aggregate_id in aggregates:
                await publish(outsider, aggregate_id, number)
        handled.clear()
        await asyncio.wait_for(handled.wait(), 10)
        await outsider.fetch(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
            """
        )
    async with asyncio.timeout(20):
        while await outsider.fetchval("select position from outbox.consumer") < 200:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await background.stop()
    await outsider.close()

    assert len(seen) > 200, "no cut hit a batch that was under way"
    for aggregate_id in aggregates:
        assert list(dict.fromkeys(n for a, n in seen if a == aggregate_id)) == list(range(40))


async def test_two_consumers_of_one_name_are_a_mistake(pool: Pool) -> None:
    """They would share one place, each seeing half."""
    outbox = Outbox(pool, quiet_log())
    outbox.consume("gardener", [TOPIC], Recorder())

    with pytest.raises(ValueError, match="gardener"):
        outbox.consume("gardener", [TOPIC], Recorder())


async def test_the_outbox_wakes_its_consumers(pool: Pool) -> None:
    """Those of the topic."""
    outbox, recorder, background = Outbox(pool, quiet_log()), Recorder(), Background(quiet_log())
    consumer = outbox.consume("gardener", [TOPIC], recorder)
    background.run(consumer.name, consumer.run)
    await publish(pool, uuid4(), "a")
    outbox.published("cellar")
    outbox.published(TOPIC)

    await until(lambda: bool(recorder.handled))

    await background.stop()
    assert outbox.consumers == [consumer]
