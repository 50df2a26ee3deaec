"""Stripe's webhooks: what it tells by itself, signed, more than once, and in no order.

An event is taken as a hint that something has changed. What has changed is asked of Stripe, and the effect is
written in one transaction with the event's id. A 2xx is answered only after its commit, so that Stripe sends
the event again whenever it was not dealt with.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from academe.clock import utcnow
from academe.db.pool import Pool, Queryable
from academe.errors import Unavailable
from academe.services.tip.payments.repository_back import add_event, find_event
from academe.services.tip.payments.settlement import Settlement

PATH = "/webhooks/stripe"

TOLERANCE_SECONDS = 300
"""Age of a signature, beyond which it is taken for one that somebody kept and sends again."""

Effect = Callable[[Queryable], Awaitable[Callable[[], None] | None]]
"""Writes in the transaction of the event; what it returns is called after the commit."""

Listener = Callable[[Mapping[str, Any]], Awaitable[Effect | None]]
"""Takes the object of an event, asks what it wants to know, and returns what there is to write."""

# Of these, refunds and disputes are looked for even if the payment itself does not tell of any.
_OF_PAYMENTS = ("payment_intent.", "charge.", "refund.")
_GONE_BACK = ("refund.", "charge.refund.", "charge.refunded", "charge.dispute.")


class StripeWebhooks:
    """The route that Stripe posts to.

    `secrets` are the signing secrets that are accepted: two while one is replaced by another. `livemode` is
    whether events are about real money; others are refused, so that Stripe's dashboard shows the mistake.
    `listeners` are for events about other things than payments, by their type.
    """

    def __init__(
        self,
        pool: Pool,
        settlement: Settlement,
        *,
        secrets: Sequence[str],
        livemode: bool,
        log: Any,
        listeners: Mapping[str, Listener] | None = None,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._pool = pool
        self._settlement = settlement
        self._secrets = secrets
        self._livemode = livemode
        self._log = log
        self._listeners = dict(listeners or {})
        self._clock = clock

    def routes(self) -> list[Route]:
        return [Route(PATH, self._post, methods=["POST"])]

    async def _post(self, request: Request) -> Response:
        status = await self.receive(await request.body(), request.headers.get("stripe-signature"))
        return PlainTextResponse("", status)

    async def receive(self, body: bytes, signature: str | None) -> int:
        """The HTTP status to answer with: 200 when it is dealt with, 4xx when it never will be, else 5xx."""
        event = self._verified(body, signature)
        if event is None:
            return 400
        log = self._log.bind(event_id=event["id"], event_type=event["type"])
        if event.get("livemode") is not self._livemode:
            log.error("a webhook of the other mode was refused", livemode=event.get("livemode"))
            return 400
        listener = self._listener(event)
        if listener is None:
            return 200
        try:
            await self._deal_with(event, listener)
        except Unavailable as away:
            log.warning("a webhook could not be dealt with now", reason=away.reason)
            return 503
        except Exception as fault:
            log.error("a webhook could not be dealt with", exc_info=fault)
            return 500
        return 200

    def _verified(self, body: bytes, signature: str | None) -> dict[str, Any] | None:
        import stripe  # as late as in the provider

        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
                event = json.loads(body)
            except (stripe.SignatureVerificationError, ValueError):
                continue
            known = isinstance(event, dict) and {"id", "type", "created", "data"} <= event.keys()
            return event if known else None
        return None

    def _listener(self, event: Mapping[str, Any]) -> Listener | None:
        kind = event["type"]
        if kind in self._listeners:
            return self._listeners[kind]
        # Payments are the platform's own; those of connected accounts are between them and others.
        if kind.startswith(_OF_PAYMENTS) and not event.get("account"):
            return self._whole_payment if kind.startswith(_GONE_BACK) else self._payment
        return None

    async def _deal_with(self, event: Mapping[str, Any], listener: Listener) -> None:
        if await find_event(self._pool, "stripe", event["id"]):
            return
        effect = await listener(event["data"]["object"])
        afterwards = None
        async with self._pool.transaction() as connection:
            created = datetime.fromtimestamp(event["created"], UTC)
            now = self._clock()
            if await add_event(connection, "stripe", event["id"], event["type"], created, now) and effect:
                afterwards = await effect(connection)
        if afterwards is not None:
            afterwards()

    async def _payment(self, about: Mapping[str, Any]) -> Effect | None:
        return await self._look(about, whole=False)

    async def _whole_payment(self, about: Mapping[str, Any]) -> Effect | None:
        return await self._look(about, whole=True)

    async def _look(self, about: Mapping[str, Any], *, whole: bool) -> Effect | None:
        reference = about["id"] if about["object"] == "payment_intent" else about.get("payment_intent")
        if not reference:
            return None
        story = await self._settlement.look(reference, whole=whole)
        if story.payment.payment_id is None:
            return None  # of something else that is sold through this account

        async def apply(connection: Queryable) -> Callable[[], None]:
            changed = await self._settlement.apply(connection, story)
            return lambda: self._settlement.announce(changed)

        return apply
