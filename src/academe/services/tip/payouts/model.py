"""Payouts as values, and what an administrator's word does to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, IntEnum, auto
from uuid import UUID

from academe.caller import Caller
from academe.money import Money
from academe.services.tip.model import AccountKind, Movement, TransactionKind

HAND = "hand"
"""The provider of payouts that an administrator pays."""

REPEAT_SECONDS = 60
"""How long the same word about a payout by hand that was just let out of its review counts as a repeat of the
letting go, and not as the news that it was paid: a client that lost the reply sends it again at once, and a
transfer at a bank takes longer."""

ASK_AGAIN_SECONDS = 60
"""Between asking the provider and asking again: longer than any call to it may take, so that two seldom meet."""

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
    """The entry of the payout before, 0 if none. What is between the two adds up to the amount."""
    create_time: datetime
    approve_time: datetime | None = None
    settle_time: datetime | None = None

    def seen_by(self, caller: Caller) -> bool:
        return caller.is_administrator or caller.user_id == self.educator_id

    def movement(self, kind: TransactionKind, at: datetime) -> Movement:
        """What takes the money (PAYOUT), says that it arrived (PAYOUT_PAID) or brings it back (PAYOUT_FAILED)."""
        educator, on_its_way = AccountKind.EDUCATOR, AccountKind.PAYOUT
        if kind is TransactionKind.PAYOUT_PAID:
            outside = AccountKind.CASH if self.provider == HAND else AccountKind.PROVIDER
            return Movement(
                kind, self.payout_id, on_its_way, self.educator_id, outside, UUID(int=0), self.amount, at
            )
        parties = (educator, on_its_way) if kind is TransactionKind.PAYOUT else (on_its_way, educator)
        from_kind, to_kind = parties
        return Movement(
            kind, self.payout_id, from_kind, self.educator_id, to_kind, self.educator_id, self.amount, at
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


def judge(payout: Payout, paid: bool, at: datetime) -> Verdict:
    """What "it was paid" or "it was not" means for a payout as it stands."""
    by_hand, approved = payout.provider == HAND, payout.approve_time
    if payout.state is PayoutState.IN_REVIEW:
        return Verdict.APPROVE if paid else Verdict.GIVE_BACK
    if payout.state is PayoutState.PENDING and by_hand:
        if paid and approved is not None and at - approved < timedelta(seconds=REPEAT_SECONDS):
            return Verdict.REPEAT
        return Verdict.PAY if paid else Verdict.GIVE_BACK
    if payout.state is PayoutState.PENDING:
        return Verdict.REPEAT if paid and approved is not None else Verdict.REFUSE
    said_before = (
        by_hand or approved is not None
        if paid
        # What the provider refused was not given back by an administrator.
        else by_hand or approved is None and payout.provider_reference is None and not payout.destination
    )
    return Verdict.REPEAT if said_before and (payout.state is PayoutState.PAID) == paid else Verdict.REFUSE


def ask_again_after(attempts: int) -> timedelta:
    """How long to leave the provider alone after it was asked so many times."""
    return timedelta(seconds=min(ASK_AGAIN_SECONDS << min(attempts, 6), ASK_AGAIN_MAX_SECONDS))
