"""The rules of tipping without the wire, for what the contract or the other services never let through."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.services.tip import TipRepository, TipService
from academe.services.tip.errors import EducatorNotFound
from academe.services.tip.model import Funding, TipDirection
from tests.support.ledger import People, caller, draft, fill_wallets, new_tip, tips_of


@pytest.mark.parametrize("amount", [0, -1])
async def test_an_amount_that_is_not_positive_is_refused_by_the_rules_too(pool: Pool, amount: int) -> None:
    """Whoever calls the service need not have passed the contract's checks."""
    people = People()
    service = TipService(TipRepository(pool), people)
    sender = people.add()

    with pytest.raises(InvalidArgument, match=r"amount\.minor_units"):
        await service.send_tip(caller(sender), draft(people.add(Role.EDUCATOR), amount))
    assert await tips_of(pool, [sender]) == []


async def test_the_clock_says_when(pool: Pool) -> None:
    """To the microsecond, before and after it was stored."""
    people = People()
    moment = datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)
    service = TipService(TipRepository(pool), people, clock=lambda: moment)
    sender = caller(people.add())
    await fill_wallets(pool, [sender.user_id], 10**6)

    sent = await service.send_tip(sender, draft(people.add(Role.EDUCATOR)))

    assert sent.tip.create_time == moment
    assert await service.get_tip(sender, sent.tip.tip_id) == sent.tip


async def test_a_repeat_after_the_educators_account_is_gone(pool: Pool) -> None:
    """The first answer stands; another request to nobody is refused."""
    people = People()
    service = TipService(TipRepository(pool), people)
    sender, educator = caller(people.add()), people.add(Role.EDUCATOR)
    wish = draft(educator)
    await fill_wallets(pool, [sender.user_id], 10**6)
    sent = await service.send_tip(sender, wish)
    del people.accounts[educator]

    assert await service.send_tip(sender, wish) == replace(sent, replayed=True)
    with pytest.raises(EducatorNotFound):
        await service.send_tip(sender, draft(educator))
    listed = await service.list_tips(sender, TipDirection.SENT, page_size=10, page_token="")
    assert listed.rows == [sent.tip]


async def test_tips_that_were_never_paid_do_not_hide_those_that_were(pool: Pool) -> None:
    """A crowd of them makes pages short, or empty, but every page leads on to the next."""
    people, repository = People(), TipRepository(pool)
    service = TipService(repository, people)
    sender, educator = caller(people.add()), people.add(Role.EDUCATOR)
    await fill_wallets(pool, [sender.user_id], 10**6)
    given = []
    for place in range(10):
        new = new_tip(sender.user_id, educator, 100)
        funding = Funding.WALLET if place in (0, 9) else Funding.PAYMENT
        sent = await repository.add_tip(replace(new, tip=replace(new.tip, funding=funding)))
        if funding is Funding.WALLET:
            given.append(sent.tip.tip_id)
    pages, token = [], ""
    for _ in range(10):
        page = await service.list_tips(
            caller(educator, Role.EDUCATOR), TipDirection.RECEIVED, page_size=2, page_token=token
        )
        pages.append([tip.tip_id for tip in page.rows])
        token = page.next_page_token
        if not token:
            break
    sent_page = await service.list_tips(sender, TipDirection.SENT, page_size=10, page_token="")

    assert pages == [[given[1]], [], [], [], [given[0]]]
    assert len(sent_page.rows) == 10
