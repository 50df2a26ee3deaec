"""Which periods of a promise are charged, and what pausing does to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.ids import new_id
from academe.money import Money
from academe.services.tip.errors import RecurringTipCanceled
from academe.services.tip.model import TipVisibility
from academe.services.tip.recurring.calendar import RecurrenceInterval, period
from academe.services.tip.recurring.model import CatchUpPolicy, RecurringTip, RecurringTipState

WEEK, MONTH, YEAR = RecurrenceInterval
EACH, LATEST, NONE = CatchUpPolicy
START = date(2026, 1, 31)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def promise(
    interval: RecurrenceInterval = MONTH, start_date: date = START, catch_up: CatchUpPolicy = EACH
) -> RecurringTip:
    return RecurringTip(
        recurring_tip_id=new_id(),
        sender_id=new_id(),
        educator_id=new_id(),
        amount=Money("EUR", 500),
        message="every time",
        visibility=TipVisibility.PUBLIC,
        hide_amount=True,
        interval=interval,
        start_date=start_date,
        catch_up=catch_up,
        state=RecurringTipState.ACTIVE,
        next_period=start_date,
        create_time=noon(start_date),
        update_time=noon(start_date),
    )


def kept(recurring: RecurringTip, days: Sequence[date], at_most: int = 3) -> tuple[list[date], list[date]]:
    """What is charged and what is skipped when somebody looks on these days."""
    charged: list[date] = []
    skipped: list[date] = []
    for day in days:
        while due := recurring.due(day, at_most):
            charged += [one.start_date for one in due if one.charged]
            skipped += [one.start_date for one in due if not one.charged]
            recurring = replace(recurring, next_period=recurring.period_after(due[-1].start_date))
    return charged, skipped


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def test_the_end_of_a_month_is_charged_once() -> None:
    """Looked at every day from January to May, a promise of the 31st is charged once in each month."""
    charged, skipped = kept(promise(), every_day(date(2026, 1, 1), date(2026, 5, 31)))

    assert charged == [date(2026, m, d) for m, d in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 31))]
    assert skipped == []


@given(
    st.sampled_from(RecurrenceInterval),
    st.dates(date(2024, 1, 1), date(2032, 12, 31)),
    st.sampled_from(CatchUpPolicy),
    st.sets(st.integers(0, 900), min_size=1, max_size=40),
    st.integers(1, 5),
)
def test_every_period_is_dealt_with_once(
    interval: RecurrenceInterval, start: date, catch_up: CatchUpPolicy, days: set[int], at_most: int
) -> None:
    """Whenever and however seldom somebody looks: all that began by then, in order, and nothing twice."""
    looks = [start + timedelta(days=number) for number in sorted(days)]
    charged, skipped = kept(promise(interval, start, catch_up), looks, at_most)
    numbers = range(1 + (looks[-1] - start).days // 7)
    begun = [day for day in (period(interval, start, number) for number in numbers) if day <= looks[-1]]

    assert sorted(charged + skipped) == begun
    assert charged == sorted(charged)
    if catch_up is EACH:
        assert skipped == []
    if catch_up is NONE:
        assert set(charged) <= set(looks)
    if catch_up is LATEST:
        assert len(charged) <= len(looks)


@pytest.mark.parametrize(
    ("catch_up", "charged"),
    [(EACH, [3, 10, 17, 24]), (LATEST, [3, 24]), (NONE, [3])],
    ids=["each", "latest", "none"],
)
def test_missed_periods(catch_up: CatchUpPolicy, charged: list[int]) -> None:
    """After three weeks without anybody looking, the policy says which of the missed ones are charged."""
    weekly = promise(WEEK, date(2026, 3, 3), catch_up)

    days, skipped = kept(weekly, [date(2026, 3, 3), date(2026, 3, 26)])
    assert days == [date(2026, 3, day) for day in charged]
    assert skipped == [date(2026, 3, day) for day in (3, 10, 17, 24) if day not in charged]


def test_a_period_that_begins_today_is_never_missed() -> None:
    """Whatever the policy says of those before it."""
    for catch_up in CatchUpPolicy:
        charged, _ = kept(promise(WEEK, date(2026, 3, 3), catch_up), [date(2026, 3, 17)])
        assert charged[-1] == date(2026, 3, 17)


def test_nothing_is_due_before_the_start() -> None:
    """A promise for later waits."""
    assert promise().due(START - timedelta(days=1), 3) == []


def test_what_began_while_it_was_paused_is_not_charged_later() -> None:
    """Two ends of months go by; the next one is charged."""
    paused = promise().paused(noon(date(2026, 2, 10)))
    resumed = replace(paused, next_period=date(2026, 2, 28)).resumed(noon(date(2026, 4, 15)))

    assert resumed.state is RecurringTipState.ACTIVE
    assert resumed.next_period == date(2026, 4, 30)


def test_resumed_on_the_day_a_period_begins() -> None:
    """That one has begun, so the next one is the first to be charged."""
    paused = replace(promise().paused(noon(START)), next_period=date(2026, 2, 28))

    assert paused.resumed(noon(date(2026, 2, 28))).next_period == date(2026, 3, 31)
    assert paused.resumed(noon(date(2026, 2, 27))).next_period == date(2026, 2, 28)


def test_a_pause_within_a_period_changes_nothing() -> None:
    """What was charged stays charged, and is not charged again."""
    charged = replace(promise(), next_period=date(2026, 2, 28))
    now = noon(date(2026, 2, 1))

    assert charged.paused(now).resumed(now).next_period == charged.next_period


def test_a_pause_before_the_start() -> None:
    """The first period is still the first."""
    now = noon(START - timedelta(days=5))

    assert promise().paused(now).resumed(now).next_period == START


def test_asking_again_changes_nothing() -> None:
    """Neither the state nor the time of its last change."""
    active, later = promise(), noon(date(2026, 6, 1))
    paused, canceled = active.paused(noon(START)), active.canceled(noon(START))

    assert active.resumed(later) is active
    assert paused.paused(later) is paused
    assert canceled.canceled(later) is canceled


def test_canceled_is_for_ever() -> None:
    """It is neither paused nor resumed."""
    canceled = promise().canceled(noon(START))

    with pytest.raises(RecurringTipCanceled):
        canceled.resumed(noon(START))
    with pytest.raises(RecurringTipCanceled):
        canceled.paused(noon(START))


def test_the_request_of_a_period_follows_from_it() -> None:
    """Whoever charges it asks with the same request_id, and for another period with another."""
    recurring = promise()
    drafts = [recurring.draft_of(day) for day in (START, START, date(2026, 2, 28))]

    assert drafts[0] == drafts[1]
    assert drafts[0].request_id != drafts[2].request_id
    assert drafts[0].request_hash != drafts[2].request_hash
    assert promise().draft_of(START).request_id != drafts[0].request_id
