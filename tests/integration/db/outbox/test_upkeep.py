"""Old events are removed, and whoever watches sees how far consumers are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from academe.db.outbox import OutboxOperators, OutboxUpkeep
from academe.db.outbox.upkeep import KEEP
from academe.db.pool import Pool
from academe.telemetry import Metrics
from tests.support.outbox import Recorder, consume_all, consumer_of, publish
from tests.support.postgres import quiet_log


async def age(pool: Pool, up_to: int, by: timedelta = KEEP) -> None:
    """Makes the first events as old as that, and an hour."""
    await pool.execute(
        "update outbox.event set create_time = create_time - $2::interval where event_id <= $1",
        up_to,
        by + timedelta(hours=1),
    )


async def kept(pool: Pool) -> list[int]:
    rows = await pool.fetch("select event_id from outbox.event order by event_id")
    return [row["event_id"] for row in rows]


async def test_what_is_old_and_handled_is_removed(pool: Pool) -> None:
    """And its position; the next event gets the next position all the same."""
    consumer = consumer_of(pool, Recorder())
    upkeep = OutboxUpkeep(pool, quiet_log())
    await publish(pool, uuid4(), *range(5))
    await consume_all(consumer)
    await age(pool, 3)

    assert await upkeep.remove_old() == 3
    assert await upkeep.remove_old() == 0
    assert await kept(pool) == [4, 5]
    await age(pool, 5)
    assert await upkeep.remove_old() == 2

    recorder = Recorder()
    await publish(pool, uuid4(), "new")
    await consume_all(consumer_of(pool, recorder))
    assert [event.position for event in recorder.handled] == [6]


async def test_what_a_consumer_still_needs_is_kept(pool: Pool) -> None:
    """One is behind, another has put events off: they are as old as they like."""
    upkeep, operators = OutboxUpkeep(pool, quiet_log()), OutboxOperators(pool)
    await publish(pool, UUID(int=1), "poison", "waits")
    await publish(pool, UUID(int=2), *range(3))
    await consume_all(consumer_of(pool, Recorder(lambda event: event.payload == "poison")))
    await consume_all(consumer_of(pool, Recorder(), "slow"))
    await operators.replay("slow", 5)
    await age(pool, 5, 2 * KEEP)

    assert await upkeep.remove_old() == 2
    assert await kept(pool) == [1, 2, 5]


async def test_thousands_are_removed(pool: Pool) -> None:
    """Several statements' worth, between some that have to stay, and nobody has ever consumed one."""
    upkeep = OutboxUpkeep(pool, quiet_log())
    await pool.execute(
        """
        select outbox.append('garden', gen_random_uuid(), 'garden.happened', '{}')
        from generate_series(1, 3500)
        """
    )
    await age(pool, 3_200)

    assert await upkeep.remove_old() == 3_200
    assert await kept(pool) == list(range(3_201, 3_501))


async def test_a_replay_from_what_is_gone_begins_with_what_is_there(pool: Pool) -> None:
    """And says so."""
    recorder = Recorder()
    consumer = consumer_of(pool, recorder)
    await publish(pool, uuid4(), *range(5))
    await consume_all(consumer)
    await age(pool, 3)
    await OutboxUpkeep(pool, quiet_log()).remove_old()

    told = await OutboxOperators(pool).replay("gardener", 1)
    await consume_all(consumer)

    assert "goes on from 4" in told
    assert recorder.payloads() == [0, 1, 2, 3, 4, 3, 4]


def shown(metrics: Metrics) -> dict[str, float]:
    lines = [line for line in metrics.render().decode().splitlines() if line.startswith("academe_outbox_")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def test_what_the_metrics_show(pool: Pool) -> None:
    """Lag, age, what is put off and what is given up; the age grows while nobody can look."""
    now = datetime.now(UTC)
    upkeep = OutboxUpkeep(pool, quiet_log(), clock=lambda: now)
    metrics = Metrics()
    metrics.watch_outbox(upkeep)
    await publish(pool, UUID(int=1), "poison", "waits")
    await consume_all(consumer_of(pool, Recorder(lambda event: event.payload == "poison")))
    await consume_all(consumer_of(pool, Recorder(), "idle"))
    await upkeep.look()
    at_rest = shown(metrics)
    await publish(pool, UUID(int=2), "a", "b", "c")
    await upkeep.look()
    now += timedelta(seconds=500)

    later = shown(metrics)

    assert at_rest['academe_outbox_oldest_seconds{consumer="idle"}'] == 0
    assert later['academe_outbox_lag_events{consumer="gardener"}'] == 3
    assert later['academe_outbox_held_events{consumer="gardener"}'] == 2
    assert later['academe_outbox_parked_events{consumer="gardener"}'] == 1
    assert later['academe_outbox_lag_events{consumer="idle"}'] == 3
    assert later['academe_outbox_held_events{consumer="idle"}'] == 0
    assert 480 < later['academe_outbox_oldest_seconds{consumer="idle"}'] <= 500
    assert later['academe_outbox_oldest_seconds{consumer="gardener"}'] > 480
