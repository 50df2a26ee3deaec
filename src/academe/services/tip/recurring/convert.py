"""Recurring tips between messages and values."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from academe.api.tip.v1 import recurring_tip_pb2, tip_pb2, tip_service_pb2
from academe.errors import InvalidArgument
from academe.rpc.convert import fingerprint, timestamp
from academe.services.tip.convert import money_message, money_of
from academe.services.tip.model import TipVisibility
from academe.services.tip.recurring.calendar import RecurrenceInterval
from academe.services.tip.recurring.model import (
    CatchUpPolicy,
    RecurringDraft,
    RecurringPeriod,
    RecurringTip,
    RecurringTipState,
)


def recurring_draft_of(request: tip_service_pb2.CreateRecurringTipRequest) -> RecurringDraft:
    """What a request promises; unset means private, and each missed period charged.

    Raises InvalidArgument.
    """
    return RecurringDraft(
        request_id=UUID(request.request_id),
        request_hash=fingerprint(request),
        educator_id=UUID(request.educator_id),
        amount=money_of(request.amount),
        message=request.message,
        visibility=TipVisibility(request.visibility or TipVisibility.PRIVATE),
        hide_amount=request.hide_amount,
        interval=RecurrenceInterval(request.interval),
        start_date=_date_of(request.start_date),
        catch_up=CatchUpPolicy(request.catch_up or CatchUpPolicy.EACH),
    )


def _date_of(text: str) -> date | None:
    """The contract's rules have checked the form, but not that there is such a day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidArgument.field("start_date", "must be a day of the calendar, YYYY-MM-DD") from error


def recurring_tip_message(recurring: RecurringTip) -> recurring_tip_pb2.RecurringTip:
    """A promise on the wire."""
    canceled = recurring.state is RecurringTipState.CANCELED
    return recurring_tip_pb2.RecurringTip(
        recurring_tip_id=str(recurring.recurring_tip_id),
        sender_id=str(recurring.sender_id),
        educator_id=str(recurring.educator_id),
        amount=money_message(recurring.amount),
        message=recurring.message,
        visibility=tip_pb2.TipVisibility.Name(recurring.visibility),
        hide_amount=recurring.hide_amount,
        interval=recurring_tip_pb2.RecurrenceInterval.Name(recurring.interval),
        start_date=recurring.start_date.isoformat(),
        catch_up=recurring_tip_pb2.CatchUpPolicy.Name(recurring.catch_up),
        state=recurring_tip_pb2.RecurringTipState.Name(recurring.state),
        next_period="" if canceled else recurring.next_period.isoformat(),
        create_time=timestamp(recurring.create_time),
        recent_periods=map(_period_message, recurring.recent_periods),
    )


def _period_message(period: RecurringPeriod) -> recurring_tip_pb2.RecurringPeriod:
    return recurring_tip_pb2.RecurringPeriod(
        start_date=period.start_date.isoformat(),
        tip_id=str(period.tip_id or ""),
        failure_reason=period.failure_reason,
    )
