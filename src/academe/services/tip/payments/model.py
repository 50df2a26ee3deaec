"""Payments, top-ups, and what a provider tells of them, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from uuid import UUID

from academe.money import Money
from academe.services.tip.ports import PaymentState, ProviderDispute, ProviderPayment, ProviderRefund

ASK_FIRST = timedelta(seconds=10)
"""How soon the provider is asked about what was just written; the call itself is nearly always faster."""

ASK_LATEST = timedelta(hours=1)
"""How seldom it is asked about what is old: webhooks bring news sooner."""

PAYMENT_LASTS = timedelta(hours=24)
"""After which a payment that its payer did not confirm is canceled."""


def next_ask(now: datetime, since: datetime) -> datetime:
    """When to ask again about what was written at `since`: each time after as long as it is old already."""
    return now + min(max(now - since, ASK_FIRST), ASK_LATEST)


class PaymentPurpose(IntEnum):
    """As in tip.payment."""

    TIP = 1
    TOP_UP = 2


class TopUpSource(IntEnum):
    """Numbers as in academe.api.tip.v1.TopUpSource and tip.top_up."""

    HAND = 1
    PAYMENT = 2


@dataclass(frozen=True, slots=True)
class Payment:
    """Money from outside that is on its way, or came."""

    payment_id: UUID
    """Of a tip its tip_id, of a top-up its top_up_id."""
    purpose: PaymentPurpose
    payer_id: UUID
    provider: str
    state: PaymentState
    amount: Money
    create_time: datetime
    reference: str = ""
    """The provider's id of it, empty until it is known."""
    client_secret: str = ""
    fee: int | None = None
    failure: str = ""
    fingerprint: str = ""
    ask_time: datetime | None = None

    @property
    def refused(self) -> bool:
        """Whether the provider did not even take it."""
        return self.state is PaymentState.FAILED and not self.reference


@dataclass(frozen=True, slots=True)
class Story:
    """All that a provider knows of one payment: whatever order its news came in, this is where it stands."""

    payment: ProviderPayment
    refunds: Sequence[ProviderRefund] = ()
    disputes: Sequence[ProviderDispute] = ()


@dataclass(frozen=True, slots=True)
class TopUpDraft:
    """What somebody asks for; `owner_id` is whose wallet."""

    request_id: UUID
    request_hash: bytes
    owner_id: UUID
    amount: Money
    source: TopUpSource


@dataclass(frozen=True, slots=True)
class TopUp:
    """What a request made. `payment` is set when the money comes from outside."""

    top_up_id: UUID
    owner_id: UUID
    amount: Money
    source: TopUpSource
    payment: Payment | None = None
    replayed: bool = False


_RANKS = {
    PaymentState.CREATED: 0,
    PaymentState.REQUIRES_ACTION: 1,
    PaymentState.PROCESSING: 1,
    PaymentState.FAILED: 1,
    PaymentState.CANCELED: 2,
    PaymentState.SUCCEEDED: 3,
}


def state_after(stored: PaymentState, seen: ProviderPayment) -> PaymentState:
    """Where a payment stands after it was seen: never further back, and not succeeded without its fee."""
    state = seen.state
    if state is PaymentState.SUCCEEDED and not seen.booked:
        state = PaymentState.PROCESSING
    return state if _RANKS[state] >= _RANKS[stored] else stored
