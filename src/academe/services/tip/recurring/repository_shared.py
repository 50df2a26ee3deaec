"""Rows of tip.recurring_tip as values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from academe.money import Money
from academe.services.tip.model import TipVisibility
from academe.services.tip.recurring.calendar import RecurrenceInterval
from academe.services.tip.recurring.model import (
    CatchUpPolicy,
    RecurringPeriod,
    RecurringTip,
    RecurringTipState,
)


def recurring_tip_of(row: Any, periods: Sequence[RecurringPeriod] = ()) -> RecurringTip:
    """A row with every column but those of the request."""
    return RecurringTip(
        recurring_tip_id=row["recurring_tip_id"],
        sender_id=row["sender_id"],
        educator_id=row["educator_id"],
        amount=Money(row["currency"], row["amount"]),
        message=row["message"],
        visibility=TipVisibility(row["visibility"]),
        hide_amount=row["hide_amount"],
        interval=RecurrenceInterval(row["interval"]),
        start_date=row["start_date"],
        catch_up=CatchUpPolicy(row["catch_up"]),
        state=RecurringTipState(row["state"]),
        next_period=row["next_period"],
        create_time=row["create_time"],
        update_time=row["update_time"],
        recent_periods=periods,
    )
