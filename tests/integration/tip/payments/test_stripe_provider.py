"""The port to Stripe, held against our fake, and against Stripe's test mode when STRIPE_TEST_KEY is set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import stripe

from academe.money import Money
from academe.services.tip.errors import ProviderRefused, ProviderUnavailable
from academe.services.tip.payments.stripe_provider import StripeProvider
from academe.services.tip.ports import PaymentState
from tests.integration.tip.stripe_backends import STRICT, TEST_KEY
from tests.support.fake_stripe import FakeStripe, Fault

TEN = Money("USD", 1_000)


class Side:
    """One Stripe, with our way to it and the payer's."""

    def __init__(self, key: str, fake: FakeStripe | None) -> None:
        self.fake = fake
        self.provider = StripeProvider(key, api_url=fake and fake.url, retries=0)
        self.payer = fake.client() if fake else stripe.StripeClient(key, http_client=stripe.HTTPXClient())

    async def confirm(self, reference: str) -> None:
        await self.payer.v1.payment_intents.confirm_async(reference, {"payment_method": "pm_card_visa"})


@pytest.fixture(params=STRICT)
async def side(request: pytest.FixtureRequest) -> AsyncIterator[Side]:
    if request.param == "stripe":
        assert TEST_KEY.startswith("sk_test_"), "these tests pay and refund: never with a live key"
        side = Side(TEST_KEY, None)
        yield side
        await side.provider.close()
        return
    fake = FakeStripe()
    await fake.start()
    side = Side(fake.api_key, fake)
    yield side
    await side.provider.close()
    await fake.stop()


@pytest.fixture
async def fake() -> AsyncIterator[FakeStripe]:
    fake = FakeStripe()
    await fake.start()
    yield fake
    await fake.stop()


async def test_a_payment_and_its_refunds(side: Side) -> None:
    """Made twice with the same ids, each is one; the refunds of a payment are found again by theirs."""
    payment_id, refund_id, payer_id = uuid4(), uuid4(), uuid4()
    made = await side.provider.create_payment(payment_id, TEN, payer_id=payer_id)
    again = await side.provider.create_payment(payment_id, TEN, payer_id=payer_id)
    await side.confirm(made.reference)
    paid = await side.provider.get_payment(made.reference)
    part = Money("USD", 400)
    refund = await side.provider.create_refund(refund_id, made.reference, part)
    repeated = await side.provider.create_refund(refund_id, made.reference, part)
    found = await side.provider.list_refunds(made.reference)
    with pytest.raises(ProviderRefused):
        await side.provider.create_refund(uuid4(), made.reference, Money("USD", 601))

    assert made.reference == again.reference
    assert (made.state, made.payment_id) == (PaymentState.REQUIRES_ACTION, payment_id)
    assert (paid.state, paid.amount, paid.payment_id) == (PaymentState.SUCCEEDED, TEN, payment_id)
    assert paid.fingerprint
    assert refund.reference == repeated.reference
    assert [(each.refund_id, each.amount) for each in found] == [(refund_id, part)]
    assert (await side.provider.get_payment(made.reference)).gone_back
    assert await side.provider.list_disputes(made.reference) == []


async def test_a_payment_that_is_canceled(side: Side) -> None:
    """It stays so; one that has succeeded is answered as it is."""
    made = await side.provider.create_payment(uuid4(), TEN, payer_id=uuid4())
    paid = await side.provider.create_payment(uuid4(), TEN, payer_id=uuid4())
    await side.confirm(paid.reference)

    assert (await side.provider.cancel_payment(made.reference)).state is PaymentState.CANCELED
    assert (await side.provider.cancel_payment(made.reference)).state is PaymentState.CANCELED
    assert (await side.provider.cancel_payment(paid.reference)).state is PaymentState.SUCCEEDED


async def test_transfers(fake: FakeStripe) -> None:
    """To an account that was onboarded; found again by the payout's id, and made once."""
    provider, payout_id = StripeProvider(fake.api_key, api_url=fake.url), uuid4()
    account = await provider.create_account(uuid4())
    url = await provider.onboarding_url(account.reference, "https://school.example/back")
    fake.accounts.onboard(account.reference)
    payment = await provider.create_payment(uuid4(), TEN, payer_id=uuid4())
    await fake.client().v1.payment_intents.confirm_async(
        payment.reference, {"payment_method": "pm_card_visa"}
    )
    before = await provider.find_transfer(payout_id, account.reference)
    made = await provider.create_transfer(payout_id, account.reference, Money("USD", 500))
    again = await provider.create_transfer(payout_id, account.reference, Money("USD", 500))
    await provider.create_transfer(uuid4(), account.reference, Money("USD", 100))

    assert not account.payouts_enabled
    assert account.requirements
    assert url.startswith("https://")
    assert (await provider.get_account(account.reference)).payouts_enabled
    assert before is None
    assert made == again == await provider.find_transfer(payout_id, account.reference)
    assert (made.source_id, made.succeeded) == (payout_id, True)
    assert len(fake.all("transfer")) == 2
    await provider.close()


async def test_the_books_page_by_page(fake: FakeStripe) -> None:
    """More lines than a page holds, in the order of their time, each leading back to us."""
    provider, ids = StripeProvider(fake.api_key, api_url=fake.url), [uuid4() for _ in range(120)]
    payer = fake.client()
    for payment_id in ids:
        made = await provider.create_payment(payment_id, TEN, payer_id=uuid4())
        await payer.v1.payment_intents.confirm_async(made.reference, {"payment_method": "pm_card_visa"})
    now = datetime.now(UTC)
    lines = await provider.list_book("USD", now - timedelta(hours=1), now + timedelta(hours=1))

    assert [line.source_id for line in lines] == ids
    assert {(line.kind, line.amount, line.fee, line.net) for line in lines} == {("charge", 1_000, 59, 941)}
    assert await provider.list_book("USD", now + timedelta(hours=1), now + timedelta(hours=2)) == []
    await provider.close()


async def test_the_library_asks_again_by_itself(fake: FakeStripe) -> None:
    """Once, with the same key, so that a short fault is none of the payer's business."""
    provider = StripeProvider(fake.api_key, api_url=fake.url, retries=1)
    fake.faults.add(Fault.REPLY_LOST, "POST /v1/payment_intents")
    made = await provider.create_payment(uuid4(), TEN, payer_id=uuid4())

    assert made.state is PaymentState.REQUIRES_ACTION
    assert len(fake.requests.of("POST /v1/payment_intents")) == 2
    assert len(fake.all("payment_intent")) == 1
    await provider.close()


async def test_a_wrong_key_of_the_school(fake: FakeStripe) -> None:
    """The operator can put that right: payments wait for it and do not fail."""
    provider = StripeProvider("sk_test_wrong", api_url=fake.url, retries=0)
    with pytest.raises(ProviderUnavailable):
        await provider.create_payment(uuid4(), TEN, payer_id=uuid4())
    await provider.close()
