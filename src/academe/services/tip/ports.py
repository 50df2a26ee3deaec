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
    client_secret: str = ""
    failure: str = ""
    fingerprint: str = ""
    """By which the provider knows a card again."""


@dataclass(frozen=True, slots=True)
class ProviderTransfer:
    """A refund, or a transfer to an educator, as the provider sees it now."""

    reference: str
    source_id: UUID | None
    """The id of our refund or payout, as the provider was told it."""
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


class PaymentProvider(Protocol):
    """Whoever moves money outside, such as Stripe.

    Every method raises ProviderUnavailable when the outcome is not known (no answer, a fault of theirs, or
    the same request being worked on), which never means that nothing happened; ProviderRefused when the
    provider said no and nothing happened. Calls that change something are made again with the same ids until
    the outcome is known, and happen once.
    """

    name: str

    async def create_payment(self, payment_id: UUID, amount: Money, *, payer_id: UUID) -> ProviderPayment: ...

    async def get_payment(self, reference: str) -> ProviderPayment: ...

    async def create_refund(self, refund_id: UUID, reference: str, amount: Money) -> ProviderTransfer:
        """Of the payment with this reference."""
        ...

    async def get_refund(self, reference: str) -> ProviderTransfer: ...

    async def create_account(self, educator_id: UUID) -> ProviderAccount: ...

    async def get_account(self, reference: str) -> ProviderAccount: ...

    async def onboarding_url(self, reference: str, return_url: str) -> str: ...

    async def create_transfer(
        self, payout_id: UUID, account_reference: str, amount: Money
    ) -> ProviderTransfer: ...

    async def list_book(self, currency_code: str, start: datetime, end: datetime) -> Sequence[BookLine]:
        """The lines from `start` to before `end`, in the order of their time."""
        ...


class ProviderBooks(Protocol):
    """The part of a PaymentProvider that the ledger is compared with."""

    async def list_book(self, currency_code: str, start: datetime, end: datetime) -> Sequence[BookLine]:
        """The lines from `start` to before `end`, in the order of their time. Raises ProviderUnavailable."""
        ...
