"""What our fake Stripe does, localstripe does too, and so does Stripe itself in test mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import stripe

from tests.integration.tip.stripe_backends import CARDS_ONLY, STRICT, Backend, opened


@pytest.fixture(scope="module", params=[*STRICT, "localstripe"])
async def backend(request: pytest.FixtureRequest) -> AsyncIterator[Backend]:
    async with opened(request.param) as backend:
        yield backend


async def test_a_payment_in_one_call(backend: Backend) -> None:
    """It succeeds at once, and is booked as a charge whose net is its amount less the fee."""
    intent = await backend.create(
        confirm=True, metadata={"tip": "1"}, expand=["latest_charge.balance_transaction"]
    )
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    booked = charge.balance_transaction
    assert isinstance(booked, stripe.BalanceTransaction)
    found = await backend.v1.balance_transactions.retrieve_async(booked.id)

    assert (intent.status, intent.amount, intent.currency, intent.livemode) == (
        "succeeded",
        1_000,
        "usd",
        False,
    )
    assert intent.metadata["tip"] == "1"
    assert (charge.status, charge.captured, charge.amount_refunded) == ("succeeded", True, 0)
    assert charge.payment_intent == intent.id
    assert (found.type, found.amount, found.source) == ("charge", 1_000, charge.id)
    assert found.net == found.amount - found.fee
    assert found.reporting_category == "charge"


async def test_confirmed_later_and_once(backend: Backend) -> None:
    """Nothing is taken before the confirmation, and there is one confirmation."""
    intent = await backend.create()
    confirmed = await backend.v1.payment_intents.confirm_async(intent.id)
    with pytest.raises(stripe.InvalidRequestError):
        await backend.v1.payment_intents.confirm_async(intent.id)

    assert (intent.status, intent.latest_charge) == ("requires_confirmation", None)
    assert confirmed.status == "succeeded"
    assert await backend.taken(intent) == 1_000


async def test_without_a_card(backend: Backend) -> None:
    """An intent without a payment method waits for one."""
    extra = {} if backend.name == "localstripe" else CARDS_ONLY
    intent = await backend.v1.payment_intents.create_async({"amount": 1_000, "currency": "usd", **extra})

    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)


async def test_declined(backend: Backend) -> None:
    """A CardError, an intent that waits for another card, a failed charge, and no money."""
    intent = await backend.create("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError) as decline:
        await backend.v1.payment_intents.confirm_async(intent.id)
    after = await backend.v1.payment_intents.retrieve_async(intent.id)
    charge = await backend.charge_of(intent)

    assert (decline.value.http_status, decline.value.code) == (402, "card_declined")
    assert after.status == "requires_payment_method"
    assert after.last_payment_error is not None
    assert after.last_payment_error.code == "card_declined"
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, "card_declined")
    assert charge.balance_transaction is None
    with pytest.raises(stripe.InvalidRequestError):
        await backend.v1.refunds.create_async({"payment_intent": intent.id})


@pytest.mark.parametrize(("succeeds", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
async def test_the_bank_asks(backend: Backend, succeeds: bool, status: str) -> None:
    """Nothing is charged until the owner has answered, and then only if they are who they say."""
    asked = await backend.create(await backend.asking_card(), confirm=True)
    assert (asked.status, asked.latest_charge) == ("requires_action", None)
    assert asked.next_action is not None
    await backend.authenticate(asked, succeeds=succeeds)
    after = await backend.v1.payment_intents.retrieve_async(asked.id)

    assert (after.status, after.next_action) == (status, None)
    assert (after.latest_charge is not None) == succeeds


async def test_off_session(backend: Backend) -> None:
    """A card that a customer keeps pays without them."""
    customer = await backend.v1.customers.create_async({"email": "tipper@example.org"})
    card = await backend.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer.id})
    intent = await backend.create(card.id, customer=customer.id, confirm=True, off_session=True)

    assert (intent.status, intent.customer, intent.payment_method) == ("succeeded", customer.id, card.id)


@pytest.mark.parametrize("part", [None, 600])
async def test_captured(backend: Backend, part: int | None) -> None:
    """A hold is booked when it is captured, as much as was captured."""
    held = await backend.create(confirm=True, capture_method="manual")
    before = await backend.charge_of(held)
    amount = {} if part is None else {"amount_to_capture": part}
    captured = await backend.v1.payment_intents.capture_async(held.id, amount)

    assert (held.status, captured.status) == ("requires_capture", "succeeded")
    assert (before.captured, before.status, before.balance_transaction) == (False, "succeeded", None)
    assert await backend.taken(held) == (part or 1_000)


async def test_captured_too_much_or_twice(backend: Backend) -> None:
    """Not more than was held, and not again."""
    held = await backend.create(confirm=True, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError):
        await backend.v1.payment_intents.capture_async(held.id, {"amount_to_capture": 1_001})
    await backend.v1.payment_intents.capture_async(held.id)
    with pytest.raises(stripe.InvalidRequestError):
        await backend.v1.payment_intents.capture_async(held.id)

    assert await backend.taken(held) == 1_000


@pytest.mark.parametrize("more", [{}, {"confirm": True, "capture_method": "manual"}])
async def test_canceled(backend: Backend, more: dict[str, Any]) -> None:
    """Canceled before it was confirmed or captured, it is over."""
    intent = await backend.create(**more)
    canceled = await backend.v1.payment_intents.cancel_async(intent.id)
    with pytest.raises(stripe.InvalidRequestError):
        await backend.v1.payment_intents.confirm_async(intent.id)

    assert canceled.status == "canceled"
    if more:
        assert await backend.taken(intent) == 0


async def test_too_late_to_cancel(backend: Backend) -> None:
    """What has succeeded is refunded, not canceled."""
    intent = await backend.create(confirm=True)
    with pytest.raises(stripe.InvalidRequestError):
        await backend.v1.payment_intents.cancel_async(intent.id)

    assert (await backend.v1.payment_intents.retrieve_async(intent.id)).status == "succeeded"


async def test_refunded(backend: Backend) -> None:
    """By intent or by charge, in parts; each is booked as a refund, and the charge keeps count."""
    intent = await backend.create(confirm=True)
    first = await backend.v1.refunds.create_async(
        {"payment_intent": intent.id, "amount": 400, "metadata": {"refund": "1"}}
    )
    part = await backend.charge_of(intent)
    second = await backend.v1.refunds.create_async({"charge": part.id, "amount": 600})
    whole = await backend.charge_of(intent)
    listed = await backend.v1.refunds.list_async({"payment_intent": intent.id})
    assert isinstance(first.balance_transaction, str)
    booked = await backend.v1.balance_transactions.retrieve_async(first.balance_transaction)

    assert (first.status, first.currency, first.charge, first.metadata["refund"]) == (
        "succeeded",
        "usd",
        part.id,
        "1",
    )
    assert (booked.type, booked.amount, booked.source) == ("refund", -400, first.id)
    assert (part.amount_refunded, part.refunded) == (400, False)
    assert (whole.amount_refunded, whole.refunded) == (1_000, True)
    assert {refund.id for refund in listed.data} == {first.id, second.id}
    assert await backend.taken(intent) == 0


async def test_refunded_as_a_whole(backend: Backend) -> None:
    """Without an amount everything goes back."""
    intent = await backend.create(confirm=True)
    refund = await backend.v1.refunds.create_async({"payment_intent": intent.id})

    assert (refund.amount, (await backend.v1.refunds.retrieve_async(refund.id)).status) == (
        1_000,
        "succeeded",
    )
    assert await backend.taken(intent) == 0


async def test_pages_of_balance_transactions(backend: Backend) -> None:
    """Page after page there is no gap and no repetition."""
    for _ in range(4):
        await backend.create(confirm=True)
    whole = await backend.v1.balance_transactions.list_async({"limit": 4})
    first = await backend.v1.balance_transactions.list_async({"limit": 2})
    second = await backend.v1.balance_transactions.list_async(
        {"limit": 2, "starting_after": first.data[-1].id}
    )

    assert [each.id for each in whole.data] == [each.id for each in (*first.data, *second.data)]
    assert first.has_more


async def test_what_nobody_knows(backend: Backend) -> None:
    """An unknown id is a 404, an amount that is none a 400."""
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        await backend.v1.payment_intents.retrieve_async("pi_unknown")
    with pytest.raises(stripe.InvalidRequestError) as nothing:
        await backend.create(amount=0)

    assert (unknown.value.http_status, nothing.value.http_status) == (404, 400)
