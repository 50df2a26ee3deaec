"""A statement as CSV and as PDF.

The CSV is for programs: whatever the language, its names are English, its times ISO 8601 in UTC and its
decimals have a point. The PDF is for people.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from academe.services.tip.statements.amounts import decimal_text
from academe.services.tip.statements.model import AccountSpan, Extent, StatementLine
from academe.services.tip.statements.paper import Column, Section, Sheet
from academe.services.tip.statements.tables import csv_bytes
from academe.services.tip.statements.words import Words

CSV_TYPE, PDF_TYPE, SVG_TYPE = "text/csv; charset=utf-8", "application/pdf", "image/svg+xml"

CSV_HEADER = (
    "number",
    "time",
    "kind",
    "currency",
    "amount_minor_units",
    "amount",
    "balance_minor_units",
    "balance",
    "transaction_id",
    "tip_id",
    "source_id",
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a statement says about itself. `end` is never open here, and `owner` is a name."""

    span: AccountSpan
    end: datetime
    extent: Extent
    owner: str
    make_time: datetime

    def file_name(self, suffix: str) -> str:
        """ASCII, and the same for the same request."""
        kind = self.span.kind.name.lower().replace("_", "-")
        days = f"{day_of(self.span.start)}-{day_of(self.end)}"
        return f"statement-{kind}-{self.span.currency_code}-{days}.{suffix}"


async def csv_parts(heading: Heading, pages: AsyncIterator[Sequence[StatementLine]]) -> AsyncIterator[bytes]:
    """The file in as many parts as there are pages of lines."""
    opening, closing = heading.extent.opening, heading.extent.closing
    code = heading.span.currency_code
    yield csv_bytes([CSV_HEADER, _edge_row("OPENING_BALANCE", heading.span.start, code, opening.balance)])
    async for lines in pages:
        yield csv_bytes(_line_row(line, code) for line in lines)
    yield csv_bytes([_edge_row("CLOSING_BALANCE", heading.end, code, closing.balance)])


def sheet_of(heading: Heading, lines: Sequence[StatementLine], words: Words) -> Sheet:
    """The statement on paper."""
    span, extent = heading.span, heading.extent
    code = span.currency_code

    def amount(minor_units: int) -> str:
        return words.amount(minor_units, code)

    period = words("period_value", start=words.moment(span.start), end=words.moment(heading.end))
    facts = [
        (words("owner"), heading.owner),
        (words("account"), words.account(span.kind)),
        (words("currency"), code),
        (words("period"), period),
        (words("opening_balance"), f"{amount(extent.opening.balance)} {code}"),
        (words("money_in"), f"{amount(sum(line.amount for line in lines if line.amount > 0))} {code}"),
        (words("money_out"), f"{amount(sum(line.amount for line in lines if line.amount < 0))} {code}"),
        (words("closing_balance"), f"{amount(extent.closing.balance)} {code}"),
        (words("lines"), str(extent.line_count)),
        (words("made"), words.moment(heading.make_time)),
    ]
    columns = [
        Column(words("number"), 43),
        Column(words("time"), 84),
        Column(words("what"), 84),
        Column(words("reference"), 164),
        Column(words("amount"), 66, right=True),
        Column(words("balance"), 70, right=True),
    ]
    rows = list(_paper_rows(heading, lines, words))
    section = Section(columns, rows, bold=frozenset({0, len(rows) - 1}))
    return Sheet(words("statement"), facts, [section])


def _paper_rows(heading: Heading, lines: Sequence[StatementLine], words: Words) -> Iterator[tuple[str, ...]]:
    code, extent = heading.span.currency_code, heading.extent
    yield "", "", words("opening_balance"), "", "", words.amount(extent.opening.balance, code)
    for line in lines:
        yield (
            str(line.number),
            f"{line.time.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            words.transaction(line.kind),
            str(line.tip_id or line.source_id or line.transaction_id or ""),
            words.amount(line.amount, code),
            words.amount(line.balance, code),
        )
    yield "", "", words("closing_balance"), "", "", words.amount(extent.closing.balance, code)


def _edge_row(kind: str, moment: datetime, code: str, balance: int) -> tuple[str | int, ...]:
    return "", time_cell(moment), kind, code, "", "", balance, decimal_text(balance, code), "", "", ""


def _line_row(line: StatementLine, code: str) -> tuple[str | int, ...]:
    return (
        line.number,
        time_cell(line.time),
        line.kind.name,
        code,
        line.amount,
        decimal_text(line.amount, code),
        line.balance,
        decimal_text(line.balance, code),
        str(line.transaction_id or ""),
        str(line.tip_id or ""),
        str(line.source_id or ""),
    )


def time_cell(moment: datetime) -> str:
    """ISO 8601 in UTC, to the microsecond: what was before the end of a span is told from what was after."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def day_of(moment: datetime) -> str:
    """20260501."""
    moment = moment.astimezone(UTC)
    return f"{moment.year:04}{moment.month:02}{moment.day:02}"
