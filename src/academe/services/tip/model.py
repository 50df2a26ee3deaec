"""Tips as values, and what the accounts of their ledger mean.

A tip moves its amount out of the sender's account and into the educator's, both in the tip's currency:

    account     of whom       what its balance says
    SENDER      the sender    what they put in, less what they gave
    EDUCATOR    the educator  what they received and were not paid yet

Money is not taken from anybody here. A sender's account therefore goes below zero by what they gave, which
is what is to be settled outside; an educator's never does. The balances of a currency add up to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from academe.caller import Caller
from academe.money import Money


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


@dataclass(frozen=True, slots=True)
class Tip:
    """Money given. Never changes."""

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

    def seen_by(self, caller: Caller) -> Tip | None:
        """The tip as the caller may see it, None when they may not know of it.

        An anonymous sender stays unknown to the educator even if that is an administrator.
        """
        if caller.user_id == self.sender_id:
            return self
        if caller.user_id == self.educator_id:
            anonymous = self.visibility is TipVisibility.ANONYMOUS
            return replace(self, sender_id=None) if anonymous else self
        return self if caller.is_administrator else None


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
