"""Balances now and at any moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.errors import InvalidArgument, NotYourAccount
from academe.ids import new_id
from academe.services.tip.model import AccountKind
from tests.integration.tip.statements.books import Books, day
from tests.support.ledger import caller

W, E, P = AccountKind.WALLET, AccountKind.EDUCATOR, AccountKind.PLATFORM_FEE


async def test_balances_are_told_at_every_moment(pool: Pool) -> None:
    """At the very microsecond of an entry it is counted, one before it is not."""
    books, lea, edda = Books(pool), new_id(), new_id()
    await books.top_up(lea, 10_000, day(1))
    for number in range(2, 12):
        await books.tip(lea, edda, number * 100, day(number), platform_fee=10)

    async def of(user_id: object, at: datetime | None) -> list[tuple[AccountKind, int]]:
        found = await books.statements.get_balance(
            caller(new_id(), Role.ADMINISTRATOR),
            user_id=user_id,
            school=False,
            at=at,  # type: ignore[arg-type]
        )
        return [(account.kind, account.balance.minor_units) for account in found]

    assert await of(lea, day(1, microseconds=-1)) == []
    assert await of(lea, day(1)) == [(W, 10_000)]
    spent, received = 0, 0
    for number in range(2, 12):
        assert await of(lea, day(number, microseconds=-1)) == [(W, 10_000 - spent)]
        spent, received = spent + number * 100, received + number * 100 - 10
        assert await of(lea, day(number)) == [(W, 10_000 - spent)]
        assert await of(edda, day(number)) == [(E, received)]
    assert await of(edda, None) == [(E, received)]
    assert await of(edda, datetime.max.replace(tzinfo=UTC)) == [(E, received)]
    assert await of(edda, datetime.min.replace(tzinfo=UTC)) == []


async def test_each_kind_and_currency_is_an_account_of_its_own(pool: Pool) -> None:
    """In the order of kinds and codes; one that is empty again stays in the list."""
    books, lea, edda = Books(pool), new_id(), new_id()
    await books.top_up(lea, 500, day(1), "JPY")
    await books.top_up(lea, 700, day(1))
    await books.tip(lea, edda, 700, day(2))
    await books.tip(lea, edda, 200, day(2), currency="JPY")

    found = await books.statements.get_balance(caller(lea), user_id=None, school=False, at=None)

    assert [(a.kind, str(a.balance)) for a in found] == [(W, "0.00 EUR"), (W, "300 JPY")]


async def test_a_stranger_learns_nothing(pool: Pool) -> None:
    """Other people's accounts and the school's are for administrators."""
    books, lea, edda = Books(pool), new_id(), new_id()

    with pytest.raises(NotYourAccount):
        await books.statements.get_balance(caller(edda, Role.EDUCATOR), user_id=lea, school=False, at=None)
    with pytest.raises(NotYourAccount):
        await books.statements.get_balance(caller(edda), user_id=None, school=True, at=None)
    with pytest.raises(InvalidArgument, match="user_id"):
        await books.statements.get_balance(
            caller(edda, Role.ADMINISTRATOR), user_id=lea, school=True, at=None
        )


async def test_the_school_has_its_share(pool: Pool) -> None:
    """An administrator sees the school's own accounts."""
    books, lea, edda = Books(pool), new_id(), new_id()
    administrator = caller(new_id(), Role.ADMINISTRATOR)
    await books.top_up(lea, 1_000, day(20), "CHF")
    await books.tip(lea, edda, 1_000, day(21), platform_fee=50, currency="CHF")

    found = await books.statements.get_balance(administrator, user_id=None, school=True, at=None)

    held = {(a.kind, a.balance.currency_code): a.balance.minor_units for a in found}
    assert held[P, "CHF"] == 50
    assert held[AccountKind.CASH, "CHF"] == -1_000
