"""Writing events: with the change, or not at all."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from academe.db.outbox import append
from academe.db.pool import Pool
from tests.support.outbox import Fails, Recorder, consume_all, consumer_of, publish


async def test_an_event_arrives_as_it_was_written(pool: Pool) -> None:
    """Every field, with text that JSON and PostgreSQL could trip over."""
    aggregate_id, payload = (
        uuid4(),
        {"name": "Zoë 'x\" 漢字", "number": 2**53 - 1, "none": None, "list": [1, []]},
    )
    recorder = Recorder()

    event_id = await append(pool, "garden", aggregate_id, "garden.planted", payload)
    await consume_all(consumer_of(pool, recorder))

    (event,) = recorder.handled
    assert (event.position, event.event_id, event.topic) == (1, event_id, "garden")
    assert (event.aggregate_id, event.type, event.payload) == (aggregate_id, "garden.planted", payload)
    assert abs(event.create_time - datetime.now(UTC)) < timedelta(seconds=30)


async def test_a_rollback_leaves_no_event(pool: Pool) -> None:
    """Nor a hole in the positions of those that are there."""
    recorder = Recorder()
    await publish(pool, uuid4(), "before")

    with suppress(Fails):
        async with pool.transaction() as connection:
            await publish(connection, uuid4(), "never")
            raise Fails
    await publish(pool, uuid4(), "after")
    await consume_all(consumer_of(pool, recorder))

    assert recorder.payloads() == ["before", "after"]
    assert [event.position for event in recorder.handled] == [1, 2]
    left = await pool.fetchval(
        "select (select count(*) from outbox.unsequenced) + (select count(*) from outbox.event)"
    )
    assert left == 2


async def test_a_savepoint_takes_its_events_along(pool: Pool) -> None:
    """Part of a transaction is undone, the rest is committed."""
    recorder = Recorder()
    async with pool.transaction() as connection:
        await publish(connection, uuid4(), "kept")
        inner = connection.transaction()
        await inner.start()
        await publish(connection, uuid4(), "undone")
        await inner.rollback()
        await publish(connection, uuid4(), "kept, too")

    await consume_all(consumer_of(pool, recorder))

    assert recorder.payloads() == ["kept", "kept, too"]


async def test_events_of_one_transaction_keep_their_order(pool: Pool) -> None:
    """Of one aggregate, and more of them than a batch has."""
    recorder, aggregate_id = Recorder(), uuid4()
    async with pool.transaction() as connection:
        await publish(connection, aggregate_id, *range(150))

    await consume_all(consumer_of(pool, recorder))

    assert recorder.payloads() == list(range(150))
    assert {len(batch) for batch in recorder.batches} == {1}
