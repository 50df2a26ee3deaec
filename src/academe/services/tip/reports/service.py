"""What educators earned, and who supports them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.services.tip.errors import StatementTooLong
from academe.services.tip.model import AccountKind
from academe.services.tip.ports import UserDirectory
from academe.services.tip.reports.board import SupporterBoard
from academe.services.tip.reports.chart import chart_svg
from academe.services.tip.reports.documents import csv_parts, sheet_of
from academe.services.tip.reports.model import (
    LIST_MAX,
    Earnings,
    EarningsEntry,
    EarningsLine,
    Grouped,
    Supporter,
)
from academe.services.tip.reports.repository import ReportRepository
from academe.services.tip.statements.documents import CSV_TYPE, PDF_TYPE, SVG_TYPE
from academe.services.tip.statements.model import AccountSpan, Document, DocumentFormat, Extent
from academe.services.tip.statements.press import Press
from academe.services.tip.statements.repository import StatementRepository
from academe.services.tip.statements.words import words_for

SUM_LINES = 20_000
"""Entries added up in one statement: some tenths of a second, so that a hot educator's year takes many short
ones and not a long one that the database cuts off."""

CSV_LINES_MAX = 100_000
READ_LINES = 1_000

SUPPORTERS_DEFAULT = 10


class ReportService:
    """Reports for educators."""

    def __init__(
        self,
        repository: ReportRepository,
        statements: StatementRepository,
        users: UserDirectory,
        press: Press,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._board = SupporterBoard(repository.list_supporters)
        self._statements = statements
        self._users = users
        self._press = press
        self._clock = clock

    async def get_earnings(self, caller: Caller, year: int, currency_code: str) -> Earnings:
        """What reached the caller in a year, in UTC, less what was taken back in it."""
        sums = Grouped()
        for kind in (AccountKind.EDUCATOR, AccountKind.DEBT):
            extent = await self._extent(caller.user_id, kind, year, currency_code)
            for after, last in pieces(extent, SUM_LINES):
                sums.add(
                    await self._repository.sum_earnings(
                        extent.account_id, after, last, debts=kind is AccountKind.DEBT
                    )
                )
        total = EarningsLine("")
        for line in sums.months.values():
            total = total.plus(line)
        return Earnings(
            year,
            currency_code,
            sorted(sums.months.values(), key=lambda line: line.key),
            _most(sums.courses),
            _most(sums.supporters),
            total,
        )

    async def export_earnings(
        self, caller: Caller, year: int, currency_code: str, *, form: DocumentFormat, language: str
    ) -> Document:
        """A year as a file: CSV has every tip and refund, PDF the sums, SVG the months as a picture.

        Raises StatementTooLong for a CSV of more than CSV_LINES_MAX lines.
        """
        name = f"earnings-{year}-{currency_code}"
        words = words_for(language)
        if form is DocumentFormat.CSV:
            return Document(CSV_TYPE, f"{name}.csv", await self._csv(caller.user_id, year, currency_code))
        earnings = await self.get_earnings(caller, year, currency_code)
        if form is DocumentFormat.SVG:
            return Document(SVG_TYPE, f"{name}.svg", _single(chart_svg(earnings, words).encode()))
        supporters = [UUID(line.key) for line in earnings.supporters if line.key]
        names = await self._names([caller.user_id, *supporters])
        sheet = await asyncio.to_thread(
            sheet_of, earnings, names[caller.user_id], names, words, self._clock()
        )
        return Document(PDF_TYPE, f"{name}.pdf", self._press.parts(sheet, words))

    async def _csv(self, educator_id: UUID, year: int, currency_code: str) -> AsyncIterator[bytes]:
        received = await self._extent(educator_id, AccountKind.EDUCATOR, year, currency_code)
        debts = await self._extent(educator_id, AccountKind.DEBT, year, currency_code)
        count = received.line_count + debts.line_count
        if count > CSV_LINES_MAX:
            raise StatementTooLong(line_count=count, most=CSV_LINES_MAX)
        return csv_parts(self._entries(received, debts), self._names, currency_code)

    async def _entries(self, received: Extent, debts: Extent) -> AsyncIterator[Sequence[EarningsEntry]]:
        """Pages of both accounts' entries, together in the order of their time."""
        waiting: list[EarningsEntry] = []
        for after, last in pieces(debts, READ_LINES):
            waiting += await self._repository.list_earnings(debts.account_id, after, last, debts=True)
        for after, last in pieces(received, READ_LINES):
            page = await self._repository.list_earnings(received.account_id, after, last, debts=False)
            if not page:
                continue
            due = [entry for entry in waiting if entry.time < page[-1].time]
            waiting = waiting[len(due) :]
            yield sorted(page + due, key=lambda entry: entry.time)
        yield waiting

    async def top_supporters(
        self, educator_id: UUID, currency_code: str, start: datetime | None, limit: int
    ) -> Sequence[Supporter]:
        """Who gave most by public tips, for anybody to see; LIST_MAX of them at most, 0 means 10.

        Since the beginning of the day of `start`, in UTC: so there are not more questions than days. Raises
        Overloaded.
        """
        if start is not None:
            start = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        found = await self._board.ask(educator_id, currency_code, start)
        found = found[: limit or SUPPORTERS_DEFAULT]
        names = await self._names([supporter.user_id for supporter in found])
        return [replace(supporter, display_name=names[supporter.user_id]) for supporter in found]

    async def _names(self, user_ids: Sequence[UUID]) -> dict[UUID, str]:
        """A name for each; empty for somebody who has left."""
        accounts = await self._users.get_accounts(user_ids) if user_ids else {}
        return {
            user_id: accounts[user_id].display_name or accounts[user_id].username
            if user_id in accounts
            else ""
            for user_id in user_ids
        }

    async def _extent(self, educator_id: UUID, kind: AccountKind, year: int, currency_code: str) -> Extent:
        end = datetime(year + 1, 1, 1, tzinfo=UTC) if year < 9999 else None
        span = AccountSpan(kind, educator_id, currency_code, datetime(year, 1, 1, tzinfo=UTC), end)
        return await self._statements.get_extent(span)


def pieces(extent: Extent, size: int) -> Iterator[tuple[int, int]]:
    """(after, last) of consecutive parts of an extent, of at most `size` entries each."""
    for after in range(extent.opening.number, extent.closing.number, size):
        yield after, min(after + size, extent.closing.number)


def _most(lines: dict[str, EarningsLine]) -> list[EarningsLine]:
    return sorted(lines.values(), key=lambda line: (-line.net, line.key))[:LIST_MAX]


async def _single(content: bytes) -> AsyncIterator[bytes]:
    yield content
