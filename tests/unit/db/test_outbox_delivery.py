"""Handing events to a handler: the order of calls, and how a failure is traced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.db.outbox import Event, Retries
from academe.db.outbox.delivery import Outcome, deliver
from academe.db.outbox.model import Delivery
from academe.errors import DatabaseUnavailable

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def deliveries(aggregates: Sequence[int], attempts: int = 0) -> list[Delivery]:
    """One event for each, of that aggregate."""
    return [
        Delivery(Event(n, n, "garden", UUID(int=one), "garden.happened", None, NOW), attempts)
        for n, one in enumerate(aggregates, start=1)
    ]


class Handler:
    def __init__(self, bad: Sequence[int] = (), *, raises: type[Exception] | None = None) -> None:
        self.calls: list[list[int]] = []
        self.asked = 0
        self._bad = set(bad)
        self._raises = raises

    async def __call__(self, events: Sequence[Event]) -> Mapping[int, Exception]:
        self.calls.append([event.event_id for event in events])
        bad = self._bad & set(self.calls[-1])
        if bad and self._raises is not None:
            raise self._raises
        return {event_id: ValueError() for event_id in bad}

    async def before(self) -> None:
        self.asked += 1


async def delivered(handler: Handler, what: Sequence[Delivery]) -> Outcome:
    return await deliver(what, handler, before_each=handler.before)


def ids(found: Sequence[Delivery]) -> list[int]:
    return sorted(one.event.event_id for one in found)


async def test_an_aggregate_has_one_event_in_a_call() -> None:
    """The second is in the next call, with the seconds of others."""
    handler = Handler()

    outcome = await delivered(handler, deliveries([7, 8, 7, 9, 7, 8]))

    assert handler.calls == [[1, 2, 4], [3, 6], [5]]
    assert ids(outcome.handled) == [1, 2, 3, 4, 5, 6]
    assert handler.asked == len(handler.calls)


async def test_nothing_is_no_call() -> None:
    """The handler need not bear an empty batch."""
    handler = Handler()

    await delivered(handler, [])

    assert handler.calls == []


async def test_what_comes_after_a_failure_is_not_tried() -> None:
    """Of the same aggregate, that is."""
    outcome = await delivered(Handler([3]), deliveries([7, 8, 7, 7, 8]))

    assert ids(outcome.handled) == [1, 2, 5]
    assert [one.event.event_id for one, _ in outcome.failed] == [3]
    assert ids(outcome.behind) == [4]


@given(
    st.lists(st.integers(1, 6), max_size=40),
    st.sets(st.integers(1, 40), max_size=8),
    st.sampled_from([None, ValueError]),
)
async def test_any_failures(aggregates: list[int], bad: set[int], raises: type[Exception] | None) -> None:
    """Reported or raised: an event is handled exactly if it and all before it in its aggregate are good."""
    handler = Handler(sorted(bad), raises=raises)

    outcome = await delivered(handler, deliveries(aggregates))

    expected = [
        n
        for n, one in enumerate(aggregates, start=1)
        if not any(before in bad for before in range(1, n + 1) if aggregates[before - 1] == one)
    ]
    assert ids(outcome.handled) == expected
    failed = [one.event.event_id for one, _ in outcome.failed]
    assert sorted([*ids(outcome.handled), *failed, *ids(outcome.behind)]) == list(
        range(1, len(aggregates) + 1)
    )
    assert set(failed) <= bad


async def test_a_raised_failure_is_found_by_halving() -> None:
    """One in 64: seven pairs of halves at most."""
    handler = Handler([40], raises=ValueError)

    outcome = await delivered(handler, deliveries(range(64)))

    assert [one.event.event_id for one, _ in outcome.failed] == [40]
    assert len(handler.calls) == 13


@pytest.mark.parametrize(("attempts", "calls"), [(0, 1), (1, 7)])
async def test_a_database_that_is_away_is_believed_once(attempts: int, calls: int) -> None:
    """The first time nobody is to blame; a second time somebody may be."""
    handler = Handler([1, 2, 3, 4], raises=DatabaseUnavailable)

    outcome = await delivered(handler, deliveries(range(4), attempts))

    assert len(outcome.failed) == 4
    assert len(handler.calls) == calls


async def test_a_lost_lock_ends_the_delivery() -> None:
    """What says so is no failure of an event."""
    handler = Handler()

    async def lost() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await deliver(deliveries([1]), handler, before_each=lost)

    assert handler.calls == []


def test_the_pauses_between_attempts() -> None:
    """Twice as long each time, up to an hour; after the last attempt there is none."""
    pauses = [Retries().pause_after(attempts) for attempts in range(1, 17)]

    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
    assert pauses[12:] == [timedelta(hours=1)] * 3 + [None]
    assert sum((pause for pause in pauses if pause is not None), timedelta()) > timedelta(hours=4)
