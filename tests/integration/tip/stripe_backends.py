"""The three that the overlap tests talk to: our fake, localstripe, and Stripe's test mode.

localstripe is a program of its own that only tests start and talk to. Stripe joins in when STRIPE_TEST_KEY is
set.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import stripe

from tests.support.fake_stripe import FakeStripe
from tests.support.ports import free_port

TEST_KEY = os.environ.get("STRIPE_TEST_KEY", "")
STRICT = ["fake", *(["stripe"] if TEST_KEY else [])]
"""Those that do everything."""

CARDS_ONLY = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
ASKING_CARD = {"number": "4000000000003220", "exp_month": 8, "exp_year": 2031, "cvc": "314"}


class Backend:
    """One of them, with what a test has to do differently for it."""

    def __init__(self, name: str, client: stripe.StripeClient, fake: FakeStripe | None = None) -> None:
        self.name = name
        self.client = client
        self.v1 = client.v1
        self._fake = fake

    async def create(self, card: str = "pm_card_visa", **more: Any) -> stripe.PaymentIntent:
        """A payment intent over 10.00 that is captured as soon as it is confirmed, unless told otherwise."""
        return await self.v1.payment_intents.create_async(
            {
                "amount": 1_000,
                "currency": "usd",
                "payment_method": card,
                "capture_method": "automatic",
                **({} if self.name == "localstripe" else CARDS_ONLY),
                **more,
            }
        )

    async def asking_card(self) -> str:
        """A card whose bank wants an answer from its owner."""
        if self.name != "localstripe":
            return "pm_card_threeDSecure2Required"
        return (await self.v1.payment_methods.create_async({"type": "card", "card": ASKING_CARD})).id

    async def authenticate(self, intent: stripe.PaymentIntent, *, succeeds: bool) -> None:
        """The owner answers; Stripe wants a browser for that."""
        if self._fake is not None:
            self._fake.authenticate(intent.id, succeeds=succeeds)
        elif self.name == "localstripe":
            answer = {"client_secret": intent.client_secret, "success": succeeds}
            await self.client.raw_request_async(
                "post", f"/v1/payment_intents/{intent.id}/_authenticate", **answer
            )
        else:
            pytest.skip("only a browser can answer Stripe")

    async def charge_of(self, intent: stripe.PaymentIntent) -> stripe.Charge:
        found = await self.v1.payment_intents.retrieve_async(intent.id, {"expand": ["latest_charge"]})
        assert isinstance(found.latest_charge, stripe.Charge)
        return found.latest_charge

    async def taken(self, intent: stripe.PaymentIntent) -> int:
        """What the books say came in from a payment, and went back, before fees."""
        charge = await self.charge_of(intent)
        refunds = await self.v1.refunds.list_async({"charge": charge.id, "limit": 100})
        sources = {charge.id, *(refund.id for refund in refunds.data)}
        booked = await self.v1.balance_transactions.list_async({"limit": 100})
        return sum(each.amount for each in booked.data if each.source in sources)


@asynccontextmanager
async def local_stripe() -> AsyncIterator[str]:
    """The address of a localstripe that was started for us and knows nothing yet."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "localstripe", "--port", str(port), "--from-scratch"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(30), httpx.AsyncClient() as http:
            while True:
                assert process.returncode is None, "localstripe ended before it served"
                try:
                    await http.get(f"{url}/v1/balance")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        yield url
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def client_of(key: str, url: str | None) -> stripe.StripeClient:
    addresses = {} if url is None else {"base_addresses": {"api": url}}
    return stripe.StripeClient(key, http_client=stripe.HTTPXClient(timeout=30), **addresses)


@asynccontextmanager
async def opened(name: str) -> AsyncIterator[Backend]:
    """The backend of this name, ready to be talked to."""
    if name == "fake":
        fake = FakeStripe()
        await fake.start()
        yield Backend(name, client_of(fake.api_key, fake.url), fake)
        await fake.stop()
    elif name == "localstripe":
        async with local_stripe() as url:
            yield Backend(name, client_of("sk_test_of_localstripe", url))
    else:
        assert TEST_KEY.startswith("sk_test_"), "these tests pay and refund: never with a live key"
        yield Backend(name, client_of(TEST_KEY, None))
