"""Recurring tips between messages and values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from academe.api.tip.v1 import recurring_tip_pb2, tip_pb2, tip_service_pb2
from academe.api.type.v1 import money_pb2
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.money import Money
from academe.services.tip.model import TipVisibility
from academe.services.tip.recurring.calendar import RecurrenceInterval
from academe.services.tip.recurring.convert import recurring_draft_of, recurring_tip_message
from academe.services.tip.recurring.model import (
    CatchUpPolicy,
    RecurringPeriod,
    RecurringTip,
    RecurringTipState,
)


def request(**changes: object) -> tip_service_pb2.CreateRecurringTipRequest:
    fields: dict[str, object] = {
        "request_id": str(uuid4()),
        "educator_id": str(uuid4()),
        "amount": money_pb2.Money(currency_code="KWD", minor_units=1_500),
        "message": "thanks",
        "interval": recurring_tip_pb2.RECURRENCE_INTERVAL_YEAR,
    }
    return tip_service_pb2.CreateRecurringTipRequest(**{**fields, **changes})


def test_what_is_left_out_has_a_meaning() -> None:
    """Private, each missed period, from today on."""
    draft = recurring_draft_of(request())

    assert draft.visibility is TipVisibility.PRIVATE
    assert draft.catch_up is CatchUpPolicy.EACH
    assert draft.start_date is None
    assert (draft.interval, draft.amount) == (RecurrenceInterval.YEAR, Money("KWD", 1_500))


def test_what_is_said_is_taken() -> None:
    """Word for word."""
    draft = recurring_draft_of(
        request(
            visibility=tip_pb2.TIP_VISIBILITY_ANONYMOUS,
            hide_amount=True,
            start_date="2028-02-29",
            catch_up=recurring_tip_pb2.CATCH_UP_POLICY_NONE,
        )
    )

    assert (draft.visibility, draft.hide_amount) == (TipVisibility.ANONYMOUS, True)
    assert (draft.start_date, draft.catch_up) == (date(2028, 2, 29), CatchUpPolicy.NONE)


@pytest.mark.parametrize("day", ["2026-02-29", "2026-13-01", "0000-01-01"])
def test_a_day_that_is_in_no_calendar(day: str) -> None:
    """It has the form of a day, and is refused by the name of its field."""
    with pytest.raises(InvalidArgument, match="start_date"):
        recurring_draft_of(request(start_date=day))


def test_a_repeat_has_the_digest_of_the_first() -> None:
    """And another promise has another."""
    one = request()
    other = request(educator_id=one.educator_id, request_id=one.request_id, hide_amount=True)

    assert recurring_draft_of(one).request_hash == recurring_draft_of(one).request_hash
    assert recurring_draft_of(one).request_hash != recurring_draft_of(other).request_hash


def test_a_promise_on_the_wire() -> None:
    """With its periods; once canceled there is no next one."""
    tip_id, now = new_id(), datetime(2026, 3, 3, tzinfo=UTC)
    recurring = RecurringTip(
        recurring_tip_id=new_id(),
        sender_id=new_id(),
        educator_id=new_id(),
        amount=Money("EUR", 500),
        message="again",
        visibility=TipVisibility.PUBLIC,
        hide_amount=False,
        interval=RecurrenceInterval.WEEK,
        start_date=date(2026, 3, 3),
        catch_up=CatchUpPolicy.LATEST,
        state=RecurringTipState.ACTIVE,
        next_period=date(2026, 3, 17),
        create_time=now,
        update_time=now,
        recent_periods=(
            RecurringPeriod(date(2026, 3, 10), None, "INSUFFICIENT_FUNDS"),
            RecurringPeriod(date(2026, 3, 3), tip_id, ""),
        ),
    )
    message = recurring_tip_message(recurring)
    canceled = recurring_tip_message(replace(recurring, state=RecurringTipState.CANCELED))

    assert message.interval == recurring_tip_pb2.RECURRENCE_INTERVAL_WEEK
    assert message.state == recurring_tip_pb2.RECURRING_TIP_STATE_ACTIVE
    assert message.catch_up == recurring_tip_pb2.CATCH_UP_POLICY_LATEST
    assert (message.start_date, message.next_period) == ("2026-03-03", "2026-03-17")
    assert [(one.start_date, one.tip_id, one.failure_reason) for one in message.recent_periods] == [
        ("2026-03-10", "", "INSUFFICIENT_FUNDS"),
        ("2026-03-03", str(tip_id), ""),
    ]
    assert canceled.next_period == ""
