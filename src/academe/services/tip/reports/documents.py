"""Earnings of a year for the tax office: every tip and refund as CSV, the sums on paper."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from academe.services.tip.reports.model import LIST_MAX, Earnings, EarningsEntry, EarningsLine
from academe.services.tip.statements.amounts import decimal_text
from academe.services.tip.statements.documents import time_cell
from academe.services.tip.statements.paper import Column, Section, Sheet
from academe.services.tip.statements.tables import csv_bytes, text_cell
from academe.services.tip.statements.words import Words

CSV_HEADER = (
    "time",
    "kind",
    "tip_id",
    "transaction_id",
    "currency",
    "gross_minor_units",
    "gross",
    "fees_minor_units",
    "fees",
    "refunded_minor_units",
    "refunded",
    "net_minor_units",
    "net",
    "course_id",
    "supporter_id",
    "supporter",
)

Names = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]


async def csv_parts(
    pages: AsyncIterator[Sequence[EarningsEntry]], names_of: Names, currency_code: str
) -> AsyncIterator[bytes]:
    """The file, in as many parts as there are pages."""
    yield csv_bytes([CSV_HEADER])
    async for page in pages:
        known = {entry.supporter_id for entry in page if entry.supporter_id is not None}
        names = await names_of(sorted(known))
        yield csv_bytes(_row(entry, names, currency_code) for entry in page)


def _row(entry: EarningsEntry, names: Mapping[UUID, str], code: str) -> tuple[str | int, ...]:
    line = entry.line
    amounts: list[str | int] = []
    for amount in (line.gross, line.fees, line.refunded, line.net):
        amounts += [amount, decimal_text(amount, code)]
    return (
        time_cell(entry.time),
        entry.kind.name,
        str(entry.tip_id),
        str(entry.transaction_id),
        code,
        *amounts,
        str(entry.course_id or ""),
        str(entry.supporter_id or ""),
        text_cell(names[entry.supporter_id]) if entry.supporter_id is not None else "",
    )


def sheet_of(earnings: Earnings, owner: str, names: Mapping[UUID, str], words: Words, now: datetime) -> Sheet:
    """The year on paper: by month, by course and by supporter, each with the total of all."""
    code, total = earnings.currency_code, earnings.total
    start = datetime(earnings.year, 1, 1, tzinfo=UTC)
    # The last day and not the day after, which the year 9999 has not got.
    end = date(earnings.year, 12, 31)
    facts = [
        (words("owner"), owner),
        (words("currency"), code),
        (words("period"), f"{words.day(start)} – {words.day(end)} (UTC)"),
        *(
            (words(name), f"{words.amount(amount, code)} {code}")
            for name, amount in (
                ("gross", total.gross),
                ("fees", total.fees),
                ("refunded", total.refunded),
                ("net", total.net),
            )
        ),
        (words("made"), words.moment(now)),
    ]
    sections = [
        _section("month", [_month(line, words) for line in every_month(earnings)], earnings, words),
        _section(
            "course", [(line.key or words("no_course"), line) for line in earnings.courses], earnings, words
        ),
        _section(
            "supporter", [_supporter(line, names, words) for line in earnings.supporters], earnings, words
        ),
    ]
    return Sheet(words("earnings", year=earnings.year), facts, sections)


def every_month(earnings: Earnings) -> list[EarningsLine]:
    """Twelve of them, also those in which nothing happened."""
    known = {line.key: line for line in earnings.months}
    keys = [f"{earnings.year}-{month:02}" for month in range(1, 13)]
    return [known.get(key, EarningsLine(key)) for key in keys]


def _section(by: str, lines: Sequence[tuple[str, EarningsLine]], earnings: Earnings, words: Words) -> Section:
    code = earnings.currency_code
    columns = [
        Column(words(by), 165),
        Column(words("tips"), 46, right=True),
        *(Column(words(name), 75, right=True) for name in ("gross", "fees", "refunded", "net")),
    ]
    rows = [
        (
            name,
            str(line.tip_count),
            *(words.amount(amount, code) for amount in (line.gross, line.fees, line.refunded, line.net)),
        )
        for name, line in [*lines, (words("total"), earnings.total)]
    ]
    return Section(
        columns,
        rows,
        title=words(f"by_{by}"),
        note=words("hundred") if len(lines) == LIST_MAX else "",
        bold=frozenset({len(rows) - 1}),
    )


def _month(line: EarningsLine, words: Words) -> tuple[str, EarningsLine]:
    return words.month(int(line.key[-2:])), line


def _supporter(line: EarningsLine, names: Mapping[UUID, str], words: Words) -> tuple[str, EarningsLine]:
    if not line.key:
        return words("anonymous"), line
    return names.get(UUID(line.key)) or line.key, line
