"""Payment intents: every way one can go, as the official library sees it."""

from __future__ import annotations

import pytest
import stripe

from tests.support.fake_stripe import FakeStripe
from tests.unit.fake_stripe.steps import hold, nets, pay


async def test_a_payment_in_one_call(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """It succeeds, its charge is booked with the fee, and the events say so in the order of things."""
    intent = await pay(
        client,
        1_999,
        description="A tip",
        metadata={"tip": "7"},
        transfer_group="tip_7",
        expand=["latest_charge.balance_transaction"],
    )

    assert (intent.status, intent.amount_received, intent.livemode) == ("succeeded", 1_999, False)
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.captured, charge.description, charge.transfer_group) == (True, "A tip", "tip_7")
    assert charge.metadata["tip"] == "7"
    booked = charge.balance_transaction
    assert isinstance(booked, stripe.BalanceTransaction)
    assert (booked.amount, booked.fee, booked.net) == (1_999, 88, 1_911)  # 57.971 and 30, rounded
    assert (booked.type, booked.source) == ("charge", charge.id)
    assert fake.platform_balance("usd") == 1_911 == nets(fake)
    assert fake.events.types() == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


async def test_created_first_and_confirmed_later(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Nothing is taken until the confirmation; a second one is refused."""
    intent = await client.v1.payment_intents.create_async(
        {"amount": 500, "currency": "USD", "allowed_payment_method_types": ["card"]}
    )
    assert (intent.status, intent.currency) == ("requires_payment_method", "usd")
    confirmed = await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.payment_intents.confirm_async(intent.id)

    assert confirmed.status == "succeeded"
    assert refusal.value.code == "payment_intent_unexpected_state"
    assert len(fake.charged()) == 1


async def test_declined(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A declined card is a CardError; the intent stays, with its failed charge, and takes another card."""
    with pytest.raises(stripe.CardError) as decline:
        await pay(client, card="pm_card_chargeDeclinedInsufficientFunds")
    error = decline.value.error
    assert error is not None
    assert error.payment_intent is not None
    intent = await client.v1.payment_intents.retrieve_async(error.payment_intent.id)
    failed = await client.v1.charges.retrieve_async(intent.latest_charge)
    again = await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})

    assert (decline.value.code, error.decline_code) == ("card_declined", "insufficient_funds")
    assert (intent.status, failed.status, failed.captured) == ("requires_payment_method", "failed", False)
    assert again.status == "succeeded"
    assert again.last_payment_error is None
    assert [event for event in fake.events.types() if "fail" in event] == [
        "charge.failed",
        "payment_intent.payment_failed",
    ]
    assert len(fake.charged()) == 1


@pytest.mark.parametrize("succeeds", [True, False])
async def test_the_bank_asks(fake: FakeStripe, client: stripe.StripeClient, succeeds: bool) -> None:
    """3-D Secure takes nothing until the customer has answered, and nothing if they fail to."""
    asked = await pay(client, card="pm_card_threeDSecure2Required")
    before = fake.platform_balance("usd")
    fake.authenticate(asked.id, succeeds=succeeds)
    after = await client.v1.payment_intents.retrieve_async(asked.id)

    assert asked.status == "requires_action"
    assert asked.next_action is not None
    assert before == 0
    assert after.status == ("succeeded" if succeeds else "requires_payment_method")
    assert len(fake.charged()) == int(succeeds)
    assert fake.events.types()[-1] == f"payment_intent.{'succeeded' if succeeds else 'payment_failed'}"


async def test_off_session_with_a_bank_that_asks(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Nobody is there to answer: the payment is declined with authentication_required."""
    customer = await client.v1.customers.create_async({"email": "tipper@example.org"})
    method = await client.v1.payment_methods.attach_async(
        "pm_card_authenticationRequired", {"customer": customer.id}
    )
    with pytest.raises(stripe.CardError) as decline:
        await pay(client, card=method.id, customer=customer.id, off_session=True)

    assert decline.value.code == "authentication_required"
    assert fake.charged() == []


async def test_a_card_saved_with_its_owner_present(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Saved for later under authentication, it pays off session from then on."""
    customer = await client.v1.customers.create_async({})
    first = await pay(
        client,
        card="pm_card_authenticationRequiredOnSetup",
        customer=customer.id,
        setup_future_usage="off_session",
    )
    fake.authenticate(first.id)
    saved = await client.v1.customers.payment_methods.list_async(customer.id)
    later = await pay(client, 700, card=saved.data[0].id, customer=customer.id, off_session=True)

    assert later.status == "succeeded"
    assert [charge["amount"] for charge in fake.charged()] == [1_000, 700]


async def test_a_card_that_is_not_kept_pays_once(client: stripe.StripeClient) -> None:
    """A payment method without a customer is spent by its payment."""
    method = await client.v1.payment_methods.create_async(
        {
            "type": "card",
            "card": {"number": "4242424242424242", "exp_month": 8, "exp_year": 2031, "cvc": "314"},
        }
    )
    await pay(client, card=method.id)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        await pay(client, card=method.id)


async def test_captured_in_full(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A hold moves nothing until it is captured."""
    held = await hold(client)
    before = fake.platform_balance("usd")
    captured = await client.v1.payment_intents.capture_async(held.id)

    assert (held.status, held.amount_capturable, before) == ("requires_capture", 1_000, 0)
    assert (captured.status, captured.amount_received, captured.amount_capturable) == ("succeeded", 1_000, 0)
    assert fake.platform_balance("usd") == 1_000 - 59
    assert fake.events.types()[1:] == [
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]


async def test_captured_in_part(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Only what was captured is booked and can be refunded; the rest was never anybody's."""
    held = await hold(client)
    captured = await client.v1.payment_intents.capture_async(
        held.id, {"amount_to_capture": 600, "expand": ["latest_charge.refunds"]}
    )
    charge = captured.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert charge.refunds is not None
    booked = await client.v1.balance_transactions.list_async()
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.refunds.create_async({"payment_intent": held.id, "amount": 601})
    await client.v1.refunds.create_async({"payment_intent": held.id})

    assert (captured.amount, captured.amount_received) == (1_000, 600)
    assert (charge.amount_captured, charge.amount_refunded, charge.refunds.data) == (600, 0, [])
    assert [(each.type, each.amount, each.fee) for each in booked.data] == [("charge", 600, 47)]
    assert fake.platform_balance("usd") == -47
    assert fake.charged()[0]["refunded"]


async def test_captured_too_much(client: stripe.StripeClient) -> None:
    """More than was held cannot be taken, nor anything twice."""
    held = await hold(client)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.payment_intents.capture_async(held.id, {"amount_to_capture": 1_001})
    await client.v1.payment_intents.capture_async(held.id)
    with pytest.raises(stripe.InvalidRequestError) as second:
        await client.v1.payment_intents.capture_async(held.id)

    assert refusal.value.code == "amount_too_large"
    assert second.value.code == "payment_intent_unexpected_state"


async def test_a_hold_is_canceled(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """What was held is free again; nothing was ever booked, or refunded."""
    held = await hold(client)
    canceled = await client.v1.payment_intents.cancel_async(held.id, {"cancellation_reason": "abandoned"})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.payment_intents.capture_async(held.id)

    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert refusal.value.code == "payment_intent_unexpected_state"
    assert (fake.platform_balance("usd"), fake.all("balance_transaction")) == (0, [])
    assert (fake.all("refund"), fake.all("charge")[0]["refunded"]) == ([], False)
    assert fake.events.types()[-1] == "payment_intent.canceled"


async def test_a_hold_runs_out(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """After seven days the bank lets go."""
    held = await hold(client)
    fake.clock.advance(days=6, hours=23)
    waiting = await client.v1.payment_intents.retrieve_async(held.id)
    fake.clock.advance(hours=1)
    ended = await client.v1.payment_intents.retrieve_async(held.id)

    assert (waiting.status, ended.status, ended.cancellation_reason) == (
        "requires_capture",
        "canceled",
        "expired",
    )
    assert fake.events.types()[-2:] == ["charge.expired", "payment_intent.canceled"]


async def test_payment_methods_that_redirect(client: stripe.StripeClient) -> None:
    """By default some may redirect, so that a confirmation needs somewhere to return to."""
    params = {"amount": 100, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        await client.v1.payment_intents.create_async(params)
    never = {"enabled": True, "allow_redirects": "never"}
    paid = await client.v1.payment_intents.create_async({**params, "automatic_payment_methods": never})

    assert paid.status == "succeeded"


async def test_somebody_elses_card(client: stripe.StripeClient) -> None:
    """A kept card pays only for the customer who keeps it."""
    customer = await client.v1.customers.create_async({})
    method = await client.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer.id})
    with pytest.raises(stripe.InvalidRequestError, match="belongs to the Customer"):
        await pay(client, card=method.id)


async def test_intents_of_one_customer(client: stripe.StripeClient) -> None:
    """The list is of this customer's, the newest first."""
    customer = await client.v1.customers.create_async({})
    first = await pay(client, 100, customer=customer.id)
    await pay(client, 200)
    last = await pay(client, 300, customer=customer.id)
    listed = await client.v1.payment_intents.list_async({"customer": customer.id})

    assert [intent.id for intent in listed.data] == [last.id, first.id]
