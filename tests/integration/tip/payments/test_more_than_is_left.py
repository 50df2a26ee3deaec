"""A provider takes more than is left of a tip, such as when a cardholder disputes what they were refunded."""

from __future__ import annotations

from itertools import pairwise

import pytest

from academe.db.pool import Pool
from academe.services.tip.errors import ProviderUnavailable
from academe.services.tip.payments.model import Story
from academe.services.tip.refunds.model import RefundState
from tests.integration.tip.payments.stage import DEBT, EDUCATOR, PAYMENT_FEE, Stage, opened
from tests.support.fake_stripe import Fault, Terms


@pytest.mark.parametrize(("refunded", "left"), [(1_000, 0), (400, 600)], ids=["all of it", "a part"])
@pytest.mark.parametrize("won", [True, False], ids=["won", "lost"])
async def test_a_refund_and_then_a_dispute(stage: Stage, refunded: int, left: int, won: bool) -> None:
    """The educator gives back what they got, once; the school bears the rest, until the dispute is won."""
    tip = await stage.pay()
    await stage.refund(tip, refunded)
    share = await stage.balance(EDUCATOR, tip.educator_id)
    dispute = stage.fake.open_dispute(stage.charge()["id"], amount=1_000)
    await stage.deliver()
    taken = await stage.tip(tip)
    borne = await stage.balance(PAYMENT_FEE)
    await stage.assert_books_agree()
    stage.fake.close_dispute(dispute["id"], won=won)
    await stage.deliver(copies=2)
    await stage.reconcile(hours=1)

    assert stage.fake.events.pending == []
    assert taken.refunded == 1_000
    assert borne == -59 - 1_500 - (1_000 - left)
    assert await stage.balance(EDUCATOR, tip.educator_id) == (share if won else 0)
    assert await stage.balance(DEBT, tip.educator_id) == 0
    assert (await stage.tip(tip)).refunded == (refunded if won else 1_000)
    await stage.assert_books_agree()


async def test_a_refund_of_which_nobody_knows(stage: Stage) -> None:
    """While it may have to be given again the dispute waits, so that the school bears nothing by mistake."""
    tip = await stage.pay()
    stage.fake.faults.add(Fault.REQUEST_LOST, "POST /v1/refunds")
    pending = await stage.refund(tip, 400)
    stage.fake.open_dispute(stage.charge()["id"])
    payment, provider = await stage.payment(tip), stage.provider
    early = Story(
        await provider.get_payment(payment.reference),
        disputes=await provider.list_disputes(payment.reference),
    )
    with pytest.raises(ProviderUnavailable):
        await stage.settlement.settle(early)
    await stage.deliver()
    refund = await stage.refund_now(pending.refund_id)

    assert refund is not None
    assert (pending.state, refund.state) == (RefundState.PENDING, RefundState.FAILED)
    assert await stage.balance(PAYMENT_FEE) == -59 - 1_500
    await stage.assert_books_agree()


async def test_a_refund_at_the_provider_beyond_the_tip(stage: Stage) -> None:
    """Both books say the same, also after it has failed in the end."""
    tip = await stage.pay(card="pm_card_refundFail")
    dispute = stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    stage.fake._world.store.get(stage.fake.platform, "charge", stage.charge()["id"])["_refundable"] = True
    made = await stage.make_refund_at_stripe(tip, 700)
    await stage.deliver()
    lost = await stage.balance(PAYMENT_FEE)
    await stage.assert_books_agree()
    stage.fake.finish_refund(made.id)
    await stage.deliver()

    assert dispute["status"] == "needs_response"
    assert lost == -59 - 1_500 - 700
    assert await stage.balance(PAYMENT_FEE) == -59 - 1_500
    await stage.assert_books_agree()


@pytest.mark.parametrize("returned", [True, False], ids=["returned", "kept"])
async def test_fees_that_come_later(pool: Pool, returned: bool) -> None:
    """While a dispute lasts and after it is over: each is booked once, and so is each that is returned."""
    async with opened(pool, Terms(dispute_fee_returned=returned)) as stage:
        await stage.pay()
        dispute = stage.fake.open_dispute(stage.charge()["id"])["id"]
        await stage.deliver()
        old = await stage.settlement.look(stage.charge()["payment_intent"])
        borne = [await stage.balance(PAYMENT_FEE)]
        for happens in (
            lambda: stage.fake.charge_dispute_fee(dispute, 1_000),
            lambda: stage.fake.close_dispute(dispute, won=True),
            lambda: stage.fake.charge_dispute_fee(dispute, 200),
            lambda: stage.fake.charge_dispute_fee(dispute, -200),
        ):
            happens()
            await stage.deliver(copies=2)
            await stage.settlement.settle(old)
            borne.append(await stage.balance(PAYMENT_FEE))
            await stage.assert_books_agree()

        back = 59 + 1_500 if returned else 59
        assert [after - before for before, after in pairwise(borne)] == [-1_000, back, -200, 200]
