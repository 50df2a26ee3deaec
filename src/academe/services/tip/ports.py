"""What tips need from the other services, and from whoever moves money outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol
from uuid import UUID

from academe.money import Money
from academe.services.user import Account
from academe.services.user import UserNotFound as UserNotFound


class UserDirectory(Protocol):
    """Knows who people are."""

    async def get_accounts(self, ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        """The accounts that exist, by id; an id that nobody has is left out and is not an error."""
        ...


class PaymentState(IntEnum):
    """Numbers as in academe.api.tip.v1.PaymentState and tip.payment."""

    CREATED = 1
    REQUIRES_ACTION = 2
    PROCESSING = 3
    SUCCEEDED = 4
    FAILED = 5
    CANCELED = 6


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """A payment as the provider sees it now."""

    reference: str
    payment_id: UUID | None
    """Ours, as the provider was told it."""
    state: PaymentState
    amount: Money
    fee: int | None
    """Minor units that the provider keeps; None while it is not known, or is in another currency."""
    booked: bool = False
    """Whether the provider has it in its books, so that `fee` is what it will stay."""
    gone_back: bool = False
    """Whether there are refunds of it, or a dispute."""
    client_secret: str = ""
    failure: str = ""
    fingerprint: str = ""
    """By which the provider knows a card again."""


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """A refund as the provider sees it now."""

    reference: str
    refund_id: UUID | None
    """Ours, as the provider was told it; None for one that was made there."""
    amount: Money
    succeeded: bool | None
    """None while it is not decided. One that had succeeded may fail after all."""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ProviderDispute:
    """A payer's bank takes a payment back, as the provider sees it now."""

    reference: str
    amount: Money
    """What was taken out of the platform's balance; nothing while it is only a question."""
    fee: int
    """Minor units that the provider took for it."""
    fee_returned: int
    won: bool | None
    """None while it is open."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProviderTransfer:
    """A transfer to an educator, as the provider sees it now."""

    reference: str
    source_id: UUID | None
    """The id of our payout, as the provider was told it."""
    succeeded: bool | None
    """None while it is not decided."""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """Where an educator is paid to."""

    reference: str
    payouts_enabled: bool
    requirements: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BookLine:
    """One line of the provider's own books (a balance transaction)."""

    reference: str
    kind: str
    amount: int
    """Minor units, before the fee; what leaves is negative."""
    fee: int
    net: int
    time: datetime
    source_reference: str
    """The provider's id of the payment, refund, transfer or dispute that it is about."""
    source_id: UUID | None = None
    """Our own id of it, where the provider was told one."""


@dataclass(frozen=True, slots=True)
class GoneBack:
    """A line of the provider's books about a refund or a dispute of a payment."""

    reference: str
    time: datetime
    payment_reference: str
    """The provider's id of the payment."""


class PaymentProvider(Protocol):
    """Whoever moves money outside, such as Stripe.

    Every method raises ProviderUnavailable when the outcome is not known (no answer, a fault of theirs, or
    the same request being worked on), which never means that nothing happened; ProviderRefused when the
    provider said no and nothing happened. Calls that change something are made again with the same ids until
    the outcome is known, and happen once.
    """

    name: str

    def check_amount(self, amount: Money) -> None:
        """Raises CurrencyUnknown or InvalidArgument for what the provider cannot charge exactly."""
        ...

    def payable(self, amount: Money) -> Money:
        """The most of it that can be sent to an educator, perhaps nothing. Raises CurrencyUnknown."""
        ...

    async def create_payment(self, payment_id: UUID, amount: Money, *, payer_id: UUID) -> ProviderPayment: ...

    async def get_payment(self, reference: str) -> ProviderPayment: ...

    async def cancel_payment(self, reference: str) -> ProviderPayment:
        """Ends a payment that took nothing; one that did, or has ended, is answered as it is."""
        ...

    async def create_refund(self, refund_id: UUID, reference: str, amount: Money) -> ProviderRefund:
        """Of the payment with this reference."""
        ...

    async def list_refunds(self, reference: str) -> Sequence[ProviderRefund]:
        """Every refund of a payment, the oldest first."""
        ...

    async def list_disputes(self, reference: str) -> Sequence[ProviderDispute]:
        """Every dispute of a payment, the oldest first."""
        ...

    async def list_gone_back(self, start: datetime, end: datetime) -> Sequence[GoneBack]:
        """What was booked about refunds and disputes from `start` to before `end`, in any order."""
        ...

    async def create_account(self, educator_id: UUID) -> ProviderAccount: ...

    async def get_account(self, reference: str) -> ProviderAccount: ...

    async def onboarding_url(self, reference: str, return_url: str) -> str: ...

    async def create_transfer(
        self, payout_id: UUID, account_reference: str, amount: Money
    ) -> ProviderTransfer: ...

    async def find_transfer(self, payout_id: UUID, account_reference: str) -> ProviderTransfer | None:
        """The transfer that was made for a payout, None when there is none. Providers forget the ids that a
        request was made with after a while (Stripe after a day), so whoever asks again later looks first."""
        ...

    async def list_book(self, currency_code: str, start: datetime, end: datetime) -> Sequence[BookLine]:
        """The lines from `start` to before `end`, in the order of their time."""
        ...


class ProviderBooks(Protocol):
    """The part of a PaymentProvider that the ledger is compared with."""

    name: str

    async def list_book(self, currency_code: str, start: datetime, end: datetime) -> Sequence[BookLine]:
        """The lines from `start` to before `end`, in the order of their time. Raises ProviderUnavailable."""
        ...
