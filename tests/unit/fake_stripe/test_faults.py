"""Everything that can go wrong on the way, and what is true afterwards."""

from __future__ import annotations

import asyncio

import pytest
import stripe

from tests.support.fake_stripe import FakeStripe, Fault
from tests.unit.fake_stripe.steps import pay

INTENTS = "POST /v1/payment_intents"


@pytest.mark.parametrize(
    ("fault", "raised", "charged", "then"),
    [
        (Fault.REQUEST_LOST, stripe.APIConnectionError, 0, "charges"),
        (Fault.REPLY_LOST, stripe.APIConnectionError, 1, "replays"),
        (Fault.IN_FLIGHT, stripe.APIError, 0, "charges"),
        (Fault.RATE_LIMITED, stripe.RateLimitError, 0, "charges"),
        (Fault.FAILED_BEFORE, stripe.APIError, 0, "charges"),
        (Fault.FAILED_INSIDE, stripe.APIError, 0, "fails again"),
        (Fault.FAILED_AFTER, stripe.APIError, 1, "fails again"),
    ],
)
async def test_one_request_goes_wrong(
    fake: FakeStripe,
    client: stripe.StripeClient,
    fault: Fault,
    raised: type[Exception],
    charged: int,
    then: str,
) -> None:
    """Whether money moved, and what the same key is told next, is what each fault says."""
    fake.faults.add(fault, INTENTS)
    with pytest.raises(raised):
        await pay(client, key="tip-1")
    at_first = len(fake.charged())
    if then == "fails again":
        with pytest.raises(stripe.APIError) as saved:
            await pay(client, key="tip-1")
        assert saved.value.headers is not None
        assert saved.value.headers["Idempotent-Replayed"] == "true"
    else:
        again = await pay(client, key="tip-1")
        assert again.status == "succeeded"
        assert fake.requests[-1].replayed == (then == "replays")

    assert at_first == charged
    assert len(fake.charged()) == (charged if then == "fails again" else 1)
    assert list(fake.faults) == []
    assert fake.requests[0].fault is fault


async def test_the_library_repeats_by_itself(fake: FakeStripe) -> None:
    """The library's own retries use its key again, so that a lost reply costs nothing."""
    fake.faults.add(Fault.REPLY_LOST, INTENTS)
    paid = await pay(fake.client(retries=2))

    assert paid.status == "succeeded"
    assert len(fake.charged()) == 1
    assert len(fake.requests.of(INTENTS)) == 2
    assert fake.requests[0].key == fake.requests[1].key


async def test_a_saved_failure_is_not_worth_a_retry(fake: FakeStripe) -> None:
    """Stripe says so in a header, and the library believes it."""
    fake.faults.add(Fault.FAILED_AFTER, INTENTS)
    with pytest.raises(stripe.APIError):
        await pay(fake.client(retries=2))

    assert len(fake.requests) == 1


async def test_a_decline_is_lost_on_the_way(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """The bank said no and nobody heard: asking again with the key tells, and asks no bank."""
    fake.faults.add(Fault.REPLY_LOST, INTENTS)
    with pytest.raises(stripe.APIConnectionError):
        await pay(client, card="pm_card_chargeDeclined", key="tip-1")
    with pytest.raises(stripe.CardError):
        await pay(client, card="pm_card_chargeDeclined", key="tip-1")

    assert len(fake.all("charge")) == 1
    assert fake.charged() == []


async def test_without_a_key_a_lost_reply_is_a_second_charge(
    fake: FakeStripe, client: stripe.StripeClient
) -> None:
    """What keys are for: two requests of one intention with two keys charge twice."""
    fake.faults.add(Fault.REPLY_LOST, INTENTS)
    with pytest.raises(stripe.APIConnectionError):
        await pay(client)
    await pay(client)

    assert len(fake.charged()) == 2


async def test_the_client_gives_up_first(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A timeout says nothing: the payment goes through after the client has left."""
    impatient = fake.client(timeout_seconds=0.2)
    slow = fake.faults.add(Fault.SLOW, INTENTS)
    with pytest.raises(stripe.APIConnectionError):
        await pay(impatient, key="tip-1")
    at_the_timeout = len(fake.charged())
    slow.release()
    await slow.finished.wait()
    again = await pay(client, key="tip-1")

    assert at_the_timeout == 0
    assert again.status == "succeeded"
    assert len(fake.charged()) == 1


async def test_a_reply_that_comes_late(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Everything is done long before the client hears of it."""
    late = fake.faults.add(Fault.SLOW_REPLY, INTENTS)
    waiting = asyncio.create_task(pay(client))
    await late.reached.wait()
    charged = len(fake.charged())
    done = waiting.done()
    late.release()

    assert (charged, done) == (1, False)
    assert (await waiting).status == "succeeded"


async def test_only_what_matches(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Faults wait for their requests: by path, by what is asked, after some have passed, so many times."""
    fake.faults.add(Fault.RATE_LIMITED, "POST /v1/payment_intents/*/capture")
    fake.faults.add(
        Fault.FAILED_BEFORE, INTENTS, times=2, skip=1, when=lambda request: request.params["amount"] == "300"
    )
    outcomes = []
    for amount in (200, 300, 300, 300, 300):
        try:
            outcomes.append((await pay(client, amount)).status)
        except stripe.APIError:
            outcomes.append("failed")

    assert outcomes == ["succeeded", "succeeded", "failed", "failed", "succeeded"]
    assert [rule.pattern for rule in fake.faults] == ["POST /v1/payment_intents/*/capture"]


async def test_stripe_is_away(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """During an outage nobody answers; afterwards it is at the same address and knows everything."""
    await pay(client, key="tip-1")
    await fake.stop()
    with pytest.raises(stripe.APIConnectionError):
        await pay(client, key="tip-2")
    await fake.start()
    replayed = await pay(client, key="tip-1")

    assert replayed.status == "succeeded"
    assert len(fake.charged()) == 1
