"""Reports as values. Amounts are minor units of one currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from academe.money import Money
from academe.services.tip.model import AccountKind, TransactionKind

LIST_MAX = 100
"""Courses and supporters in a report of earnings, and differences in a reconciliation."""


@dataclass(frozen=True, slots=True)
class EarningsLine:
    """A part of what was earned; `key` is a month as YYYY-MM, a course_id or a user_id, or empty.

    Every line adds up: what was given, less fees and what was given back, is what was kept.
    """

    key: str
    tip_count: int = 0
    gross: int = 0
    fees: int = 0
    """Less the fees that came back with refunds."""
    refunded: int = 0
    """All that the giver got back, less disputes that were won and refunds that failed."""

    @property
    def net(self) -> int:
        return self.gross - self.fees - self.refunded

    def plus(self, other: EarningsLine) -> EarningsLine:
        """Both together, under this one's key."""
        return EarningsLine(
            self.key,
            self.tip_count + other.tip_count,
            self.gross + other.gross,
            self.fees + other.fees,
            self.refunded + other.refunded,
        )


@dataclass(frozen=True, slots=True)
class Earnings:
    """A year of one educator in one currency. Courses and supporters are the first LIST_MAX of all."""

    year: int
    currency_code: str
    months: Sequence[EarningsLine]
    """By month, those in which anything happened."""
    courses: Sequence[EarningsLine]
    supporters: Sequence[EarningsLine]
    total: EarningsLine


@dataclass(frozen=True, slots=True)
class Grouped:
    """What some entries add up to, grouped three ways; keys are as in EarningsLine."""

    months: dict[str, EarningsLine] = field(default_factory=dict)
    courses: dict[str, EarningsLine] = field(default_factory=dict)
    supporters: dict[str, EarningsLine] = field(default_factory=dict)

    def add(self, other: Grouped) -> None:
        """Takes the other's sums in."""
        for mine, theirs in (
            (self.months, other.months),
            (self.courses, other.courses),
            (self.supporters, other.supporters),
        ):
            for key, line in theirs.items():
                mine[key] = mine[key].plus(line) if key in mine else line


@dataclass(frozen=True, slots=True)
class EarningsEntry:
    """One tip that arrived, or one refund or dispute of a tip."""

    time: datetime
    kind: TransactionKind
    tip_id: UUID
    transaction_id: UUID
    course_id: UUID | None
    supporter_id: UUID | None
    """None for an anonymous sender."""
    line: EarningsLine


@dataclass(frozen=True, slots=True)
class Supporter:
    """Somebody who gave publicly. `amount` leaves out what they hide and what was given back."""

    user_id: UUID
    display_name: str
    amount: int
    tip_count: int
    latest_time: datetime


@dataclass(frozen=True, slots=True)
class TransactionTotal:
    """How often one kind of transaction happened, and how much it moved."""

    kind: TransactionKind
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The ledger's account of the provider beside the provider's own books."""

    ledger_net: int
    provider_net: int
    differences: Sequence[str]
    """The first LIST_MAX."""
    difference_count: int

    @property
    def agrees(self) -> bool:
        return self.difference_count == 0 and self.ledger_net == self.provider_net


@dataclass(frozen=True, slots=True)
class SchoolReport:
    """`balances` at the end of the span, which add up to nothing; `totals` of what happened in it."""

    currency_code: str
    balances: Mapping[AccountKind, int]
    totals: Sequence[TransactionTotal]
    reconciliation: Reconciliation | None

    def money(self, minor_units: int) -> Money:
        return Money(self.currency_code, minor_units)
