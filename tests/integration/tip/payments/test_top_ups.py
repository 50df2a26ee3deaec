"""Filling wallets: who may by hand, and payments with everything that may become of them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from academe.caller import Role
from academe.errors import RequestIdReused
from academe.money import Money
from academe.services.tip import TipRepository
from academe.services.tip.errors import CurrencyUnknown, FundingNotOffered, TopUpNotAllowed
from academe.services.tip.payments.model import TopUp, TopUpDraft, TopUpSource
from academe.services.tip.payments.service import PaymentService
from academe.services.tip.payments.top_ups import TopUpService
from academe.services.tip.ports import UserNotFound
from tests.integration.tip.payments.stage import DEBT, PAYMENT_FEE, WALLET, Stage
from tests.support.ledger import caller, new_tip

HAND, PAYMENT = TopUpSource.HAND, TopUpSource.PAYMENT


def draft(
    owner: UUID, amount: int = 2_000, source: TopUpSource = HAND, *, currency: str = "EUR", **fields: Any
) -> TopUpDraft:
    given = {"request_id": uuid4(), "request_hash": b"1", **fields}
    return TopUpDraft(owner_id=owner, source=source, amount=Money(currency, amount), **given)


async def paid_in(stage: Stage, owner: UUID, amount: int = 2_000) -> TopUp:
    """A wallet that was filled by a card."""
    made = await stage.top_ups.top_up(caller(owner), draft(owner, amount, PAYMENT))
    assert made.payment is not None
    await stage.confirm(made.payment)
    await stage.deliver()
    return made


async def test_by_hand(stage: Stage) -> None:
    """In development everybody fills their own wallet, once for each request."""
    me = stage.people.add()
    asked = draft(me)
    first = await stage.top_ups.top_up(caller(me), asked)
    again = await stage.top_ups.top_up(caller(me), asked)
    with pytest.raises(RequestIdReused):
        await stage.top_ups.top_up(caller(me), draft(me, request_id=asked.request_id, request_hash=b"2"))

    assert (first.replayed, again.replayed, again.top_up_id) == (False, True, first.top_up_id)
    assert await stage.balance(WALLET, me) == 2_000
    await stage.assert_books_agree()


async def test_the_same_request_at_once(stage: Stage) -> None:
    """Twenty sendings of it are one top-up."""
    me = stage.people.add()
    asked = draft(me)
    made = await asyncio.gather(*(stage.top_ups.top_up(caller(me), asked) for _ in range(20)))

    assert len({each.top_up_id for each in made}) == 1
    assert [each.replayed for each in made].count(False) == 1
    assert await stage.balance(WALLET, me) == 2_000


@pytest.mark.parametrize(
    ("by_hand", "own", "others", "administrator"),
    [("self", True, False, True), ("administrator", False, False, True), ("off", False, False, False)],
)
async def test_who_may(stage: Stage, by_hand: str, own: bool, others: bool, administrator: bool) -> None:
    """The school's setting says whose wallets are filled by hand, and by whom."""
    top_ups = stage.another(by_hand=by_hand).top_ups
    me, you = stage.people.add(), stage.people.add()
    attempts = [(caller(me), me), (caller(me), you), (caller(me, Role.ADMINISTRATOR), you)]
    outcomes = [
        await asyncio.gather(top_ups.top_up(who, draft(owner)), return_exceptions=True)
        for who, owner in attempts
    ]

    assert [isinstance(outcome, TopUp) for (outcome,) in outcomes] == [own, others, administrator]
    assert all(isinstance(outcome, TopUp | TopUpNotAllowed) for (outcome,) in outcomes)


async def test_what_is_refused(stage: Stage) -> None:
    """A wallet of nobody, a currency of nobody, somebody else's card money, a school without a provider."""
    me, you = stage.people.add(), stage.people.add()
    administrator = caller(me, Role.ADMINISTRATOR)
    without = TopUpService(stage.pool, PaymentService(stage.pool, None, None), stage.people, by_hand="self")
    with pytest.raises(UserNotFound):
        await stage.top_ups.top_up(administrator, draft(uuid4()))
    with pytest.raises(CurrencyUnknown):
        await stage.top_ups.top_up(caller(me), draft(me, currency="XXX"))
    with pytest.raises(CurrencyUnknown):
        await stage.top_ups.top_up(caller(me), draft(me, source=PAYMENT, currency="CLF"))
    with pytest.raises(TopUpNotAllowed):
        await stage.top_ups.top_up(caller(me), draft(you, source=PAYMENT))
    with pytest.raises(FundingNotOffered):
        await without.top_up(caller(me), draft(me, source=PAYMENT))


async def test_by_a_card(stage: Stage) -> None:
    """The wallet gets all of it, and the school bears the fee."""
    me = stage.people.add()
    made = await paid_in(stage, me)
    again = (await stage.payments.get_payments([made.top_up_id]))[made.top_up_id]

    assert await stage.balance(WALLET, me) == 2_000
    assert await stage.balance(PAYMENT_FEE) == -88
    assert again.fee == 88
    await stage.assert_books_agree()


async def test_a_disputed_top_up(stage: Stage) -> None:
    """It is taken out of the wallet; what was spent is a debt, repaid by the next top-up."""
    me = stage.people.add()
    await paid_in(stage, me)
    await spend(stage, me, 1_500)
    stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    left, owed = await stage.balance(WALLET, me), await stage.balance(DEBT, me)
    await stage.top_ups.top_up(caller(me), draft(me, 2_000))

    assert (left, owed) == (0, -1_500)
    assert (await stage.balance(WALLET, me), await stage.balance(DEBT, me)) == (500, 0)
    await stage.assert_books_agree()


async def test_a_disputed_top_up_that_is_won(stage: Stage) -> None:
    """The wallet has it again, and the debt is gone."""
    me = stage.people.add()
    await paid_in(stage, me)
    await spend(stage, me, 1_500)
    dispute = stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    stage.fake.close_dispute(dispute["id"], won=True)
    await stage.deliver()

    assert (await stage.balance(WALLET, me), await stage.balance(DEBT, me)) == (500, 0)
    await stage.assert_books_agree()


async def test_a_top_up_refunded_at_the_provider(stage: Stage) -> None:
    """It goes out of the wallet, and comes back when the refund fails."""
    me = stage.people.add()
    made = await paid_in(stage, me)
    payment = (await stage.payments.get_payments([made.top_up_id]))[made.top_up_id]
    refund = await stage.payer.v1.refunds.create_async({"payment_intent": payment.reference, "amount": 700})
    await stage.deliver()
    less = await stage.balance(WALLET, me)
    stage.fake.finish_refund(refund.id, succeeds=False)
    await stage.deliver()

    assert less == 1_300
    assert await stage.balance(WALLET, me) == 2_000
    await stage.assert_books_agree()


async def spend(stage: Stage, owner: UUID, amount: int) -> None:
    await TipRepository(stage.pool).add_tip(new_tip(owner, uuid4(), amount))
