"""What an operator does: look, replay, skip, forget."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from academe.db.outbox import OutboxOperators
from academe.db.pool import Pool
from academe.startup import StartupError
from tests.support.outbox import Recorder, consume_all, consumer_of, publish

GOOD, BAD = UUID(int=1), UUID(int=2)


@pytest.fixture
def operators(pool: Pool) -> OutboxOperators:
    return OutboxOperators(pool)


async def test_a_replay_delivers_again(pool: Pool, operators: OutboxOperators) -> None:
    """From a position on, to that consumer alone, in the same order."""
    recorder, other = Recorder(), Recorder()
    consumer, bystander = consumer_of(pool, recorder), consumer_of(pool, other, "bystander")
    await publish(pool, uuid4(), *range(5))
    await consume_all(consumer)
    await consume_all(bystander)

    told = await operators.replay("gardener", 3)
    await consume_all(consumer)
    await consume_all(bystander)

    assert "goes on from 3" in told
    assert recorder.payloads() == [0, 1, 2, 3, 4, 2, 3, 4]
    assert other.payloads() == [0, 1, 2, 3, 4]


async def test_what_was_parked_is_taken_up_again(pool: Pool, operators: OutboxOperators) -> None:
    """After the fault was mended; then what waited behind it follows."""
    ill = True
    recorder = Recorder(lambda event: ill and event.payload == "poison")
    consumer = consumer_of(pool, recorder)
    await publish(pool, BAD, "poison", "after")
    await consume_all(consumer)
    ill = False
    await consume_all(consumer)
    assert recorder.payloads() == []

    told = await operators.replay("gardener", None)
    await consume_all(consumer)

    assert told.endswith(": 1.")
    assert recorder.payloads() == ["poison", "after"]


async def test_a_replay_over_a_parked_event(pool: Pool, operators: OutboxOperators) -> None:
    """It comes again with the others, once, in its place; one parked before the position is tried, too."""
    ill = True
    recorder = Recorder(lambda event: ill and "poison" in event.payload)
    consumer = consumer_of(pool, recorder)
    await publish(pool, GOOD, "poison 1", "2")
    await publish(pool, BAD, "3", "poison 4", "5")
    await consume_all(consumer)
    assert recorder.payloads() == ["3"]
    ill = False

    await operators.replay("gardener", 3)
    await consume_all(consumer)

    handled = [(event.aggregate_id, event.payload) for event in recorder.handled]
    assert [payload for one, payload in handled if one == GOOD] == ["poison 1", "2"]
    assert [payload for one, payload in handled if one == BAD] == ["3", "3", "poison 4", "5"]
    assert await pool.fetchval("select count(*) from outbox.held") == 0


@pytest.mark.parametrize("position", [-1, 0, 7])
async def test_a_replay_never_skips(pool: Pool, operators: OutboxOperators, position: int) -> None:
    """Five events are handled: 6 would be the next, 7 would leave one out."""
    consumer = consumer_of(pool, Recorder())
    await publish(pool, uuid4(), *range(5))
    await consume_all(consumer)

    with pytest.raises(StartupError, match="6 or less"):
        await operators.replay("gardener", position)

    await operators.replay("gardener", 6)


async def test_a_poison_is_given_up(pool: Pool, operators: OutboxOperators) -> None:
    """By its position alone; what waited behind it goes on."""
    recorder = Recorder(lambda event: event.payload == "poison")
    consumer = consumer_of(pool, recorder)
    await publish(pool, BAD, "poison", "after", "later")
    await consume_all(consumer)
    for position in (2, 9):
        with pytest.raises(StartupError, match="No event has failed for gardener"):
            await operators.skip("gardener", position)

    await operators.skip("gardener", 1)
    await consume_all(consumer)

    assert recorder.payloads() == ["after", "later"]
    assert await pool.fetchval("select count(*) from outbox.held") == 0


async def test_the_status(pool: Pool, operators: OutboxOperators) -> None:
    """A line for each consumer, and one for each event that was given up, with the reason."""
    assert await operators.status() == ["No consumer has ever run on this database."]
    await publish(pool, BAD, "poison", "after")
    await publish(pool, GOOD, "good")
    await consume_all(consumer_of(pool, Recorder(lambda event: event.payload == "poison")))
    await consume_all(consumer_of(pool, Recorder(), "other"))
    await publish(pool, GOOD, "new")

    lines = await operators.status()

    assert lines[1].split()[:5] == ["gardener", "3", "1", "2", "1"]
    assert lines[2].split()[:5] == ["other", "3", "1", "0", "0"]
    assert lines[1].endswith("s old")
    assert lines[3] == f"parked: gardener at 1, garden.happened of {BAD}, failed 3 times: Fails: no"
    assert len(lines) == 4


async def test_a_consumer_that_is_forgotten(pool: Pool, operators: OutboxOperators) -> None:
    """Nothing is kept for it; if it comes back, it begins with the first event that is kept."""
    recorder = Recorder(lambda event: event.payload == "poison")
    await publish(pool, BAD, "fine", "poison")
    await consume_all(consumer_of(pool, recorder))

    await operators.forget("gardener")
    assert await pool.fetchval("select count(*) from outbox.held") == 0
    assert await operators.status() == ["No consumer has ever run on this database."]
    await consume_all(consumer_of(pool, recorder))

    assert recorder.payloads() == ["fine", "fine"]


async def test_a_consumer_that_does_not_exist(pool: Pool, operators: OutboxOperators) -> None:
    """The names that do are told."""
    await consume_all(consumer_of(pool, Recorder()))

    for call in (operators.replay("gardner", 1), operators.skip("gardner", 1), operators.forget("gardner")):
        with pytest.raises(StartupError, match="no consumer gardner on this database; there are: gardener"):
            await call
