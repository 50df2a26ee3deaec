"""Refunds as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from academe.money import Money


class RefundState(IntEnum):
    """Numbers as in academe.api.tip.v1.RefundState and tip.refund."""

    PENDING = 1
    SUCCEEDED = 2
    FAILED = 3


@dataclass(frozen=True, slots=True)
class RefundDraft:
    """What somebody asks for; `amount` is None for all that is left."""

    request_id: UUID
    request_hash: bytes
    tip_id: UUID
    amount: Money | None
    reason: str


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back. Its movement is made when it is asked for; one that fails is given again."""

    refund_id: UUID
    requester_id: UUID
    """Nil when it was made at the provider."""
    request_hash: bytes
    tip_id: UUID | None
    """None when it is of a top-up."""
    payment_id: UUID | None
    """None when it goes to a wallet."""
    amount: Money
    reason: str
    state: RefundState
    create_time: datetime
    reference: str = ""
    """The provider's id of it, empty until it is known."""
    ask_time: datetime | None = None
