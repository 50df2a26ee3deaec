"""Recurring tips as values, and which periods are charged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from uuid import UUID, uuid5

from academe.caller import Caller
from academe.money import Money
from academe.services.tip.errors import RecurringTipCanceled
from academe.services.tip.model import TipDraft, TipVisibility
from academe.services.tip.recurring.calendar import RecurrenceInterval, first_period_from, period

SKIPPED = "SKIPPED"
"""In place of a reason, for a period that was missed and by its policy is not charged."""


class CatchUpPolicy(IntEnum):
    """What happens to missed periods. Numbers as in academe.api.tip.v1.CatchUpPolicy and the table."""

    EACH = 1
    LATEST = 2
    NONE = 3


class RecurringTipState(IntEnum):
    """Numbers as in academe.api.tip.v1.RecurringTipState and tip.recurring_tip."""

    ACTIVE = 1
    PAUSED = 2
    CANCELED = 3


class PeriodState(IntEnum):
    """What became of a period, as in tip.recurring_period."""

    CHARGING = 1
    CHARGED = 2
    REFUSED = 3
    SKIPPED = 4


@dataclass(frozen=True, slots=True)
class RecurringDraft:
    """What a sender promises."""

    request_id: UUID
    request_hash: bytes
    educator_id: UUID
    amount: Money
    message: str
    visibility: TipVisibility
    hide_amount: bool
    interval: RecurrenceInterval
    start_date: date | None
    """None means today."""
    catch_up: CatchUpPolicy


@dataclass(frozen=True, slots=True)
class RecurringPeriod:
    """A period that was dealt with: the tip that it made, or why it made none."""

    start_date: date
    tip_id: UUID | None
    failure_reason: str


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """A period that has begun; `charged` is False when it was missed and is skipped."""

    start_date: date
    charged: bool


@dataclass(frozen=True, slots=True)
class RecurringTip:
    """A promise to tip every period. What is promised never changes."""

    recurring_tip_id: UUID
    sender_id: UUID
    educator_id: UUID
    amount: Money
    message: str
    visibility: TipVisibility
    hide_amount: bool
    interval: RecurrenceInterval
    start_date: date
    catch_up: CatchUpPolicy
    state: RecurringTipState
    next_period: date
    """First day of the period that is dealt with next, unless it is canceled."""
    create_time: datetime
    update_time: datetime
    recent_periods: Sequence[RecurringPeriod] = ()
    """Newest first, at most 12."""

    def seen_by(self, caller: Caller) -> bool:
        """Its sender and administrators see it, but never the educator whom it keeps the sender from."""
        kept_from = self.educator_id if self.visibility is TipVisibility.ANONYMOUS else None
        return caller.user_id == self.sender_id or (caller.is_administrator and caller.user_id != kept_from)

    def period_after(self, day: date) -> date:
        """The first day of the first period that begins after `day`."""
        number = first_period_from(self.interval, self.start_date, day + timedelta(days=1))
        return period(self.interval, self.start_date, number)

    def due(self, today: date, at_most: int) -> Sequence[DuePeriod]:
        """The first `at_most` periods that have begun and are not dealt with, oldest first.

        A period is missed once its first day has gone by. One that begins today is always charged.
        """
        first = first_period_from(self.interval, self.start_date, self.next_period)
        latest = first_period_from(self.interval, self.start_date, today + timedelta(days=1)) - 1
        begun = (
            (number, period(self.interval, self.start_date, number))
            for number in range(first, min(latest, first + at_most - 1) + 1)
        )
        return [DuePeriod(day, self._is_charged(day == today, number == latest)) for number, day in begun]

    def _is_charged(self, begins_today: bool, is_latest: bool) -> bool:
        if self.catch_up is CatchUpPolicy.LATEST:
            return is_latest
        return begins_today or self.catch_up is CatchUpPolicy.EACH

    def paused(self, now: datetime) -> RecurringTip:
        """Charged no more until it is resumed. Raises RecurringTipCanceled."""
        self._check_not_canceled()
        if self.state is RecurringTipState.PAUSED:
            return self
        return replace(self, state=RecurringTipState.PAUSED, update_time=now)

    def resumed(self, now: datetime) -> RecurringTip:
        """Charged again from the next period that begins. Raises RecurringTipCanceled.

        What began before, today's period too, is not charged later.
        """
        self._check_not_canceled()
        if self.state is RecurringTipState.ACTIVE:
            return self
        next_period = max(self.next_period, self.period_after(now.date()))
        return replace(self, state=RecurringTipState.ACTIVE, next_period=next_period, update_time=now)

    def canceled(self, now: datetime) -> RecurringTip:
        """Over for ever."""
        if self.state is RecurringTipState.CANCELED:
            return self
        return replace(self, state=RecurringTipState.CANCELED, update_time=now)

    def _check_not_canceled(self) -> None:
        if self.state is RecurringTipState.CANCELED:
            raise RecurringTipCanceled(recurring_tip_id=self.recurring_tip_id)

    def draft_of(self, start_date: date) -> TipDraft:
        """The tip of one period. Its request_id follows from the period: asking again finds the tip."""
        name = start_date.isoformat()
        return TipDraft(
            request_id=uuid5(self.recurring_tip_id, name),
            request_hash=hashlib.sha256(self.recurring_tip_id.bytes + name.encode()).digest(),
            educator_id=self.educator_id,
            amount=self.amount,
            message=self.message,
            visibility=self.visibility,
            hide_amount=self.hide_amount,
            course_id=None,
            lesson_id=None,
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A period that this process is charging; somebody else may, once `claim_time` is long enough ago."""

    recurring: RecurringTip
    start_date: date
    claim_time: datetime
