"""Money that goes back: by our own will, or by the bank's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import stripe

from tests.support.fake_stripe import FakeStripe, Terms
from tests.unit.fake_stripe.steps import nets, pay


async def test_refunded_in_parts(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Parts add up to the charge and not to one unit more; the fee is not given back."""
    intent = await pay(client)
    first = await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 400})
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 601})
    rest = await client.v1.refunds.create_async({"charge": intent.latest_charge, "metadata": {"tip": "1"}})
    with pytest.raises(stripe.InvalidRequestError) as refunded:
        await client.v1.refunds.create_async({"charge": intent.latest_charge})
    listed = await client.v1.refunds.list_async({"payment_intent": intent.id})

    assert (first.amount, rest.amount, rest.status) == (400, 600, "succeeded")
    assert (too_much.value.param, too_much.value.code) == ("amount", None)
    assert refunded.value.code == "charge_already_refunded"
    assert [refund.id for refund in listed.data] == [rest.id, first.id]
    assert fake.platform_balance("usd") == -59 == nets(fake)
    assert fake.charged()[0]["refunded"]
    assert fake.events.types()[3:] == ["refund.created", "charge.refunded"] * 2


async def test_nothing_to_refund(client: stripe.StripeClient) -> None:
    """A payment that took nothing has nothing to give back."""
    held = await pay(client, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError) as by_intent:
        await client.v1.refunds.create_async({"payment_intent": held.id})
    with pytest.raises(stripe.InvalidRequestError) as by_charge:
        await client.v1.refunds.create_async({"charge": held.latest_charge})
    with pytest.raises(stripe.InvalidRequestError) as by_nothing:
        await client.v1.refunds.create_async({"amount": 1})

    assert by_intent.value.code == "payment_intent_unexpected_state"
    assert by_charge.value.code == "charge_not_refundable"
    assert by_nothing.value.code == "parameter_missing"


async def test_a_refund_fails_afterwards(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """It had succeeded; then its money is back in the balance, and the charge is open again."""
    intent = await pay(client, card="pm_card_refundFail")
    refund = await client.v1.refunds.create_async({"payment_intent": intent.id})
    while_succeeded = fake.platform_balance("usd")
    fake.finish_refund(refund.id)
    after = await client.v1.refunds.retrieve_async(
        refund.id, {"expand": ["failure_balance_transaction", "charge"]}
    )

    assert (refund.status, while_succeeded) == ("succeeded", -59)
    assert after.status == "failed"
    assert isinstance(after.failure_balance_transaction, stripe.BalanceTransaction)
    assert after.failure_balance_transaction.net == 1_000
    assert isinstance(after.charge, stripe.Charge)
    assert (after.charge.amount_refunded, after.charge.refunded) == (0, False)
    assert fake.platform_balance("usd") == 941 == nets(fake)
    assert fake.events.types()[-2:] == ["refund.updated", "refund.failed"]


async def test_a_refund_takes_its_time(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """It is pending until the bank is done."""
    intent = await pay(client, card="pm_card_pendingRefund")
    refund = await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 10})
    fake.finish_refund(refund.id)

    assert refund.status == "pending"
    assert fake.get("refund", refund.id)["status"] == "succeeded"
    assert fake.events.types()[-1] == "refund.updated"


@pytest.fixture
async def generous() -> AsyncIterator[FakeStripe]:
    """A Stripe whose terms give the dispute fee back."""
    opened = FakeStripe(Terms(dispute_fee=2_000, dispute_fee_returned=True))
    await opened.start()
    yield opened
    await opened.stop()


async def test_a_dispute_is_lost(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Amount and fee leave in one balance transaction when it opens; losing changes nothing more."""
    intent = await pay(client)
    opened = fake.open_dispute(intent.latest_charge)
    balance = fake.platform_balance("usd")
    fake.close_dispute(opened["id"], won=False)
    dispute = await client.v1.disputes.retrieve_async(opened["id"])
    booked = (await client.v1.balance_transactions.list_async({"type": "adjustment"})).data

    assert balance == 941 - 2_500 == fake.platform_balance("usd") == nets(fake)
    assert dispute.status == "lost"
    assert [(each.amount, each.fee, each.net, each.source) for each in booked] == [
        (-1_000, 1_500, -2_500, dispute.id)
    ]
    assert [each.id for each in dispute.balance_transactions] == [booked[0].id]
    assert fake.events.types()[3:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


async def test_a_dispute_is_won(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """The amount comes back, the fee stays gone."""
    intent = await pay(client)
    opened = fake.open_dispute(intent.latest_charge, amount=300)
    fake.close_dispute(opened["id"], won=True)

    assert fake.platform_balance("usd") == 941 - 1_500
    assert fake.events.types()[-2:] == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    with pytest.raises(ValueError, match="closed"):
        fake.close_dispute(opened["id"], won=True)


async def test_terms_that_return_the_fee(generous: FakeStripe) -> None:
    """Then a dispute that was won has cost nothing."""
    intent = await pay(generous.client())
    opened = generous.open_dispute(intent.latest_charge)
    during = generous.platform_balance("usd")
    generous.close_dispute(opened["id"], won=True)

    assert during == 941 - 3_000
    assert generous.platform_balance("usd") == 941


async def test_a_card_that_disputes_at_once(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A disputed charge cannot be refunded as well; who closes the dispute gives up."""
    intent = await pay(client, card="pm_card_createDispute")
    listed = await client.v1.disputes.list_async({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.refunds.create_async({"payment_intent": intent.id})
    closed = await client.v1.disputes.close_async(listed.data[0].id)

    assert [dispute.status for dispute in listed.data] == ["needs_response"]
    assert refusal.value.code == "charge_disputed"
    assert closed.status == "lost"
    assert fake.platform_balance("usd") == 941 - 2_500


async def test_an_inquiry(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A question moves no money, and the charge can still be refunded."""
    intent = await pay(client, card="pm_card_createDisputeInquiry")
    balance = fake.platform_balance("usd")
    dispute = fake.all("dispute")[0]
    fake.close_dispute(dispute["id"], won=False)
    refund = await client.v1.refunds.create_async({"payment_intent": intent.id})

    assert (balance, dispute["status"], refund.status) == (941, "warning_needs_response", "succeeded")
    assert fake.get("dispute", dispute["id"])["status"] == "warning_closed"
    assert "charge.dispute.funds_withdrawn" not in fake.events.types()
