"""GetBalance: what an educator received and was not paid yet."""

from __future__ import annotations

import asyncio

from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1.money_pb2 import Money
from academe.errors import TokenMissing
from tests.integration.tip.requests import tip_for
from tests.support.errors import expect_error
from tests.support.school import Person, School


async def balance_of(person: Person) -> list[tuple[str, int]]:
    reply = await person.tips.GetBalance(pb.GetBalanceRequest())
    return [(money.currency_code, money.minor_units) for money in reply.balances]


async def test_amounts_add_up_by_currency(school: School) -> None:
    """One line per currency, in order of the code; nothing is converted."""
    learner, educator = await school.learner(), await school.educator()
    amounts = [("USD", 250), ("EUR", 500), ("JPY", 40), ("EUR", 1)]
    await asyncio.gather(
        *(
            learner.tips.SendTip(
                tip_for(educator.user_id, amount=Money(currency_code=code, minor_units=amount))
            )
            for code, amount in amounts
        )
    )

    assert await balance_of(educator) == [("EUR", 501), ("JPY", 40), ("USD", 250)]


async def test_nothing_received_is_an_empty_answer(school: School) -> None:
    """Neither a line of zero nor an error."""
    assert await balance_of(await school.educator()) == []


async def test_what_somebody_gave_is_not_in_their_balance(school: School) -> None:
    """It is settled outside; the balance is what they are to be paid."""
    one, other = await school.educator(), await school.educator()
    await one.tips.SendTip(tip_for(other.user_id))

    assert await balance_of(one) == []
    assert await balance_of(other) == [("EUR", 500)]


async def test_a_tip_is_in_the_balance_once_it_is_acknowledged(school: School) -> None:
    """And a repeated request is in it once."""
    learner, educator = await school.learner(), await school.educator()
    request = tip_for(educator.user_id)
    for expected in (500, 500, 500):
        await learner.tips.SendTip(request)

        assert await balance_of(educator) == [("EUR", expected)]


async def test_nobody_asks_for_a_balance_without_signing_in(school: School) -> None:
    """There is no balance but one's own."""
    with expect_error(TokenMissing):
        await school.anonymous.tips.GetBalance(pb.GetBalanceRequest())
