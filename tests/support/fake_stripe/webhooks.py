"""Webhooks, signed as Stripe signs them, and delivered in whatever way a test chooses.

Stripe promises neither order nor that an event comes only once, or at all within a day. Here a test says: it
gives the events in its own order, as often as it likes, leaves some out, and comes back later with the rest.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import httpx
import stripe

from tests.support.fake_stripe.store import Object

Receive = Callable[[bytes, dict[str, str]], Awaitable[int | None]]
"""Takes the raw body and the headers; returns the HTTP status it would answer with, None for 200."""

TIMEOUT_SECONDS = 10.0


class Events(Sequence[Object]):
    """Every event so far, in the order of things."""

    def __init__(self, recorded: list[Object]) -> None:
        self._recorded = recorded
        self._settled: set[str] = set()

    def __getitem__(self, place):  # type: ignore[no-untyped-def] # the two overloads of Sequence
        return self._recorded[place]

    def __len__(self) -> int:
        return len(self._recorded)

    def __iter__(self) -> Iterator[Object]:
        return iter(list(self._recorded))

    def of(self, type_: str) -> list[Object]:
        return [event for event in self._recorded if event["type"] == type_]

    def types(self) -> list[str]:
        return [event["type"] for event in self._recorded]

    @property
    def pending(self) -> list[Object]:
        """What was neither taken with a 2xx nor dropped."""
        return [event for event in self._recorded if event["id"] not in self._settled]

    def settle(self, event: Object) -> None:
        """This one is not delivered again unless a test names it."""
        self._settled.add(event["id"])
        event["pending_webhooks"] = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt: `status` is what was answered, or None when there was no answer."""

    event: str
    type: str
    status: int | None


class Deliverer:
    def __init__(self, events: Events, secret: str) -> None:
        self._events = events
        self._secret = secret

    async def deliver(
        self,
        to: str | Receive,
        events: Sequence[Object] | None = None,
        *,
        shuffle: random.Random | None = None,
        copies: int = 1,
        drop: Callable[[Object], bool] | None = None,
        delay_seconds: float = 0.0,
        signed_ago_seconds: int = 0,
        secret: str | None = None,
        at_once: bool = False,
    ) -> list[Delivery]:
        """Delivers `events`, by default all that are pending, to a URL or a callable; returns every attempt.

        `copies` is how often each is delivered, `shuffle` mixes them all up, what `drop` says is lost for
        good, and `delay_seconds` passes before each. `at_once` sends them all at the same time.
        `signed_ago_seconds` makes the signature that old, and `secret` signs with another one. What is not
        answered with 2xx stays pending, so that calling again is Stripe's retry.
        """
        chosen = list(self._events.pending if events is None else events)
        if drop is not None:
            for event in filter(drop, chosen):
                self._events.settle(event)
            chosen = [event for event in chosen if not drop(event)]
        attempts = [event for event in chosen for _ in range(copies)]
        if shuffle is not None:
            shuffle.shuffle(attempts)
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as http:

            async def one(event: Object) -> Delivery:
                await asyncio.sleep(delay_seconds)
                body, headers = self.signed(event, signed_ago_seconds=signed_ago_seconds, secret=secret)
                status = (
                    await _post(http, to, body, headers) if isinstance(to, str) else await to(body, headers)
                )
                status = 200 if status is None and not isinstance(to, str) else status
                if status is not None and 200 <= status < 300:
                    self._events.settle(event)
                return Delivery(event["id"], event["type"], status)

            if at_once:
                return await asyncio.gather(*(one(event) for event in attempts))
            return [await one(event) for event in attempts]

    def signed(
        self, event: Object, *, signed_ago_seconds: int = 0, secret: str | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """The body and headers of one delivery."""
        body = json.dumps(event, indent=2)
        signature = stripe.WebhookSignature.generate_signature_header(
            body, self._secret if secret is None else secret, int(time.time()) - signed_ago_seconds
        )
        return body.encode(), {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": signature,
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }


async def _post(http: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]) -> int | None:
    try:
        reply = await http.post(url, content=body, headers=headers)
    except httpx.TransportError:
        return None
    return reply.status_code
