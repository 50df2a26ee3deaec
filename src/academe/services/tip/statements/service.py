"""Who may read which account, and what a statement of it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.errors import InvalidArgument, NotYourAccount, PageTokenInvalid
from academe.pagination import page_of, page_request
from academe.services.tip.errors import StatementTooLong
from academe.services.tip.model import SCHOOL, AccountKind
from academe.services.tip.ports import UserDirectory
from academe.services.tip.statements.documents import CSV_TYPE, PDF_TYPE, Heading, csv_parts, sheet_of
from academe.services.tip.statements.model import (
    SCHOOL_KINDS,
    AccountBalance,
    AccountSpan,
    Document,
    DocumentFormat,
    Extent,
    Statement,
    StatementLine,
)
from academe.services.tip.statements.press import Press
from academe.services.tip.statements.repository import StatementRepository
from academe.services.tip.statements.words import Words, words_for

CSV_LINES_MAX = 100_000
"""About 20 MB. A span of more is asked for in parts, which fit together: one ends where the next begins."""

PDF_LINES_MAX = 5_000
"""Eighty pages, which nobody turns; and they are made in memory."""

READ_LINES = 1_000
"""Lines read and written at a time: some milliseconds, in which the event loop does nothing else."""


class StatementService:
    """Accounts for their owners, and all of them for administrators."""

    def __init__(
        self,
        repository: StatementRepository,
        users: UserDirectory,
        press: Press,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._users = users
        self._press = press
        self._clock = clock

    async def get_balance(
        self, caller: Caller, *, user_id: UUID | None, school: bool, at: datetime | None
    ) -> Sequence[AccountBalance]:
        """Every account of somebody, or of the school, by kind and currency code.

        With `at`, as they were right after that moment; those not used by then are left out. Raises
        NotYourAccount, and InvalidArgument for somebody who is the school.
        """
        if school and user_id is not None:
            raise InvalidArgument.field("user_id", "must be unset for the accounts of the school")
        owner_id = SCHOOL if school else user_id or caller.user_id
        _check_reader(caller, owner_id)
        if at is None:
            return await self._repository.get_balances(owner_id)
        return await self._repository.get_balances_at(owner_id, at)

    async def get_statement(
        self,
        caller: Caller,
        kind: AccountKind,
        currency_code: str,
        start: datetime,
        end: datetime | None,
        *,
        user_id: UUID | None,
        page_size: int,
        page_token: str,
    ) -> Statement:
        """A page of lines, oldest first, and the balances around all of them.

        The span ends where it ended when the first page was read. Raises NotYourAccount, InvalidArgument and
        PageTokenInvalid.
        """
        span = _span(caller, kind, currency_code, start, end, user_id)
        request = page_request(
            page_size, page_token, arguments=("statement", caller.user_id, span), key=(int, int)
        )
        extent = await self._repository.get_extent(span)
        after = extent.opening.number
        if request.after is not None:
            after, last = request.after
            extent = await self._extent_up_to(extent, after, last)
        last = extent.closing.number
        lines = await self._repository.list_lines(
            extent.account_id, after, last, request.limit, hide_anonymous=_hides_anonymous(caller, span)
        )
        page = page_of(lines, request, lambda line: (line.number, last))
        return Statement(
            currency_code,
            extent.opening.balance,
            extent.closing.balance,
            page.rows,
            page.next_page_token,
            extent.line_count,
        )

    async def _extent_up_to(self, extent: Extent, after: int, last: int) -> Extent:
        """The extent as it was on the first page, when nothing had been added to an open end yet."""
        if not extent.opening.number <= after < last <= extent.closing.number:
            raise PageTokenInvalid
        closing = await self._repository.get_edge(extent.account_id, last)
        if closing is None:
            raise PageTokenInvalid
        return replace(extent, closing=closing)

    async def export_statement(
        self,
        caller: Caller,
        kind: AccountKind,
        currency_code: str,
        start: datetime,
        end: datetime | None,
        *,
        user_id: UUID | None,
        form: DocumentFormat,
        language: str,
    ) -> Document:
        """The whole statement as a file. Raises NotYourAccount, InvalidArgument and StatementTooLong."""
        if form is DocumentFormat.SVG:
            raise InvalidArgument.field("format", "must be CSV or PDF: a statement is not a picture")
        span = _span(caller, kind, currency_code, start, end, user_id)
        extent = await self._repository.get_extent(span)
        most = CSV_LINES_MAX if form is DocumentFormat.CSV else PDF_LINES_MAX
        if extent.line_count > most:
            raise StatementTooLong(line_count=extent.line_count, most=most)
        words, now = words_for(language), self._clock()
        owner = await self._owner(span, words)
        heading = Heading(span, span.end or max(now, span.start), extent, owner, now)
        pages = self._pages(extent, hide_anonymous=_hides_anonymous(caller, span))
        if form is DocumentFormat.CSV:
            return Document(CSV_TYPE, heading.file_name("csv"), csv_parts(heading, pages))
        lines = [line async for page in pages for line in page]
        sheet = await asyncio.to_thread(sheet_of, heading, lines, words)
        return Document(PDF_TYPE, heading.file_name("pdf"), self._press.parts(sheet, words))

    async def _pages(self, extent: Extent, *, hide_anonymous: bool) -> AsyncIterator[list[StatementLine]]:
        after, last = extent.opening.number, extent.closing.number
        while after < last:
            lines = await self._repository.list_lines(
                extent.account_id, after, last, READ_LINES, hide_anonymous=hide_anonymous
            )
            yield lines
            after = lines[-1].number

    async def _owner(self, span: AccountSpan, words: Words) -> str:
        if span.owner_id == SCHOOL:
            return words("school")
        account = (await self._users.get_accounts([span.owner_id])).get(span.owner_id)
        return account.display_name or account.username if account is not None else str(span.owner_id)


def _check_reader(caller: Caller, owner_id: UUID) -> None:
    if owner_id != caller.user_id and not caller.is_administrator:
        raise NotYourAccount


def _span(
    caller: Caller,
    kind: AccountKind,
    currency_code: str,
    start: datetime,
    end: datetime | None,
    user_id: UUID | None,
) -> AccountSpan:
    if kind in SCHOOL_KINDS and user_id is not None:
        raise InvalidArgument.field("user_id", "must be unset for an account of the school")
    owner_id = SCHOOL if kind in SCHOOL_KINDS else user_id or caller.user_id
    _check_reader(caller, owner_id)
    if end is not None and end < start:
        raise InvalidArgument.field("end_time", "must not be before start_time")
    return AccountSpan(kind, owner_id, currency_code, start, end)


def _hides_anonymous(caller: Caller, span: AccountSpan) -> bool:
    """In somebody else's account no line leads to an anonymous tip, whoever it is to.

    If only those to the reader were hidden, an administrator who is tipped would know them by that. The
    school's accounts are no sender's, and administrators read them for it.
    """
    return span.owner_id not in (caller.user_id, SCHOOL)
