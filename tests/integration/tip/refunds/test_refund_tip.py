"""Giving a tip back: from wallets at once, from outside through the provider."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from academe.caller import Role
from academe.errors import InvalidArgument, RequestIdReused
from academe.ids import new_id
from academe.money import Money
from academe.services.tip import TipRepository
from academe.services.tip.errors import (
    InsufficientFunds,
    NotYourTip,
    RefundTooLarge,
    TipNotFound,
    TipNotGiven,
)
from academe.services.tip.model import Tip, TipState
from academe.services.tip.refunds.model import RefundDraft, RefundState
from tests.integration.tip.payments.stage import (
    DEBT,
    EDUCATOR,
    PAYMENT_FEE,
    PLATFORM_FEE,
    WALLET,
    Stage,
)
from tests.integration.tip.payments.test_disputes import pay_out
from tests.support.fake_stripe import Fault
from tests.support.ledger import caller, fill_wallets, new_tip


async def wallet_tip(stage: Stage, amount: int = 1_000) -> Tip:
    made = new_tip(new_id(), new_id(), amount)
    await fill_wallets(stage.pool, [made.sender_id], amount)
    return (await TipRepository(stage.pool).add_tip(made)).tip


async def test_a_wallet_tip(stage: Stage) -> None:
    """Its sender has the money again at once."""
    tip = await wallet_tip(stage)
    assert tip.sender_id is not None
    part = await stage.refund(tip, 400)
    rest = await stage.refund(tip)

    assert (part.state, part.amount.minor_units) == (RefundState.SUCCEEDED, 400)
    assert (rest.state, rest.amount.minor_units) == (RefundState.SUCCEEDED, 600)
    assert await stage.balance(WALLET, tip.sender_id) == 1_000
    assert await stage.balance(EDUCATOR, tip.educator_id) == 0
    assert (await stage.tip(tip)).state is TipState.REFUNDED
    assert stage.announced.count((tip.educator_id, tip.tip_id)) == 2
    await stage.assert_books_agree()


async def test_a_paid_tip_in_parts(stage: Stage) -> None:
    """The educator's share and both fees go back in proportion, and sum up to the last cent."""
    tip = await stage.pay(1_000)
    for amount in (333, 333, 333, 1):
        refund = await stage.refund(tip, amount)
        assert refund.state is RefundState.SUCCEEDED
    refunded = await stage.tip(tip)

    assert (refunded.refunded, refunded.left) == (1_000, (0, 0, 0))
    assert await stage.balance(EDUCATOR, tip.educator_id) == 0
    assert await stage.balance(PLATFORM_FEE) == 0
    assert await stage.balance(PAYMENT_FEE) == -59
    await stage.assert_books_agree()


async def test_two_equal_parts_are_two_refunds(stage: Stage) -> None:
    """The key is the refund's own, so the second is not taken for a repetition of the first."""
    tip = await stage.pay()
    first, second = await stage.refund(tip, 200), await stage.refund(tip, 200)

    assert [refund["amount"] for refund in stage.fake.all("refund")] == [200, 200]
    assert {request.key for request in stage.fake.requests.of("POST /v1/refunds")} == {
        f"refund-{first.refund_id}",
        f"refund-{second.refund_id}",
    }
    assert (await stage.tip(tip)).refunded == 400
    await stage.assert_books_agree()


@pytest.mark.parametrize("paid", [True, False], ids=["paid", "from a wallet"])
async def test_one_request_many_times_at_once(stage: Stage, paid: bool) -> None:
    """A double click, a retry, two servers: one refund."""
    tip = await stage.pay() if paid else await wallet_tip(stage)
    request_id = uuid4()
    other = stage.another()
    made = await asyncio.gather(
        *(server.refund(tip, 300, request_id=request_id) for server in (stage, other) for _ in range(10))
    )
    await stage.reconcile(hours=1)

    assert {refund.refund_id for refund in made} == {request_id}
    assert (await stage.tip(tip)).refunded == 300
    assert len(stage.fake.all("refund")) == (1 if paid else 0)
    await stage.assert_books_agree()


async def test_many_refunds_at_once_stop_at_the_tip(stage: Stage) -> None:
    """Of refunds that together are too much, as many are made as fit, and nobody waits in a circle."""
    tip = await wallet_tip(stage)
    others = [stage.another() for _ in range(3)]
    outcomes = await asyncio.gather(
        *(server.refund(tip, 300) for server in others for _ in range(4)), return_exceptions=True
    )

    assert [type(outcome) for outcome in outcomes].count(RefundTooLarge) == 9
    assert (await stage.tip(tip)).refunded == 900
    await stage.assert_books_agree()


async def test_another_refund_under_the_same_id(stage: Stage) -> None:
    """An id stands for what it was first used for, whoever uses it again."""
    tip, another = await wallet_tip(stage), await wallet_tip(stage)
    request_id = uuid4()
    await stage.refund(tip, 300, request_id=request_id)
    with pytest.raises(RequestIdReused):
        await stage.refund(tip, 301, request_id=request_id)
    with pytest.raises(RequestIdReused):
        await stage.refund(another, 300, request_id=request_id)
    with pytest.raises(RequestIdReused):
        await stage.refund(tip, 300, request_id=request_id, by=caller(new_id(), Role.ADMINISTRATOR))


async def test_who_may(stage: Stage) -> None:
    """Its educator and administrators; its sender only sees it, and others do not know of it."""
    tip = await wallet_tip(stage)
    assert tip.sender_id is not None
    with pytest.raises(NotYourTip):
        await stage.refund(tip, 1, by=caller(tip.sender_id))
    with pytest.raises(TipNotFound):
        await stage.refund(tip, 1, by=caller(new_id(), Role.EDUCATOR))
    administrator = await stage.refund(tip, 1, by=caller(new_id(), Role.ADMINISTRATOR))

    assert administrator.state is RefundState.SUCCEEDED


async def test_what_cannot_be_given_back(stage: Stage) -> None:
    """More than there is, another currency, nothing, a tip that never arrived, or what was paid out."""
    tip, waiting, spent = await wallet_tip(stage), await stage.write_tip(), await wallet_tip(stage)
    await pay_out(stage, spent.educator_id)
    with pytest.raises(RefundTooLarge) as too_large:
        await stage.refund(tip, 1_001)
    dollars = RefundDraft(uuid4(), b"", tip.tip_id, Money("USD", 1), "")
    with pytest.raises(InvalidArgument):
        await stage.refunds.refund_tip(caller(tip.educator_id), dollars)
    with pytest.raises(InvalidArgument):
        await stage.refund(tip, 0)
    with pytest.raises(TipNotGiven) as not_given:
        await stage.refund(waiting, 1, by=caller(new_id(), Role.ADMINISTRATOR))
    with pytest.raises(TipNotFound):
        await stage.refund(waiting, 1)
    with pytest.raises(InsufficientFunds):
        await stage.refund(spent, 1)
    await stage.refund(tip)
    with pytest.raises(RefundTooLarge):
        await stage.refund(tip)

    assert too_large.value.metadata == {"left": "1000"}
    assert not_given.value.metadata == {"state": "PENDING"}
    assert await stage.balance(DEBT, spent.educator_id) == 0
    await stage.assert_books_agree()


async def test_money_on_its_way_back_is_not_spent_twice(stage: Stage) -> None:
    """While the provider has not confirmed, the educator cannot be paid what is going back."""
    tip = await stage.pay()
    stage.fake.faults.add(Fault.REQUEST_LOST, "POST /v1/refunds")
    await stage.refund(tip, 900)

    assert await stage.balance(EDUCATOR, tip.educator_id) == 89
    with pytest.raises(RefundTooLarge):
        await stage.refund(tip, 200)


async def test_a_refund_that_the_provider_refuses(stage: Stage) -> None:
    """The educator has the money again, and the same request is answered so from then on."""
    tip = await stage.pay()
    await stage.make_refund_at_stripe(tip, 800)
    request_id = uuid4()
    refund = await stage.refund(tip, 400, request_id=request_id)
    again = await stage.refund(tip, 400, request_id=request_id)
    between = (await stage.tip(tip)).refunded
    await stage.deliver()

    assert (refund.state, again.state, between) == (RefundState.FAILED, RefundState.FAILED, 0)
    assert (await stage.tip(tip)).refunded == 800
    await stage.assert_books_agree()


@pytest.mark.parametrize("card", ["pm_card_refundFail", "pm_card_pendingRefund"])
async def test_a_refund_that_takes_its_time(stage: Stage, card: str) -> None:
    """Banks say days later that it worked, or that it did not after all: then the educator has it again."""
    tip = await stage.pay(card=card)
    refund = await stage.refund(tip, 400)
    await stage.deliver()
    before = await stage.tip(tip)
    (at_stripe,) = stage.fake.all("refund")
    stage.fake.finish_refund(at_stripe["id"])
    await stage.deliver()
    fails = card == "pm_card_refundFail"
    found = await stage.refund_now(refund.refund_id)

    assert refund.state is (RefundState.SUCCEEDED if fails else RefundState.PENDING)
    assert before.refunded == 400
    assert found is not None
    assert found.state is (RefundState.FAILED if fails else RefundState.SUCCEEDED)
    assert (await stage.tip(tip)).refunded == (0 if fails else 400)
    assert await stage.balance(EDUCATOR, tip.educator_id) == (891 if fails else 535)
    await stage.assert_books_agree()


async def test_a_pending_refund_that_no_webhook_ends(stage: Stage) -> None:
    """The reconciler asks until it is decided."""
    tip = await stage.pay(card="pm_card_pendingRefund")
    refund = await stage.refund(tip, 400)
    (at_stripe,) = stage.fake.all("refund")
    stage.fake.finish_refund(at_stripe["id"])
    await stage.reconcile()
    found = await stage.refund_now(refund.refund_id)

    assert found is not None
    assert (found.state, found.ask_time) == (RefundState.SUCCEEDED, None)


async def test_a_refund_made_in_the_dashboard(stage: Stage) -> None:
    """It is booked like ours; what the educator was paid already is a debt, since the money is gone."""
    tip = await stage.pay()
    await pay_out(stage, tip.educator_id)
    await stage.make_refund_at_stripe(tip, 500)
    await stage.deliver(copies=2)

    assert (await stage.tip(tip)).refunded == 500
    assert await stage.balance(DEBT, tip.educator_id) == -446
    await stage.assert_books_agree()


async def test_a_dashboard_refund_while_ours_is_unknown(stage: Stage) -> None:
    """Ours is brought to its end first, so that it is certain what was left for the other."""
    tip = await stage.pay()
    stage.fake.faults.add(Fault.REPLY_LOST, "POST /v1/refunds")
    pending = await stage.refund(tip, 600)
    await stage.make_refund_at_stripe(tip, 400)
    await stage.deliver()
    found = await stage.refund_now(pending.refund_id)

    assert found is not None
    assert (pending.state, found.state) == (RefundState.PENDING, RefundState.SUCCEEDED)
    assert (await stage.tip(tip)).state is TipState.REFUNDED
    await stage.assert_books_agree()


@pytest.mark.parametrize(("currency", "amount", "part"), [("KWD", 10_010, 3_330), ("JPY", 999, 333)])
async def test_units_of_other_currencies(stage: Stage, currency: str, amount: int, part: int) -> None:
    """Parts of what has no cents, or three digits, are exact too."""
    tip = await stage.pay(amount, currency=currency)
    await stage.refund(tip, part)

    assert (await stage.tip(tip)).refunded == part
    await stage.assert_books_agree(currency)
