"""When periods begin.

Every period is counted from the first one, never from the one before it: a promise of the 31st of January
comes again on the 28th of February and then on the 31st of March, not on the 28th. Days are of UTC.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import IntEnum

MONTHS = 12


class RecurrenceInterval(IntEnum):
    """How often. Numbers as in academe.api.tip.v1.RecurrenceInterval and tip.recurring_tip."""

    WEEK = 1
    MONTH = 2
    YEAR = 3


def period(interval: RecurrenceInterval, start_date: date, number: int) -> date:
    """The first day of period `number`, where 0 begins on `start_date`.

    The same day of the week, of the month or of the year; the last day of a month that is too short for it,
    so that a 29 February is a 28 February in most years. Raises ValueError or OverflowError beyond the year
    9999.
    """
    if interval is RecurrenceInterval.WEEK:
        return start_date + timedelta(weeks=number)
    months = _month_of(start_date) + number * (MONTHS if interval is RecurrenceInterval.YEAR else 1)
    year, month = divmod(months, MONTHS)
    _, last_day = calendar.monthrange(year, month + 1)
    return date(year, month + 1, min(start_date.day, last_day))


def first_period_from(interval: RecurrenceInterval, start_date: date, day: date) -> int:
    """The number of the first period that begins on `day` or later; 0 when they all do."""
    if day <= start_date:
        return 0
    if interval is RecurrenceInterval.WEEK:
        return -((start_date - day).days // 7)
    number = _month_of(day) - _month_of(start_date)
    if interval is RecurrenceInterval.YEAR:
        number //= MONTHS
    # The period of this month or year may have begun before `day`; then it is the next one.
    return number if period(interval, start_date, number) >= day else number + 1


def _month_of(day: date) -> int:
    """Months since the year 0."""
    return day.year * MONTHS + day.month - 1
