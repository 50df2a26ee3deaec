"""Tips as values, and what the ledger moves.

`migrations/0002_pre_ledger_of_movements.sql` says what each account means. The numbers of the enums are those
of the contract and of the tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from academe.caller import Caller
from academe.money import Money, allocate

SCHOOL = UUID(int=0)
"""Who owns the school's own accounts."""

BASIS_POINTS = 10_000
"""Of a whole: a fee of 500 is 5 %."""


class AccountKind(IntEnum):
    """Kinds of accounts; the first five belong to people. Numbers as in academe.api.tip.v1.AccountKind."""

    WALLET = 1
    EDUCATOR = 2
    HELD = 3
    PAYOUT = 4
    DEBT = 5
    PLATFORM_FEE = 6
    PAYMENT_FEE = 7
    PROVIDER = 8
    CASH = 9
    OUTSIDE = 10


class TransactionKind(IntEnum):
    """What moved money; from 3 on a movement. Numbers as in academe.api.tip.v1.TransactionKind."""

    TIP = 1
    HOLD = 2
    TOP_UP = 3
    CAPTURE = 4
    VOID = 5
    CHARGE = 6
    REFUND = 7
    DISPUTE = 8
    DISPUTE_WON = 9
    PAYOUT = 10
    PAYOUT_PAID = 11
    PAYOUT_FAILED = 12
    PROVIDER_FEE = 13
    DEBT_REPAID = 14
    TOP_UP_TAKEN_BACK = 15
    REFUND_FAILED = 16
    PROVIDER_FEE_RETURNED = 17


class Funding(IntEnum):
    """How a tip is posted, as in tip.tip."""

    OUTSIDE = 0
    """From before there were wallets."""
    WALLET = 1
    HOLD = 2
    """From the wallet, set aside first."""
    PAYMENT = 3


class TipState(IntEnum):
    """Where a tip stands. Numbers as in academe.api.tip.v1.TipState; REFUNDED is not stored but follows."""

    HELD = 1
    IN_REVIEW = 2
    PENDING = 3
    GIVEN = 4
    VOIDED = 5
    FAILED = 6
    REFUNDED = 7


class TipVisibility(IntEnum):
    """Who gets to know about a tip. Numbers as in academe.api.tip.v1.TipVisibility and in the table."""

    PUBLIC = 1
    PRIVATE = 2
    ANONYMOUS = 3


class TipDirection(IntEnum):
    """Which side of a tip somebody is on. Numbers as in academe.api.tip.v1.TipDirection."""

    SENT = 1
    RECEIVED = 2


@dataclass(frozen=True, slots=True)
class TipDraft:
    """What a sender asks for."""

    request_id: UUID
    request_hash: bytes
    """Digest of everything asked for, by which a repeat is told from another request."""
    educator_id: UUID
    amount: Money
    message: str
    visibility: TipVisibility
    hide_amount: bool
    course_id: UUID | None
    """What the tip is a thank-you for. A plain reference: whether it exists is not checked."""
    lesson_id: UUID | None
    funding: Funding = Funding.WALLET
    expire_time: datetime | None = None
    """When a hold that nobody decided is given back; None unless `funding` is HOLD."""


@dataclass(frozen=True, slots=True)
class Tip:
    """Money given. Amounts and parties never change; `state` and `refunded` tell what happened since."""

    tip_id: UUID
    sender_id: UUID | None
    """None when the reader may not know."""
    educator_id: UUID
    amount: Money
    message: str
    visibility: TipVisibility
    hide_amount: bool
    course_id: UUID | None
    lesson_id: UUID | None
    create_time: datetime
    funding: Funding = Funding.WALLET
    state: TipState = TipState.GIVEN
    platform_fee: int = 0
    """Minor units, like the three below: parts of the amount."""
    payment_fee: int = 0
    refunded: int = 0
    refunded_platform_fee: int = 0
    refunded_payment_fee: int = 0
    expire_time: datetime | None = None
    review: bool = False
    recurring_tip_id: UUID | None = None

    @property
    def left(self) -> tuple[int, int, int]:
        """What was not given back: the educator's share, the platform's fee, the payment's fee."""
        platform_fee = self.platform_fee - self.refunded_platform_fee
        payment_fee = self.payment_fee - self.refunded_payment_fee
        return self.amount.minor_units - self.refunded - platform_fee - payment_fee, platform_fee, payment_fee

    def seen_by(self, caller: Caller) -> Tip | None:
        """The tip as the caller may see it, None when they may not know of it.

        Whoever is a side of it sees no more for being an administrator.
        """
        if caller.user_id == self.sender_id:
            return self
        if caller.user_id == self.educator_id:
            return self._seen_by_educator()
        return self if caller.is_administrator else None

    def _seen_by_educator(self) -> Tip | None:
        """Words reach the educator together with the money: anybody can promise it and never pay."""
        if self.state in (TipState.PENDING, TipState.FAILED):
            return None
        seen = self if self.state in (TipState.GIVEN, TipState.REFUNDED) else replace(self, message="")
        if self.visibility is TipVisibility.ANONYMOUS:
            # By its promise several tips of one anonymous sender would be known to be of one.
            return replace(seen, sender_id=None, recurring_tip_id=None)
        return seen


def platform_fee_of(amount: int, basis_points: int) -> int:
    """The school's share of an amount, rounded to the nearest minor unit, a half in the educator's favour."""
    _, fee = allocate(amount, (BASIS_POINTS - basis_points, basis_points))
    return fee


@dataclass(frozen=True, slots=True)
class TipLimit:
    """A sender may send `count` tips in any `seconds` seconds."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Movement:
    """A transaction of the ledger that is not a tip (see tip.movement). Once for each (kind, source)."""

    kind: TransactionKind
    source_id: UUID
    from_kind: AccountKind
    from_owner: UUID
    to_kind: AccountKind
    to_owner: UUID
    amount: Money
    create_time: datetime
    tip_id: UUID | None = None
    platform_fee: int = 0
    payment_fee: int = 0
    debt: int = 0


@dataclass(frozen=True, slots=True)
class NewTip:
    """A tip to be written, with the request that it answers."""

    tip: Tip
    sender_id: UUID
    request_id: UUID
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class SentTip:
    """The tip that a request made; `replayed` when it was made by an earlier sending of the request."""

    tip: Tip
    replayed: bool


@dataclass(frozen=True, slots=True)
class NumberedTip:
    """A tip with its number among those of its sender: 1, 2, 3 … without gaps."""

    sender_number: int
    tip: Tip
