"""Handlers that fail, hang and recover: who waits, who goes on, and how often it is tried."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from academe.db.outbox import Event, Retries
from academe.db.pool import Pool
from academe.errors import DatabaseUnavailable
from tests.support.outbox import Fails, Recorder, consume_all, consumer_of, publish

GOOD, BAD = UUID(int=1), UUID(int=2)


async def held(pool: Pool) -> list[tuple[int, int, bool]]:
    rows = await pool.fetch("select position, attempts, parked from outbox.held order by position")
    return [tuple(row) for row in rows]


async def test_a_bad_event_holds_up_its_own_aggregate_alone(pool: Pool) -> None:
    """It is parked after three attempts; what came after it waits, also what comes later."""
    recorder = Recorder(lambda event: event.payload == "poison")
    consumer = consumer_of(pool, recorder)
    await publish(pool, BAD, "before", "poison", "after")
    await publish(pool, GOOD, 1, 2)
    await consume_all(consumer)
    await publish(pool, BAD, "later")
    await publish(pool, GOOD, 3)

    await consume_all(consumer)

    assert [event.payload for event in recorder.handled if event.aggregate_id == GOOD] == [1, 2, 3]
    assert [event.payload for event in recorder.handled if event.aggregate_id == BAD] == ["before"]
    tried = [event for batch in recorder.batches for event in batch if event.payload == "poison"]
    assert len(tried) == 3
    assert await held(pool) == [(2, 3, True), (3, 0, False), (6, 0, False)]


async def test_what_waited_follows_in_order(pool: Pool) -> None:
    """As soon as the event before it has succeeded; then the aggregate goes on as ever."""
    ill = True
    recorder = Recorder(lambda event: ill and event.payload in (1, 3))
    consumer = consumer_of(pool, recorder, retries=Retries(attempts=100, first_pause=timedelta(0)))
    await publish(pool, BAD, *range(6))
    for _ in range(5):
        await consumer.run_batch()
    assert recorder.payloads() == [0]
    await publish(pool, BAD, 6)
    await consumer.run_batch()

    ill = False
    await consume_all(consumer)
    await publish(pool, BAD, 7)
    await consume_all(consumer)

    assert recorder.payloads() == list(range(8))
    assert await held(pool) == []


async def test_pauses_grow(pool: Pool) -> None:
    """One second, two, four: until then it is not tried, and a look at it is no attempt."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    recorder = Recorder(lambda event: True)
    consumer = consumer_of(pool, recorder, retries=Retries(), clock=lambda: now)
    await publish(pool, BAD, "a")
    attempts = []
    for second in range(20):
        now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=second)
        before = len(recorder.batches)
        await consume_all(consumer)
        attempts += [second] * (len(recorder.batches) - before)

    assert attempts == [0, 1, 3, 7, 15]


async def test_an_exception_is_traced_to_its_event(pool: Pool) -> None:
    """The handler raises for a batch of a hundred because of two events; the others are handled."""
    calls: list[int] = []
    handled: set[Any] = set()

    async def handle(events: Sequence[Event]) -> None:
        calls.append(len(events))
        if any(event.payload in (17, 71) for event in events):
            raise Fails("somewhere in here\0\ud800")
        handled.update(event.payload for event in events)

    for number in range(100):
        await publish(pool, uuid4(), number)

    await consumer_of(pool, handle).run_batch()

    assert handled == set(range(100)) - {17, 71}
    assert len(calls) < 30
    rows = await pool.fetch("select position, error from outbox.held order by position")
    assert [row["position"] for row in rows] == [18, 72]
    assert rows[0]["error"] == "Fails: somewhere in here?"


async def test_a_fault_of_everybody_is_not_searched_for(pool: Pool) -> None:
    """What the handler needs is away: nothing is halved, all are tried again, and none is lost."""
    away, calls, handled = True, [], []

    async def handle(events: Sequence[Event]) -> None:
        calls.append(len(events))
        if away:
            raise DatabaseUnavailable(retry_after_seconds=1)
        handled.extend(event.payload for event in events)

    consumer = consumer_of(pool, handle)
    for number in range(50):
        await publish(pool, uuid4(), number)

    await consumer.run_batch()
    away = False
    await consume_all(consumer)

    assert calls == [50, 50]
    assert handled == list(range(50))
    assert await held(pool) == []


async def test_an_event_that_makes_everything_slow_is_found(pool: Pool) -> None:
    """It looks like a fault of everybody the first time, and fails alone the second."""
    handled: set[Any] = set()

    async def handle(events: Sequence[Event]) -> None:
        if any(event.payload == 3 for event in events):
            await asyncio.sleep(60)
        handled.update(event.payload for event in events)

    for number in range(8):
        await publish(pool, uuid4(), number)

    await consume_all(consumer_of(pool, handle, handle_seconds=0.05))

    assert handled == set(range(8)) - {3}
    assert await held(pool) == [(4, 3, True)]


async def test_failures_are_logged_at_first_and_at_last(pool: Pool) -> None:
    """With what is needed to find the event, and once in between, not at every attempt."""
    records: list[dict[str, Any]] = []

    def record(logger: Any, method: str, event: Any) -> Any:
        records.append({"level": method, **event})
        raise structlog.DropEvent

    log = structlog.wrap_logger(None, processors=[record])
    await publish(pool, BAD, "poison")

    await consume_all(consumer_of(pool, Recorder(lambda event: True), log=log))

    assert [record["level"] for record in records] == ["warning", "error"]
    assert {record["attempts"] for record in records} == {1, 3}
    for record_ in records:
        assert record_["consumer"] == "gardener"
        assert record_["position"] == 1
        assert record_["aggregate_id"] == str(BAD)
        assert isinstance(record_["exc_info"], Fails)


async def test_a_failure_of_somebody_else_counts_for_nothing(pool: Pool) -> None:
    """A handler that names an event it was not given has not failed on those it was given."""

    async def handle(events: Sequence[Event]) -> Mapping[int, Exception]:
        return {12_345: Fails()}

    await publish(pool, GOOD, "a")
    await consume_all(consumer_of(pool, handle))

    assert await held(pool) == []
    assert await pool.fetchval("select position from outbox.consumer") == 1
