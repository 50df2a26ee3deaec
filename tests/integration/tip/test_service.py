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
from academe.services.tip.model import TipDirection
from tests.support.ledger import People, caller, draft, fill_wallets, tips_of


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
