"""What the tests of the fake do over and over."""

from __future__ import annotations

from typing import Any

import stripe

from tests.support.fake_stripe import FakeStripe


async def pay(
    client: stripe.StripeClient,
    amount: int = 1_000,
    card: str = "pm_card_visa",
    *,
    key: str | None = None,
    **more: Any,
) -> stripe.PaymentIntent:
    """One payment in one call, as a server makes it."""
    params = {
        "amount": amount,
        "currency": "usd",
        "payment_method": card,
        "allowed_payment_method_types": ["card"],
        "confirm": True,
        **more,
    }
    options = {} if key is None else {"idempotency_key": key}
    return await client.v1.payment_intents.create_async(params, options)


async def hold(client: stripe.StripeClient, amount: int = 1_000) -> stripe.PaymentIntent:
    return await pay(client, amount, capture_method="manual")


async def educator(fake: FakeStripe, client: stripe.StripeClient) -> str:
    """The id of a connected account that can receive money and pay it out."""
    account = await client.v1.accounts.create_async(
        {"type": "express", "country": "US", "capabilities": {"transfers": {"requested": True}}}
    )
    fake.accounts.onboard(account.id)
    return account.id


def nets(fake: FakeStripe, account: str | None = None) -> int:
    """What the balance transactions of an account add up to."""
    return sum(each["net"] for each in fake.all("balance_transaction", account))
