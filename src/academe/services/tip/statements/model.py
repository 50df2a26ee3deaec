"""Balances and statements as values. Amounts are minor units of the account's currency."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from academe.money import Money
from academe.services.tip.model import AccountKind, TransactionKind

SCHOOL_KINDS = frozenset(
    {AccountKind.PLATFORM_FEE, AccountKind.PAYMENT_FEE, AccountKind.PROVIDER, AccountKind.CASH}
)
"""Kinds of which the school has the only account; the others belong to people."""


class DocumentFormat(IntEnum):
    """Numbers as in academe.api.tip.v1.DocumentFormat."""

    CSV = 1
    PDF = 2
    SVG = 3


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What an account holds, or held."""

    kind: AccountKind
    balance: Money


@dataclass(frozen=True, slots=True)
class AccountSpan:
    """Of one account, the entries from `start` to before `end`; to the latest when that is None."""

    kind: AccountKind
    owner_id: UUID
    currency_code: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A place between two entries of an account: after how many, and what it holds there."""

    number: int
    balance: int


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a span is in its account: after entry `opening.number` up to entry `closing.number`."""

    account_id: int
    opening: Edge
    closing: Edge

    @property
    def line_count(self) -> int:
        return self.closing.number - self.opening.number


NOWHERE = Extent(0, Edge(0, 0), Edge(0, 0))
"""Of an account that was never used."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry of an account."""

    number: int
    time: datetime
    kind: TransactionKind
    amount: int
    balance: int
    transaction_id: UUID | None
    """The three ids are None where the reader may not follow them, the last two also where there is none."""
    tip_id: UUID | None
    source_id: UUID | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One page of lines, with the balances around the whole span."""

    currency_code: str
    opening_balance: int
    closing_balance: int
    lines: Sequence[StatementLine]
    next_page_token: str
    line_count: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it is made: its parts are of any size, and nothing fails once the first one is there but what
    fails underneath."""

    content_type: str
    file_name: str
    parts: AsyncIterator[bytes]
