"""Payouts as values, and what an administrator's word does to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, IntEnum, auto
from uuid import UUID

from academe.caller import Caller
from academe.money import Money
from academe.services.tip.model import SCHOOL, AccountKind, Movement, TransactionKind

HAND = "hand"
"""The provider of payouts that an administrator pays."""

ASK_AGAIN_SECONDS = 60
"""Between asking the provider and asking again: longer than a call to it takes, so that two seldom meet."""

ASK_AGAIN_MAX_SECONDS = 3_600
"""Each time takes twice as long as the one before, up to this."""


class PayoutState(IntEnum):
    """Numbers as in academe.api.tip.v1.PayoutState and tip.payout."""

    PENDING = 1
    PAID = 2
    FAILED = 3
    IN_REVIEW = 4


@dataclass(frozen=True, slots=True)
class Payout:
    """The whole balance of an educator in one currency, on its way to them."""

    payout_id: UUID
    educator_id: UUID
    amount: Money
    state: PayoutState
    provider: str
    """The provider's name, or HAND."""
    destination: str
    """The provider's id of the account that is paid to; empty by hand."""
    provider_reference: str | None
    reason: str
    line_number: int
    """Of the educator's account: the entry that took the balance."""
    previous_number: int
    """The entry of the payout before, 0 if none. What is between the two, and what the one before left, adds
    up to the amount and what this one left."""
    attempts: int
    """How often the provider was asked to pay it."""
    create_time: datetime
    approve_time: datetime | None = None
    settle_time: datetime | None = None

    def seen_by(self, caller: Caller) -> bool:
        return caller.is_administrator or caller.user_id == self.educator_id

    def contradicts(self, paid: bool) -> bool:
        """Whether it was settled otherwise."""
        return self.state is (PayoutState.FAILED if paid else PayoutState.PAID)

    def settlement(self, paid: bool, at: datetime) -> Movement:
        """The movement which says that the money arrived, or that it is the educator's again."""
        if paid:
            kind, to_owner = TransactionKind.PAYOUT_PAID, SCHOOL
            to_kind = AccountKind.CASH if self.provider == HAND else AccountKind.PROVIDER
        else:
            kind, to_owner = TransactionKind.PAYOUT_FAILED, self.educator_id
            to_kind = AccountKind.EDUCATOR
        return Movement(
            kind, self.payout_id, AccountKind.PAYOUT, self.educator_id, to_kind, to_owner, self.amount, at
        )


@dataclass(frozen=True, slots=True)
class NewPayout:
    """A payout that is asked for; its amount is what the balance turns out to be."""

    payout_id: UUID
    educator_id: UUID
    request_id: UUID
    request_hash: bytes
    currency_code: str
    provider: str
    destination: str
    state: PayoutState
    reason: str
    create_time: datetime

    def movement(self, kind: TransactionKind, amount: int) -> Movement:
        """Out of the educator's balance: on its way (PAYOUT), or against what they owe (DEBT_REPAID)."""
        to_kind = AccountKind.PAYOUT if kind is TransactionKind.PAYOUT else AccountKind.DEBT
        owner, money = self.educator_id, Money(self.currency_code, amount)
        return Movement(
            kind, self.payout_id, AccountKind.EDUCATOR, owner, to_kind, owner, money, self.create_time
        )


@dataclass(frozen=True, slots=True)
class PayoutAccount:
    """Where an educator is paid to at the provider."""

    educator_id: UUID
    provider: str
    reference: str | None
    """The provider's id of it; None until it is known."""
    payouts_enabled: bool
    requirements: Sequence[str]


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One entry of the educator's account that a payout paid out."""

    number: int
    time: datetime
    kind: TransactionKind
    amount: Money
    balance: Money
    transaction_id: UUID
    tip_id: UUID | None
    source_id: UUID | None
    """The refund, dispute or payout that made it."""


class Verdict(Enum):
    """What an administrator's word comes to."""

    APPROVE = auto()
    """Out of its review, and on to whoever pays."""
    PAY = auto()
    GIVE_BACK = auto()
    REPEAT = auto()
    """It was said before; nothing more happens."""
    REFUSE = auto()
    """Settled otherwise, or not the administrator's to settle."""


def judge(payout: Payout, paid: bool, expected: PayoutState, *, asked: str | None) -> Verdict:
    """What "it was paid" or "it was not" means, said by somebody who saw the payout in the state `expected`.

    Of one in review, "it was paid" says that it may be. `asked` is the provider that can be asked, None
    without one. Of payouts through any other nobody will hear by itself what became of them, so an
    administrator, who can look there, says it.
    """
    by_hand = payout.provider != asked
    if payout.state is expected and (expected is PayoutState.IN_REVIEW or by_hand):
        if not paid:
            return Verdict.GIVE_BACK
        return Verdict.APPROVE if expected is PayoutState.IN_REVIEW else Verdict.PAY
    if paid and expected is PayoutState.IN_REVIEW:
        said_before = payout.approve_time is not None
    else:
        # Whoever pays has had no word in it: then it was an administrator's.
        has_happened = payout.state is (PayoutState.PAID if paid else PayoutState.FAILED)
        said_before = has_happened and (by_hand or payout.attempts == 0)
    return Verdict.REPEAT if said_before else Verdict.REFUSE


def ask_again_after(attempts: int) -> timedelta:
    """How long to leave the provider alone after it was asked so many times."""
    return timedelta(seconds=min(ASK_AGAIN_SECONDS << min(attempts, 6), ASK_AGAIN_MAX_SECONDS))
