"""When periods begin, at the ends of months above all."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.services.tip.recurring.calendar import RecurrenceInterval, first_period_from, period

WEEK, MONTH, YEAR = RecurrenceInterval
DAYS = st.dates(date(2024, 1, 1), date(2100, 12, 31))
NUMBERS = st.integers(0, 600)
INTERVALS = st.sampled_from(RecurrenceInterval)


@given(INTERVALS, DAYS, NUMBERS)
def test_periods_follow_each_other(interval: RecurrenceInterval, start: date, number: int) -> None:
    """The first begins on the start date, and each one later than the one before: none is there twice."""
    assert period(interval, start, 0) == start
    assert period(interval, start, number) < period(interval, start, number + 1)


@given(DAYS, NUMBERS)
def test_every_week_has_its_day(start: date, number: int) -> None:
    """Seven days after the one before."""
    assert period(WEEK, start, number + 1) - period(WEEK, start, number) == timedelta(days=7)


@given(DAYS, NUMBERS)
def test_every_month_has_its_day(start: date, number: int) -> None:
    """One in each month, on the day it started with or the last one there is."""
    day = period(MONTH, start, number)
    months = (day.year - start.year) * 12 + day.month - start.month

    assert months == number
    assert day.day == min(start.day, calendar.monthrange(day.year, day.month)[1])


@given(DAYS, NUMBERS)
def test_every_year_has_its_day(start: date, number: int) -> None:
    """In its month, on its day, but for a 29 February."""
    day = period(YEAR, start, number)

    assert (day.year, day.month) == (start.year + number, start.month)
    assert day.day == start.day or (start.day == 29 and day.day == 28)


@given(INTERVALS, DAYS, DAYS)
def test_the_first_period_from_a_day(interval: RecurrenceInterval, start: date, day: date) -> None:
    """It begins on the day or later, and the one before it earlier."""
    number = first_period_from(interval, start, day)

    assert number >= 0
    assert period(interval, start, number) >= day
    assert number == 0 or period(interval, start, number - 1) < day


@given(INTERVALS, DAYS, NUMBERS)
def test_a_period_is_found_by_its_first_day(interval: RecurrenceInterval, start: date, number: int) -> None:
    """What is stored of a period is its first day, and the number comes back from it."""
    assert first_period_from(interval, start, period(interval, start, number)) == number


def test_the_last_of_january_does_not_drift() -> None:
    """A short month shortens itself only, not the months after it."""
    days = [period(MONTH, date(2026, 1, 31), number) for number in range(6)]

    assert days == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
        date(2026, 6, 30),
    ]


def test_the_last_of_january_in_a_leap_year() -> None:
    """February has a day more."""
    assert [period(MONTH, date(2028, 1, 31), number) for number in (1, 2)] == [
        date(2028, 2, 29),
        date(2028, 3, 31),
    ]


@pytest.mark.parametrize("day", [29, 30])
def test_the_days_before_the_last(day: int) -> None:
    """They too are away in February only."""
    assert [period(MONTH, date(2026, 1, day), number) for number in (1, 2)] == [
        date(2026, 2, 28),
        date(2026, 3, day),
    ]


def test_a_leap_day_every_year() -> None:
    """Three years on the 28th, and the fourth on the 29th again; 2100 has none."""
    assert [period(YEAR, date(2024, 2, 29), number) for number in (1, 2, 3, 4, 76)] == [
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
        date(2100, 2, 28),
    ]


def test_a_leap_day_every_month() -> None:
    """The 29th wherever there is one."""
    assert [period(MONTH, date(2024, 2, 29), number) for number in (1, 10, 12, 13)] == [
        date(2024, 3, 29),
        date(2024, 12, 29),
        date(2025, 2, 28),
        date(2025, 3, 29),
    ]


def test_from_december_into_january() -> None:
    """The year goes on."""
    assert period(MONTH, date(2026, 12, 31), 1) == date(2027, 1, 31)
    assert first_period_from(MONTH, date(2026, 12, 31), date(2027, 1, 1)) == 1
