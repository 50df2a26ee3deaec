"""A payer's bank takes a payment back: out of the balance, or else as a debt, until it is repaid or won."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from academe.db.pool import Pool
from academe.ids import new_id
from academe.money import Money
from academe.services.tip import TipRepository
from academe.services.tip.errors import RefundTooLarge
from academe.services.tip.model import SCHOOL, AccountKind, Movement, TransactionKind
from academe.services.tip.refunds.model import RefundState
from academe.services.tip.repository_movements import add_movements
from tests.integration.tip.payments.stage import (
    DEBT,
    EDUCATOR,
    PAYMENT_FEE,
    PLATFORM_FEE,
    Stage,
    opened,
)
from tests.support.fake_stripe import Fault, Terms
from tests.support.ledger import fill_wallets, new_tip


async def pay_out(stage: Stage, educator: UUID) -> None:
    """All that the educator has leaves, by hand."""
    amount = Money("EUR", await stage.balance(EDUCATOR, educator))
    payout, now = new_id(), stage.time.now
    out, paid = TransactionKind.PAYOUT, TransactionKind.PAYOUT_PAID
    on_its_way, cash = AccountKind.PAYOUT, AccountKind.CASH
    moved = [
        Movement(out, payout, AccountKind.EDUCATOR, educator, on_its_way, educator, amount, now),
        Movement(paid, payout, on_its_way, educator, cash, SCHOOL, amount, now),
    ]
    for each in moved:
        await add_movements(stage.pool, [each])


async def test_a_dispute_before_the_payout(stage: Stage) -> None:
    """The educator's share goes, and both fees; what the provider takes for it, the school bears."""
    tip = await stage.pay()
    stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()

    assert await stage.balance(EDUCATOR, tip.educator_id) == 0
    assert await stage.balance(DEBT, tip.educator_id) == 0
    assert await stage.balance(PLATFORM_FEE) == 0
    assert await stage.balance(PAYMENT_FEE) == -59 - 1_500
    assert (await stage.tip(tip)).refunded == 1_000
    await stage.assert_books_agree()


async def test_a_dispute_after_the_payout(stage: Stage) -> None:
    """What is gone already becomes a debt, and later tips repay it before the educator gets anything."""
    tip = await stage.pay()
    await pay_out(stage, tip.educator_id)
    stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    owed = await stage.balance(DEBT, tip.educator_id)
    await stage.pay(500, educator=tip.educator_id)
    owed_less = await stage.balance(DEBT, tip.educator_id)
    nothing = await stage.balance(EDUCATOR, tip.educator_id)
    await stage.pay(1_000, educator=tip.educator_id)

    assert (owed, owed_less, nothing) == (-891, -891 + 430, 0)
    assert await stage.balance(DEBT, tip.educator_id) == 0
    assert await stage.balance(EDUCATOR, tip.educator_id) == 430 + 891 - 891
    await stage.assert_books_agree()


async def test_a_dispute_while_the_money_is_being_paid_out(stage: Stage) -> None:
    """It waits for the payout to be committed, and then finds that the balance does not hold the share."""
    tip = await stage.pay()
    stage.fake.open_dispute(stage.charge()["id"])
    story = await stage.settlement.look((await stage.payment(tip)).reference)
    payout = Movement(
        TransactionKind.PAYOUT,
        new_id(),
        AccountKind.EDUCATOR,
        tip.educator_id,
        AccountKind.PAYOUT,
        tip.educator_id,
        Money("EUR", 891),
        stage.time.now,
    )
    async with stage.pool.transaction() as connection:
        await add_movements(connection, [payout])
        settling = asyncio.create_task(stage.settlement.settle(story))
        while not await stage.pool.fetchval(
            """
            select exists (
                select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
            )
            """
        ):
            pass
    await settling

    assert await stage.balance(EDUCATOR, tip.educator_id) == 0
    assert await stage.balance(DEBT, tip.educator_id) == -891
    await stage.assert_books_agree()


async def test_a_debt_repaid_from_a_wallet_tip(stage: Stage) -> None:
    """What comes in another way repays too, as soon as the reconciler looks; once, however many look."""
    tip = await stage.pay()
    await pay_out(stage, tip.educator_id)
    stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    later = new_tip(new_id(), tip.educator_id, 900)
    await fill_wallets(stage.pool, [later.sender_id], 900)
    await TipRepository(stage.pool).add_tip(later)
    await asyncio.gather(*(stage.another().reconciler.repay_debts(stage.time.now) for _ in range(4)))

    assert await stage.balance(DEBT, tip.educator_id) == 0
    assert await stage.balance(EDUCATOR, tip.educator_id) == 9
    await stage.assert_books_agree()


async def test_a_dispute_that_is_won(stage: Stage) -> None:
    """Everything is as before but the provider's fee, and a debt is no debt any more."""
    tip = await stage.pay()
    await pay_out(stage, tip.educator_id)
    dispute = stage.fake.open_dispute(stage.charge()["id"], amount=600)
    await stage.deliver()
    owed = await stage.balance(DEBT, tip.educator_id)
    stage.fake.close_dispute(dispute["id"], won=True)
    await stage.deliver()

    assert owed == -535
    assert await stage.balance(DEBT, tip.educator_id) == 0
    assert await stage.balance(EDUCATOR, tip.educator_id) == 0
    assert await stage.balance(PLATFORM_FEE) == 50
    assert await stage.balance(PAYMENT_FEE) == -1_500
    assert (await stage.tip(tip)).refunded == 0
    await stage.assert_books_agree()


async def test_a_fee_that_is_returned(pool: Pool) -> None:
    """Some contracts give the fee of a dispute back when it is won."""
    async with opened(pool, Terms(dispute_fee_returned=True)) as stage:
        await stage.pay()
        dispute = stage.fake.open_dispute(stage.charge()["id"])
        await stage.deliver()
        stage.fake.close_dispute(dispute["id"], won=True)
        await stage.deliver()

        assert await stage.balance(PAYMENT_FEE) == 0
        await stage.assert_books_agree()


async def test_a_dispute_that_was_won_before_it_was_heard_of(stage: Stage) -> None:
    """Even if all of it was refunded since: both books still say the same."""
    tip = await stage.pay()
    dispute = stage.fake.open_dispute(stage.charge()["id"])
    stage.fake.close_dispute(dispute["id"], won=True)
    stage.fake._world.store.get(stage.fake.platform, "charge", stage.charge()["id"])["_refundable"] = True
    await stage.make_refund_at_stripe(tip, 1_000)
    await stage.deliver()

    assert await stage.balance(EDUCATOR, tip.educator_id) == 0
    assert (await stage.tip(tip)).refunded == 1_000
    await stage.assert_books_agree()


async def test_a_dispute_that_is_lost(stage: Stage) -> None:
    """Nothing more moves, and nobody asks about it any more."""
    tip = await stage.pay()
    dispute = stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    asked_about = (await stage.payment(tip)).ask_time
    stage.fake.close_dispute(dispute["id"], won=False)
    await stage.deliver()

    assert asked_about is not None
    assert (await stage.payment(tip)).ask_time is None
    await stage.assert_books_agree()


async def test_a_dispute_whose_end_nobody_told(stage: Stage) -> None:
    """The webhook was lost for good: the reconciler asks while a dispute is open."""
    tip = await stage.pay()
    dispute = stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    stage.fake.close_dispute(dispute["id"], won=True)
    await stage.reconcile()

    assert await stage.balance(EDUCATOR, tip.educator_id) == 891
    await stage.assert_books_agree()


async def test_an_inquiry(stage: Stage) -> None:
    """The bank only asks: no money moves."""
    tip = await stage.pay()
    stage.fake.open_dispute(stage.charge()["id"], inquiry=True)
    await stage.deliver()

    assert await stage.balance(EDUCATOR, tip.educator_id) == 891
    await stage.assert_books_agree()


async def test_a_card_that_disputes_at_once(stage: Stage) -> None:
    """The dispute's events may come before anybody knows that the payment was made."""
    tip = await stage.write_tip()
    await stage.confirm(await stage.payments.start_tip(tip), "pm_card_createDispute")
    await stage.deliver(events=list(reversed(stage.fake.events)))

    assert await stage.balance(EDUCATOR, tip.educator_id) == 0
    await stage.assert_books_agree()


async def test_a_dispute_of_a_payment_that_is_not_booked(pool: Pool) -> None:
    """It waits with the payment, whose fee is not known, and is found with it later."""
    async with opened(pool, Terms(books_later=True)) as stage:
        tip = await stage.write_tip()
        await stage.confirm(await stage.payments.start_tip(tip))
        stage.fake.open_dispute(stage.charge()["id"])
        await stage.deliver()
        waiting = await stage.balance(EDUCATOR, tip.educator_id)
        stage.fake.book_charges()
        await stage.reconcile()

        assert waiting == 0
        assert (await stage.tip(tip)).refunded == 1_000
        await stage.assert_books_agree()


async def test_a_refund_that_a_dispute_overtakes(stage: Stage) -> None:
    """A refund that Stripe never got is refused once all is disputed: the parts add up all the same."""
    tip = await stage.pay()
    stage.fake.faults.add(Fault.REQUEST_LOST, "POST /v1/refunds")
    pending = await stage.refund(tip, 400)
    stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    refund = await stage.refund_now(pending.refund_id)

    assert pending.state is RefundState.PENDING
    assert refund is not None
    assert refund.state is RefundState.FAILED
    assert (await stage.tip(tip)).refunded == 1_000
    assert await stage.balance(EDUCATOR, tip.educator_id) == 0
    await stage.assert_books_agree()


async def test_a_disputed_tip_is_not_refunded(stage: Stage) -> None:
    """There is nothing left of it to give back."""
    tip = await stage.pay()
    stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    with pytest.raises(RefundTooLarge):
        await stage.refund(tip)
