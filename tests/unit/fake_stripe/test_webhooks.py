"""Webhooks: genuine for the official library, and as disorderly as a test likes."""

from __future__ import annotations

import random

import pytest
import stripe
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from academe.http import HttpListener
from tests.support.fake_stripe import FakeStripe
from tests.unit.fake_stripe.steps import hold, pay


class Receiver:
    """Takes webhooks as a server would: verified, and answered with what the test says."""

    def __init__(self, secret: str, status: int | None = None) -> None:
        self.secret = secret
        self.status = status
        self.events: list[stripe.Event] = []

    async def __call__(self, body: bytes, headers: dict[str, str]) -> int | None:
        self.events.append(stripe.Webhook.construct_event(body, headers["stripe-signature"], self.secret))
        return self.status

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]


async def test_in_order(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Each event comes once, in the order of things, with a signature that holds and the object as it was."""
    receiver = Receiver(fake.webhook_secret)
    held = await hold(client)
    await client.v1.payment_intents.capture_async(held.id, options={"idempotency_key": "capture-1"})
    deliveries = await fake.deliver(receiver)

    assert receiver.types == fake.events.types()
    assert {delivery.status for delivery in deliveries} == {200}
    assert fake.events.pending == []
    created, captured = receiver.events[0], receiver.events[-1]
    assert created.data.object["status"] == "requires_confirmation"
    assert captured.data.object["status"] == "succeeded"
    assert (captured.livemode, captured.api_version) == (False, stripe.api_version)
    assert captured.request is not None
    assert captured.request.idempotency_key == "capture-1"


async def test_out_of_order_and_twice(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Mixed up and doubled, they are still the same events."""
    receiver = Receiver(fake.webhook_secret)
    await pay(client)
    await fake.deliver(receiver, shuffle=random.Random(4), copies=2)

    ids = [event.id for event in receiver.events]
    assert sorted(ids) == sorted(2 * [event["id"] for event in fake.events])
    assert receiver.types != sorted(receiver.types, key=fake.events.types().index)


async def test_an_order_of_the_tests_own(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A test that names events delivers just these; what it leaves out is still to come."""
    receiver = Receiver(fake.webhook_secret)
    await pay(client)
    created, charged, succeeded = fake.events
    await fake.deliver(receiver, [succeeded, created, succeeded])

    assert [event.id for event in receiver.events] == [succeeded["id"], created["id"], succeeded["id"]]
    assert fake.events.pending == [charged]


async def test_some_never_arrive(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A dropped event does not come later either, but the API still lists it."""
    receiver = Receiver(fake.webhook_secret)
    await pay(client)
    await fake.deliver(receiver, drop=lambda event: event["type"] == "charge.succeeded")
    await fake.deliver(receiver)
    listed = await client.v1.events.list_async({"type": "charge.succeeded"})

    assert receiver.types == ["payment_intent.created", "payment_intent.succeeded"]
    assert len(listed.data) == 1
    assert (await client.v1.events.retrieve_async(listed.data[0].id)).type == "charge.succeeded"


async def test_refused_and_tried_again(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """What is not answered with a 2xx stays pending."""
    await pay(client)
    refused = await fake.deliver(Receiver(fake.webhook_secret, status=500))
    taken = await fake.deliver(Receiver(fake.webhook_secret, status=204))

    assert [delivery.status for delivery in refused] == [500] * 3
    assert [delivery.status for delivery in taken] == [204] * 3


@pytest.mark.parametrize("forged", [{"secret": "whsec_of_somebody_else"}, {"signed_ago_seconds": 301}])
async def test_not_to_be_believed(
    fake: FakeStripe, client: stripe.StripeClient, forged: dict[str, object]
) -> None:
    """Another secret's signature, and one that is too old, do not hold."""
    await pay(client)
    with pytest.raises(stripe.SignatureVerificationError):
        await fake.deliver(Receiver(fake.webhook_secret), **forged)


async def test_over_http(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A URL gets real POST requests, all at the same time if wanted; when nobody is there, no answer."""
    received: list[str] = []

    async def webhook(request: Request) -> Response:
        body = await request.body()
        event = stripe.Webhook.construct_event(body, request.headers["stripe-signature"], fake.webhook_secret)
        received.append(event.type)
        return Response(status_code=200)

    log = structlog.wrap_logger(structlog.testing.CapturingLogger())
    listener = HttpListener("127.0.0.1:0", [Route("/hooks", webhook, methods=["POST"])], log=log)
    await listener.start()
    url = f"http://{listener.address}/hooks"
    await pay(client)
    deliveries = await fake.deliver(url, at_once=True)
    await listener.stop()
    away = await fake.deliver(url, fake.events[:1])

    assert sorted(received) == sorted(fake.events.types())
    assert [delivery.status for delivery in deliveries] == [200] * 3
    assert [delivery.status for delivery in away] == [None]
