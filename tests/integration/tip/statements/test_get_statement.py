"""Statements: balances around a span, and its lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import InvalidArgument, NotYourAccount, PageTokenInvalid
from academe.ids import new_id
from academe.services.tip.model import AccountKind, TransactionKind
from academe.services.tip.statements.model import AccountSpan, Statement
from academe.services.tip.statements.repository import StatementRepository
from tests.integration.tip.statements.books import ANONYMOUS, PUBLIC, Books, amounts, day
from tests.support.ledger import caller

E, W = AccountKind.EDUCATOR, AccountKind.WALLET
FIRST = day(1)


async def read(
    books: Books,
    who: Caller,
    kind: AccountKind = E,
    start: datetime = FIRST,
    end: datetime | None = None,
    *,
    user_id: UUID | None = None,
    size: int = 0,
    token: str = "",
) -> Statement:
    return await books.statements.get_statement(
        who, kind, "EUR", start, end, user_id=user_id, page_size=size, page_token=token
    )


@pytest.fixture(scope="module")
async def busy(pool: Pool) -> tuple[Books, UUID, UUID]:
    """Somebody with a tip of 1.00, 2.00 … on each of twenty days, several at one moment on the tenth."""
    books, lea, edda = Books(pool), new_id(), new_id()
    await books.top_up(lea, 100_000, day(1))
    for number in range(1, 21):
        await books.tip(lea, edda, number * 100, day(number))
        if number == 10:
            await books.tip(lea, edda, 1, day(number))
            await books.tip(lea, edda, 2, day(number))
    return books, lea, edda


async def test_lines_lead_from_the_opening_to_the_closing_balance(busy: tuple[Books, UUID, UUID]) -> None:
    """The span has its first moment and not its last."""
    books, _, edda = busy
    statement = await read(books, caller(edda), start=day(9), end=day(12))

    assert amounts(statement.lines) == [900, 1000, 1, 2, 1100]
    assert statement.opening_balance == 3600
    assert statement.closing_balance == 3600 + 900 + 1003 + 1100
    assert statement.line_count == 5
    assert [line.number for line in statement.lines] == [9, 10, 11, 12, 13]
    assert statement.lines[-1].balance == statement.closing_balance
    assert all(
        line.kind is TransactionKind.TIP and line.tip_id == line.transaction_id for line in statement.lines
    )


async def test_spans_that_meet_fit_together(busy: tuple[Books, UUID, UUID]) -> None:
    """Where one ends the next begins, wherever that is: no line is in both, none is in neither."""
    books, _, edda = busy
    whole = await read(books, caller(edda), size=100)
    for number in range(1, 22):
        first = await read(books, caller(edda), end=day(number), size=100)
        second = await read(books, caller(edda), start=day(number), size=100)

        assert first.closing_balance == second.opening_balance
        assert [*first.lines, *second.lines] == [*whole.lines]


async def test_pages_show_the_span_of_the_first(busy: tuple[Books, UUID, UUID], pool: Pool) -> None:
    """A tip that comes in meanwhile is on none of them, and the balances stay what they were."""
    books, lea, edda = Books(pool), new_id(), new_id()
    await books.top_up(lea, 100_000, day(1))
    for number in range(1, 8):
        await books.tip(lea, edda, number, day(number))

    first = await read(books, caller(edda), size=3)
    await books.tip(lea, edda, 1000, day(30))
    second = await read(books, caller(edda), size=3, token=first.next_page_token)
    third = await read(books, caller(edda), size=3, token=second.next_page_token)

    assert amounts([*first.lines, *second.lines, *third.lines]) == [1, 2, 3, 4, 5, 6, 7]
    assert third.next_page_token == ""
    assert {(s.opening_balance, s.closing_balance, s.line_count) for s in (first, second, third)} == {
        (0, 28, 7)
    }


async def test_a_token_of_another_span_is_refused(busy: tuple[Books, UUID, UUID]) -> None:
    """Or of another account, or another person."""
    books, lea, edda = busy
    token = (await read(books, caller(edda), size=3)).next_page_token

    for who, kind, start in ((edda, E, day(2)), (edda, W, day(1)), (lea, E, day(1))):
        with pytest.raises(PageTokenInvalid):
            await read(books, caller(who), kind, start, size=3, token=token)


async def test_an_account_that_was_never_used_is_empty(busy: tuple[Books, UUID, UUID]) -> None:
    """Not an error: nothing happened on it."""
    books, _, _ = busy
    statement = await read(books, caller(new_id()))

    assert (statement.opening_balance, statement.closing_balance, statement.line_count) == (0, 0, 0)
    assert statement.lines == []


async def test_only_the_owner_and_administrators_read_an_account(busy: tuple[Books, UUID, UUID]) -> None:
    """The school's accounts are for administrators, and belong to no user."""
    books, lea, edda = busy
    administrator = caller(new_id(), Role.ADMINISTRATOR)

    with pytest.raises(NotYourAccount):
        await read(books, caller(lea, Role.EDUCATOR), user_id=edda)
    with pytest.raises(NotYourAccount):
        await read(books, caller(lea), AccountKind.CASH)
    with pytest.raises(InvalidArgument, match="user_id"):
        await read(books, administrator, AccountKind.CASH, user_id=edda)
    with pytest.raises(InvalidArgument, match="end_time"):
        await read(books, caller(edda), start=day(2), end=day(1))
    assert (await read(books, administrator, user_id=edda)).line_count == 22
    assert (await read(books, administrator, AccountKind.CASH)).closing_balance < 0


async def test_a_refund_leads_to_its_tip_and_its_cause(pool: Pool) -> None:
    """Every line can be followed."""
    books, lea, edda = Books(pool), new_id(), new_id()
    await books.top_up(lea, 1000, day(1))
    tip_id = await books.tip(lea, edda, 1000, day(2), platform_fee=100)
    refund_id = await books.refund(tip_id, edda, lea, 500, day(3), platform_fee=50)

    (given, back) = (await read(books, caller(edda))).lines

    assert (given.amount, given.tip_id, given.source_id) == (900, tip_id, None)
    assert (back.amount, back.balance, back.kind) == (-450, 450, TransactionKind.REFUND)
    assert (back.tip_id, back.source_id) == (tip_id, refund_id)


async def test_nobody_else_finds_an_anonymous_tip_in_its_senders_account(pool: Pool) -> None:
    """Not even one to others: an administrator who is tipped would know their own by the difference."""
    books, lea, edda, other = Books(pool), new_id(), new_id(), new_id()
    await books.top_up(lea, 1000, day(1))
    secret = await books.tip(lea, edda, 300, day(2), visibility=ANONYMOUS)
    await books.refund(secret, edda, lea, 100, day(3))
    await books.tip(lea, other, 300, day(4), visibility=ANONYMOUS)
    await books.tip(lea, other, 300, day(5), visibility=PUBLIC)
    educator = caller(edda, Role.EDUCATOR, Role.ADMINISTRATOR)

    def ids(statement: Statement) -> list[tuple[Any, ...]]:
        return [(line.transaction_id, line.tip_id, line.source_id) for line in statement.lines[1:]]

    seen = ids(await read(books, educator, W, user_id=lea))
    own = ids(await read(books, caller(lea), W))
    elsewhere = ids(await read(books, caller(new_id(), Role.ADMINISTRATOR), W, user_id=lea))

    assert seen == elsewhere == [(None, None, None)] * 3 + own[3:]
    assert all(line[1] is not None for line in own)
    assert (await read(books, educator)).lines[0].tip_id == secret


async def test_administrators_follow_every_line_of_the_schools_accounts(pool: Pool) -> None:
    """They read those as the school, and no sender is known by them."""
    books, lea, edda = Books(pool), new_id(), new_id()
    secret = await books.paid_tip(lea, edda, 300, 10, day(2), visibility=ANONYMOUS)
    administrator = caller(new_id(), Role.ADMINISTRATOR)
    lines = (await read(books, administrator, AccountKind.PROVIDER)).lines

    assert secret in [line.tip_id for line in lines]


async def test_halving_finds_what_counting_finds(busy: tuple[Books, UUID, UUID], pool: Pool) -> None:
    """For any two moments, the extent is that of the entries between them."""
    _, _, edda = busy
    repository = StatementRepository(pool)
    rows = await pool.fetch(
        """
        select entry.number, entry.create_time, entry.balance from tip.entry
        join tip.account using (account_id) where owner_id = $1 and account.kind = 2 order by number
        """,
        edda,
    )
    moments = st.builds(
        lambda number, shift: day(number, microseconds=shift), st.integers(0, 22), st.sampled_from([-1, 0, 1])
    )
    tried: list[tuple[datetime, datetime]] = []

    @settings(max_examples=60, database=None)
    @given(st.tuples(moments, moments))
    def collect(pair: tuple[datetime, datetime]) -> None:
        tried.append((min(pair), max(pair)))

    collect()
    for start, end in tried:
        extent = await repository.get_extent(AccountSpan(E, edda, "EUR", start, end))
        before = [row for row in rows if row["create_time"] < start]
        until = [row for row in rows if row["create_time"] < end]

        assert (extent.opening.number, extent.closing.number) == (len(before), len(until))
        assert extent.opening.balance == (before[-1]["balance"] if before else 0)
        assert extent.closing.balance == (until[-1]["balance"] if until else 0)
