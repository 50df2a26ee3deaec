"""Idempotency keys, with the limits that Stripe's have."""

from __future__ import annotations

import asyncio
import re

import pytest
import stripe

from tests.support.fake_stripe import FakeStripe, Fault
from tests.unit.fake_stripe.steps import educator, pay


async def test_the_same_request_again(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """It is answered as the first time, says so in a header, and charges nothing."""
    first = await pay(client, key="tip-1")
    second = await pay(client, key="tip-1")

    assert second.id == first.id
    assert second.last_response is not None
    headers = second.last_response.headers
    assert headers["Idempotent-Replayed"] == "true"
    assert headers["Original-Request"] != headers["Request-Id"]
    assert len(fake.charged()) == 1
    assert [request.replayed for request in fake.requests] == [False, True]
    assert fake.requests.executed("POST /v1/payment_intents") == 1


async def test_the_answer_is_the_one_of_then(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """What happened since does not show in a replay."""
    await pay(client, key="tip-1", capture_method="manual")
    intent = fake.all("payment_intent")[0]
    await client.v1.payment_intents.cancel_async(intent["id"])
    replayed = await pay(client, key="tip-1", capture_method="manual")

    assert replayed.status == "requires_capture"


@pytest.mark.parametrize("changed", [{"amount": 1_001}, {"metadata": {"other": "1"}}])
async def test_the_key_with_another_request(
    fake: FakeStripe, client: stripe.StripeClient, changed: dict[str, object]
) -> None:
    """Other parameters under a known key are an error, and leave the key's answer alone."""
    first = await pay(client, key="tip-1")
    with pytest.raises(stripe.IdempotencyError) as refusal:
        await pay(client, key="tip-1", **changed)
    again = await pay(client, key="tip-1")

    assert refusal.value.http_status == 400
    assert again.id == first.id
    assert len(fake.charged()) == 1


async def test_the_key_at_another_endpoint(client: stripe.StripeClient) -> None:
    """A key belongs to one endpoint."""
    await pay(client, key="tip-1")
    with pytest.raises(stripe.IdempotencyError, match=re.escape("'/v1/payment_intents'")):
        await client.v1.customers.create_async({}, {"idempotency_key": "tip-1"})


async def test_a_decline_is_saved(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """The bank was asked once, and its answer stands for this key."""
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            await pay(client, card="pm_card_chargeDeclined", key="tip-1")

    assert len(fake.all("charge")) == 1
    assert fake.requests[-1].replayed


async def test_wrong_parameters_are_not_saved(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Nothing had begun: the key is free for the corrected request."""
    with pytest.raises(stripe.InvalidRequestError):
        await pay(client, amount=0, key="tip-1")
    with pytest.raises(stripe.InvalidRequestError):
        await pay(client, card="pm_unheard_of", key="tip-1")
    paid = await pay(client, key="tip-1")

    assert paid.status == "succeeded"
    assert len(fake.charged()) == 1


async def test_a_refusal_by_the_state_is_saved(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """The endpoint had begun: even when the money has come meanwhile, this key was told no."""
    account = await educator(fake, client)
    params = {"amount": 100, "currency": "usd", "destination": account}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            await client.v1.transfers.create_async(params, {"idempotency_key": "transfer-1"})
        await pay(client)

    assert refusal.value.code == "balance_insufficient"
    assert fake.requests.executed("POST /v1/transfers") == 1


async def test_a_second_one_while_the_first_is_under_way(
    fake: FakeStripe, client: stripe.StripeClient
) -> None:
    """It conflicts and is not saved; afterwards the key has the first one's answer."""
    slow = fake.faults.add(Fault.SLOW, "POST /v1/payment_intents")
    first = asyncio.create_task(pay(client, key="tip-1"))
    await slow.reached.wait()
    with pytest.raises(stripe.APIError) as conflict:
        await pay(client, key="tip-1")
    slow.release()
    paid = await first
    again = await pay(client, key="tip-1")

    assert (conflict.value.http_status, conflict.value.error.code) == (409, "idempotency_key_in_use")
    assert again.id == paid.id
    assert len(fake.charged()) == 1


async def test_a_day_later(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Keys are forgotten after 24 hours, and then the same request charges again."""
    first = await pay(client, key="tip-1")
    fake.clock.advance(hours=23, seconds=3_599)
    remembered = await pay(client, key="tip-1")
    fake.clock.advance(seconds=1)
    forgotten = await pay(client, key="tip-1")

    assert remembered.id == first.id
    assert forgotten.id != first.id
    assert len(fake.charged()) == 2


async def test_keys_of_two_accounts(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """The same key for another account is another key."""
    account = await educator(fake, client)
    first = await client.v1.customers.create_async({}, {"idempotency_key": "k"})
    second = await client.v1.customers.create_async({}, {"idempotency_key": "k", "stripe_account": account})

    assert first.id != second.id


async def test_how_long_a_key_may_be(client: stripe.StripeClient) -> None:
    """255 characters, and not one more."""
    await client.v1.customers.create_async({}, {"idempotency_key": "k" * 255})
    with pytest.raises(stripe.IdempotencyError):
        await client.v1.customers.create_async({}, {"idempotency_key": "k" * 256})
