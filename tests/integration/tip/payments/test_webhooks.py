"""What Stripe sends by itself: whether to believe it, and what a repetition does."""

from __future__ import annotations

import json
import time
from typing import Any

import asyncpg
import httpx
import pytest
import stripe
from starlette.applications import Starlette

from academe.services.tip.model import TipState
from academe.services.tip.payments.webhooks import PATH, StripeWebhooks
from academe.services.tip.refunds.model import RefundState
from tests.integration.tip.payments.stage import DEBT, EDUCATOR, PAYMENT_FEE, PLATFORM_FEE, Stage
from tests.support.fake_stripe import Fault
from tests.support.postgres import quiet_log


def signature_of(body: bytes, secret: str, ago_seconds: int = 0) -> str:
    return stripe.WebhookSignature.generate_signature_header(
        body.decode(), secret, int(time.time()) - ago_seconds
    )


async def paid_but_not_told(stage: Stage) -> tuple[Any, bytes]:
    """A tip that was paid, and the webhook that would say so."""
    tip = await stage.write_tip()
    await stage.confirm(await stage.payments.start_tip(tip))
    (event,) = stage.fake.events.of("payment_intent.succeeded")
    return tip, json.dumps(event).encode()


async def test_over_http(stage: Stage) -> None:
    """The route takes what Stripe posts."""
    tip, body = await paid_but_not_told(stage)
    transport = httpx.ASGITransport(Starlette(routes=stage.webhooks.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://school") as http:
        unsigned = await http.post(PATH, content=body)
        signed = await http.post(
            PATH, content=body, headers={"stripe-signature": signature_of(body, stage.fake.webhook_secret)}
        )

    assert (unsigned.status_code, signed.status_code) == (400, 200)
    assert (await stage.tip(tip)).state is TipState.GIVEN


@pytest.mark.parametrize(
    "forge",
    [
        lambda body, secret: (body, None),
        lambda body, secret: (body, "t=1,v1=00"),
        lambda body, secret: (body, signature_of(body, "whsec_of_somebody_else")),
        lambda body, secret: (body, signature_of(body, secret, ago_seconds=301)),
        lambda body, secret: (body.replace(b"1000", b"9000"), signature_of(body, secret)),
        lambda body, secret: (b"\xff\xfe", "t=1,v1=00"),
        lambda body, secret: (b"[]", signature_of(b"[]", secret)),
        lambda body, secret: (b"{", signature_of(b"{", secret)),
    ],
    ids=[
        "unsigned",
        "nonsense",
        "another secret",
        "kept too long",
        "changed",
        "no text",
        "a list",
        "no JSON",
    ],
)
async def test_a_forged_event(stage: Stage, forge: Any) -> None:
    """It is refused and changes nothing, and Stripe is not even asked."""
    tip, body = await paid_but_not_told(stage)
    asked = len(stage.fake.requests)
    status = await stage.webhooks.receive(*forge(body, stage.fake.webhook_secret))

    assert status == 400
    assert len(stage.fake.requests) == asked
    assert (await stage.tip(tip)).state is TipState.PENDING


async def test_a_secret_that_is_being_replaced(stage: Stage) -> None:
    """While both are accepted, events signed with either are."""
    tip, body = await paid_but_not_told(stage)
    both = StripeWebhooks(
        stage.pool,
        stage.settlement,
        secrets=["whsec_new", stage.fake.webhook_secret],
        livemode=False,
        log=quiet_log(),
    )

    assert await both.receive(body, signature_of(body, stage.fake.webhook_secret)) == 200
    assert await both.receive(body, signature_of(body, "whsec_new")) == 200
    assert (await stage.tip(tip)).state is TipState.GIVEN


async def test_an_event_of_the_other_mode(stage: Stage) -> None:
    """A server that charges real cards takes no test money for it."""
    tip, body = await paid_but_not_told(stage)
    live = StripeWebhooks(
        stage.pool, stage.settlement, secrets=[stage.fake.webhook_secret], livemode=True, log=quiet_log()
    )

    assert await live.receive(body, signature_of(body, stage.fake.webhook_secret)) == 400
    assert (await stage.tip(tip)).state is TipState.PENDING


async def test_an_event_that_nobody_knows(stage: Stage) -> None:
    """Stripe has hundreds of types and makes new ones: they are taken and forgotten."""
    event = {
        "id": "evt_1",
        "type": "tax.form.updated",
        "created": 1,
        "livemode": False,
        "data": {"object": {}},
    }
    body = json.dumps(event).encode()

    assert await stage.webhooks.receive(body, signature_of(body, stage.fake.webhook_secret)) == 200
    assert stage.fake.requests == []


async def test_a_replayed_event(stage: Stage) -> None:
    """What was dealt with is not dealt with again: the money came once, and Stripe is not asked."""
    tip, body = await paid_but_not_told(stage)
    signature = signature_of(body, stage.fake.webhook_secret)
    assert await stage.webhooks.receive(body, signature) == 200
    asked = len(stage.fake.requests)

    assert [await stage.another().webhooks.receive(body, signature) for _ in range(3)] == [200] * 3
    assert len(stage.fake.requests) == asked
    assert await stage.balance(EDUCATOR, tip.educator_id) == 891
    await stage.assert_books_agree()


async def test_the_guard_is_committed_with_the_effect(stage: Stage) -> None:
    """If the money cannot be booked, the event is not taken for dealt with, and its repetition books it."""
    tip, body = await paid_but_not_told(stage)
    signature = signature_of(body, stage.fake.webhook_secret)
    event_id = json.loads(body)["id"]

    class Failing:
        async def look(self, reference: str, *, whole: bool) -> Any:
            return await stage.settlement.look(reference, whole=whole)

        async def apply(self, connection: Any, story: Any) -> None:
            await stage.settlement.apply(connection, story)
            raise asyncpg.InterfaceError("cut")

    failing = StripeWebhooks(
        stage.pool,
        Failing(),  # type: ignore[arg-type]
        secrets=[stage.fake.webhook_secret],
        livemode=False,
        log=quiet_log(),
    )
    known = "select count(*) from tip.provider_event where event_id = $1"
    refused = await failing.receive(body, signature)
    before = await stage.pool.fetchval(known, event_id)
    accepted = await stage.webhooks.receive(body, signature)

    assert (refused, before, accepted) == (500, 0, 200)
    assert await stage.pool.fetchval(known, event_id) == 1
    assert (await stage.tip(tip)).state is TipState.GIVEN
    await stage.assert_books_agree()


async def test_stripe_is_away(stage: Stage) -> None:
    """It is told to send the event again, and does."""
    tip, _ = await paid_but_not_told(stage)
    stage.fake.faults.add(Fault.FAILED_BEFORE, "GET /v1/payment_intents/*", times=100)
    await stage.deliver()
    waiting = await stage.tip(tip)
    stage.fake.faults.clear()
    await stage.deliver()

    assert waiting.state is TipState.PENDING
    assert (await stage.tip(tip)).state is TipState.GIVEN
    assert stage.fake.events.pending == []


async def test_the_same_event_twice_at_once(stage: Stage) -> None:
    """One of them waits for the other, and then has nothing to do."""
    tip, _ = await paid_but_not_told(stage)
    await stage.deliver(copies=3, at_once=True)

    assert await stage.balance(EDUCATOR, tip.educator_id) == 891
    await stage.assert_books_agree()


async def balances(stage: Stage, tip: Any) -> tuple[int, ...]:
    return (
        await stage.balance(EDUCATOR, tip.educator_id),
        await stage.balance(DEBT, tip.educator_id),
        await stage.balance(PLATFORM_FEE),
        await stage.balance(PAYMENT_FEE),
    )


async def test_news_between_the_events(stage: Stage) -> None:
    """Events of one payment arrive while it goes on: old ones take nothing back."""
    tip = await stage.pay()
    early = list(stage.fake.events)
    await stage.make_refund_at_stripe(tip, 400)
    await stage.deliver()
    dispute = stage.fake.open_dispute(stage.charge()["id"])
    await stage.deliver()
    middle = list(stage.fake.events)
    stage.fake.close_dispute(dispute["id"], won=True)
    await stage.deliver()
    settled = await balances(stage, tip)
    await stage.pool.execute("alter table tip.provider_event disable trigger user")
    await stage.pool.execute("truncate tip.provider_event")
    await stage.pool.execute("alter table tip.provider_event enable trigger user")
    await stage.deliver(events=[*reversed(middle), *early])

    assert await balances(stage, tip) == settled
    await stage.assert_books_agree()


async def test_the_older_name_of_a_refund_event(stage: Stage) -> None:
    """Accounts of older versions of the API are told of a refund that failed as charge.refund.updated."""
    tip = await stage.pay(card="pm_card_refundFail")
    refund = await stage.refund(tip, 400)
    await stage.deliver()
    (at_stripe,) = stage.fake.all("refund")
    stage.fake.finish_refund(at_stripe["id"])
    told = dict(stage.fake.events.of("refund.failed")[-1], type="charge.refund.updated")
    await stage.deliver(events=[told])
    found = await stage.refund_now(refund.refund_id)

    assert found is not None
    assert found.state is RefundState.FAILED
    await stage.assert_books_agree()
