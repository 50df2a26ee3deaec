"""What our fake Stripe does as Stripe does in test mode, and localstripe does not.

Idempotency keys, a limit to refunds, and most parameters.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import stripe

from tests.integration.tip.stripe_backends import CARDS_ONLY, STRICT, Backend, opened


@pytest.fixture(scope="module", params=STRICT)
async def backend(request: pytest.FixtureRequest) -> AsyncIterator[Backend]:
    async with opened(request.param) as backend:
        yield backend


async def test_a_key_is_one_payment(backend: Backend) -> None:
    """The same key and request: the same payment; the same key with another amount: an error."""
    params = {
        "amount": 1_000,
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "confirm": True,
        **CARDS_ONLY,
    }
    options: Any = {"idempotency_key": str(uuid.uuid4())}
    first = await backend.v1.payment_intents.create_async(params, options)
    again = await backend.v1.payment_intents.create_async(params, options)
    with pytest.raises(stripe.IdempotencyError):
        await backend.v1.payment_intents.create_async({**params, "amount": 1_001}, options)

    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


async def test_more_than_was_paid(backend: Backend) -> None:
    """Refunds stop at the charge."""
    intent = await backend.create(confirm=True)
    await backend.v1.refunds.create_async({"payment_intent": intent.id, "amount": 400})
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        await backend.v1.refunds.create_async({"payment_intent": intent.id, "amount": 601})
    await backend.v1.refunds.create_async({"payment_intent": intent.id, "reason": "requested_by_customer"})
    with pytest.raises(stripe.InvalidRequestError) as all_gone:
        await backend.v1.refunds.create_async({"payment_intent": intent.id})

    assert too_much.value.param == "amount"
    assert all_gone.value.code == "charge_already_refunded"


async def test_what_a_payment_carries(backend: Backend) -> None:
    """Description and transfer group are on the intent and on its charge."""
    group = f"tip_{uuid.uuid4()}"
    intent = await backend.create(confirm=True, description="A tip", transfer_group=group)
    charge = await backend.charge_of(intent)

    assert (intent.description, intent.transfer_group) == ("A tip", group)
    assert (charge.description, charge.transfer_group) == ("A tip", group)


async def test_refused_parameters(backend: Backend) -> None:
    """What no endpoint knows, and what this version of the API no longer takes."""
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        await backend.create(tip=1)
    with pytest.raises(stripe.InvalidRequestError) as retired:
        await backend.v1.payment_intents.create_async(
            {"amount": 1_000, "currency": "usd", "payment_method_types": ["card"]}
        )
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        await backend.v1.payment_intents.create_async(
            {"amount": 1_000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
        )

    assert (unknown.value.code, unknown.value.param) == ("parameter_unknown", "tip")
    assert retired.value.code == "payment_method_types_no_longer_supported"


async def test_a_canceled_hold_is_gone(backend: Backend) -> None:
    """It cannot be captured, and nothing about it was a refund."""
    held = await backend.create(confirm=True, capture_method="manual")
    await backend.v1.payment_intents.cancel_async(held.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await backend.v1.payment_intents.capture_async(held.id)
    refunds = await backend.v1.refunds.list_async({"payment_intent": held.id})

    assert refusal.value.code == "payment_intent_unexpected_state"
    assert refunds.data == []
