"""What the school holds and owes, what happened in a span, and whether the provider says the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from datetime import datetime

from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.services.tip.errors import FundingNotOffered
from academe.services.tip.model import SCHOOL, AccountKind, TransactionKind
from academe.services.tip.ports import ProviderBooks
from academe.services.tip.reports.model import Reconciliation, SchoolReport, TransactionTotal
from academe.services.tip.reports.reconcile import TheirBook, compare
from academe.services.tip.reports.repository_school import AccountRange, Booked, SchoolRepository
from academe.services.tip.statements.model import AccountSpan
from academe.services.tip.statements.repository import StatementRepository

ENTRIES_MAX = 50_000
"""Entries read by one statement: some tenths of a second, however hot an account is."""

BOOKED_LINES = 5_000


class SchoolReportService:
    """For administrators. Reads every account of the currency, so it takes some seconds at a million."""

    def __init__(
        self,
        repository: SchoolRepository,
        statements: StatementRepository,
        books: ProviderBooks | None,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._statements = statements
        self._books = books
        self._clock = clock

    async def get_school_report(
        self, currency_code: str, start: datetime, end: datetime | None, *, reconcile: bool
    ) -> SchoolReport:
        """What was committed before `end`, or until now; and of that, what was not before `start`.

        Raises InvalidArgument; and when it should be compared and cannot be, FundingNotOffered without a
        provider, or ProviderUnavailable.
        """
        if end is not None and end < start:
            raise InvalidArgument.field("end_time", "must not be before start_time")
        if reconcile and self._books is None:
            raise FundingNotOffered("reconcile: this school has no payment provider to compare with.")
        closing = await self._repository.get_seal(end)
        opening = min(await self._repository.get_seal(start), closing)
        balances = dict.fromkeys(AccountKind, 0)
        totals = {kind: TransactionTotal(kind, 0, 0) for kind in TransactionKind}
        async for page in self._ranges(currency_code, opening, closing):
            for found in page:
                balances[found.kind] += found.balance
            for pieces in _bounded(page):
                for total in await self._repository.sum_transactions(pieces):
                    before = totals[total.kind]
                    totals[total.kind] = TransactionTotal(
                        total.kind, before.count + total.count, before.amount + total.amount
                    )
        return SchoolReport(
            currency_code,
            balances,
            [total for total in totals.values() if total.count],
            await self._reconcile(currency_code, start, end or self._clock()) if reconcile else None,
        )

    async def _ranges(
        self, currency_code: str, opening: int, closing: int
    ) -> AsyncIterator[Sequence[AccountRange]]:
        page = await self._repository.list_ranges(currency_code, 0, opening, closing)
        while page:
            yield page
            page = await self._repository.list_ranges(currency_code, page[-1].account_id, opening, closing)

    async def _reconcile(self, currency_code: str, start: datetime, end: datetime) -> Reconciliation:
        span = AccountSpan(AccountKind.PROVIDER, SCHOOL, currency_code, start, end)
        extent = await self._statements.get_extent(span)
        booked: list[Booked] = []
        after = extent.opening.number
        while after < extent.closing.number:
            last = min(after + BOOKED_LINES, extent.closing.number)
            booked += await self._repository.list_booked(extent.account_id, after, last)
            after = last
        if self._books is None:
            raise FundingNotOffered
        lines = await self._books.list_book(currency_code, start, end)
        unnamed = [line.source_reference for line in lines if line.source_id is None]
        sources = await self._repository.find_sources(self._books.name, unnamed) if unnamed else {}
        theirs = TheirBook(lines, sources)
        missing = theirs.ids_beyond(booked)
        others = await self._repository.find_booked(missing) if missing else []
        return compare(currency_code, booked, theirs, others)


def _bounded(ranges: Iterable[AccountRange]) -> Iterator[list[tuple[int, int, int]]]:
    """Parts of accounts, together ENTRIES_MAX entries at most.

    The school's share is left out: no transaction has its whole amount there.
    """
    pieces: list[tuple[int, int, int]] = []
    room = ENTRIES_MAX
    for found in ranges:
        if found.kind is AccountKind.PLATFORM_FEE:
            continue
        after = found.opening
        while after < found.closing:
            last = min(found.closing, after + room)
            pieces.append((found.account_id, after, last))
            room -= last - after
            after = last
            if room == 0:
                yield pieces
                pieces, room = [], ENTRIES_MAX
    if pieces:
        yield pieces
