"""A tip that is paid from outside, from its intent to the educator's balance."""

from __future__ import annotations

import asyncio

import pytest

from academe.db.pool import Pool
from academe.errors import Overloaded
from academe.ids import new_id
from academe.money import Money
from academe.services.tip.errors import FundingNotOffered, ProviderRefused, TipLimitReached
from academe.services.tip.model import TipState
from academe.services.tip.payments.model import Payment
from academe.services.tip.payments.service import PaymentService
from academe.services.tip.ports import PaymentState
from tests.integration.tip.payments.stage import EDUCATOR, PAYMENT_FEE, PLATFORM_FEE, PROVIDER, Stage, opened
from tests.support.fake_stripe import Terms


async def test_a_tip_that_is_paid(stage: Stage) -> None:
    """The educator gets the amount less both fees; the provider keeps its own, and the books agree."""
    tip = await stage.write_tip(1_000)
    payment = await stage.payments.start_tip(tip)
    waiting = await stage.tip(tip)
    await stage.confirm(payment)
    await stage.deliver()
    given, paid = await stage.tip(tip), await stage.payment(tip)

    assert payment.state is PaymentState.REQUIRES_ACTION
    assert waiting.state is TipState.PENDING
    assert (given.state, given.platform_fee, given.payment_fee) == (TipState.GIVEN, 50, 59)
    assert (paid.state, paid.fee, paid.client_secret, paid.ask_time) == (PaymentState.SUCCEEDED, 59, "", None)
    assert paid.fingerprint
    assert await stage.balance(EDUCATOR, tip.educator_id) == 1_000 - 50 - 59
    assert await stage.balance(PLATFORM_FEE) == 50
    assert await stage.balance(PAYMENT_FEE) == 0
    assert (tip.educator_id, tip.tip_id) in stage.announced
    await stage.assert_books_agree()


async def test_what_stripe_is_told(stage: Stage) -> None:
    """The key is our row's id, never an amount, and the intent and its charge lead back to us."""
    tip = await stage.pay()
    (asked,) = stage.fake.requests.of("POST /v1/payment_intents")
    charge = stage.charge()

    assert asked.key == f"payment-{tip.tip_id}"
    assert asked.params["automatic_payment_methods"] == {"enabled": "true", "allow_redirects": "never"}
    assert charge["metadata"] == {"payment_id": str(tip.tip_id), "payer_id": str(tip.sender_id)}


async def test_a_fee_that_is_known_later(pool: Pool) -> None:
    """Until Stripe has booked the charge nobody knows its fee: the payment stays open, and is asked about."""
    async with opened(pool, Terms(books_later=True)) as stage:
        tip = await stage.pay()
        waiting = await stage.tip(tip)
        processing = await stage.payment(tip)
        stage.fake.book_charges()
        await stage.reconcile()

        assert waiting.state is TipState.PENDING
        assert (processing.state, processing.ask_time is None) == (PaymentState.PROCESSING, False)
        assert (await stage.tip(tip)).payment_fee == 59
        await stage.assert_books_agree()


async def test_the_news_of_a_fee(pool: Pool) -> None:
    """It also comes as charge.updated."""
    async with opened(pool, Terms(books_later=True)) as stage:
        tip = await stage.pay()
        stage.fake.book_charges()
        await stage.deliver()

        assert (await stage.tip(tip)).state is TipState.GIVEN
        await stage.assert_books_agree()


async def test_a_card_that_is_declined(stage: Stage) -> None:
    """The payer may try another card: the tip waits, and says why."""
    tip = await stage.write_tip()
    payment = await stage.payments.start_tip(tip)
    with pytest.raises(Exception, match="declined"):
        await stage.confirm(payment, "pm_card_chargeDeclined")
    await stage.deliver()
    declined = await stage.payment(tip)
    await stage.confirm(declined)
    await stage.deliver()

    assert (declined.state, declined.failure) == (PaymentState.REQUIRES_ACTION, "Your card was declined.")
    assert (await stage.payment(tip)).failure == ""
    assert (await stage.tip(tip)).state is TipState.GIVEN
    await stage.assert_books_agree()


async def test_a_payment_that_nobody_confirms(stage: Stage) -> None:
    """After a day it is canceled at the provider, so that it cannot be paid any more; the tip has failed."""
    tip = await stage.write_tip()
    payment = await stage.payments.start_tip(tip)
    await stage.reconcile(hours=25)

    assert stage.fake.get("payment_intent", payment.reference)["status"] == "canceled"
    assert (await stage.payment(tip)).state is PaymentState.CANCELED
    assert (await stage.tip(tip)).state is TipState.FAILED
    await stage.assert_books_agree()


async def test_a_payment_that_arrives_after_its_tip_has_failed(stage: Stage) -> None:
    """Money that has come is never turned away by what was written before."""
    tip = await stage.write_tip()
    payment = await stage.payments.start_tip(tip)
    await stage.pool.execute("update tip.lifecycle set state = 6 where tip_id = $1", tip.tip_id)
    await stage.confirm(payment)
    await stage.deliver()

    assert (await stage.tip(tip)).state is TipState.GIVEN
    await stage.assert_books_agree()


async def test_a_payment_that_the_provider_refuses(stage: Stage) -> None:
    """Nothing was charged, the tip has failed, and each repeat is told so in the provider's words."""
    tip = await stage.write_tip(100_000_000)
    with pytest.raises(ProviderRefused) as refusal:
        await stage.payments.start_tip(tip)
    with pytest.raises(ProviderRefused) as again:
        await stage.payments.start_tip(tip)

    assert "no more than 99999999" in refusal.value.metadata["provider_message"]
    assert again.value.metadata["provider_message"] == refusal.value.metadata["provider_message"]
    assert (await stage.tip(tip)).state is TipState.FAILED
    assert len(stage.fake.requests.of("POST /v1/payment_intents")) == 1


async def test_many_calls_for_one_payment(stage: Stage) -> None:
    """However often and at once a tip's payment is begun, it is one at the provider and one here."""
    tip = await stage.write_tip()
    calls = (stage.payments.start_tip(tip) for _ in range(50))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    await stage.reconcile(hours=1)

    assert {type(outcome) for outcome in outcomes} <= {Payment, Overloaded}
    assert len(stage.fake.all("payment_intent")) == 1
    assert (await stage.payment(tip)).state is PaymentState.REQUIRES_ACTION


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("KWD", 12_340), ("JPY", 1_234), ("HUF", 123_400), ("MGA", 500_000), ("EUR", 1_234)],
)
async def test_currencies_with_units_of_their_own(stage: Stage, currency: str, amount: int) -> None:
    """What the ledger says in ISO's units is what Stripe has in its own."""
    tip = await stage.pay(amount, currency=currency)

    assert (await stage.tip(tip)).state is TipState.GIVEN
    await stage.assert_books_agree(currency)


async def test_a_fee_larger_than_the_share(stage: Stage) -> None:
    """The educator never pays for a tip; what the fee takes beyond it, the school bears."""
    tip = await stage.pay(20)

    assert (await stage.tip(tip)).payment_fee == 19
    assert await stage.balance(EDUCATOR, tip.educator_id) == 0
    assert await stage.balance(PAYMENT_FEE) == 19 - 31
    await stage.assert_books_agree()


async def test_a_school_without_a_provider(pool: Pool) -> None:
    """It says so before anything is written."""
    payments = PaymentService(pool, None, None)
    with pytest.raises(FundingNotOffered):
        await payments.admit(new_id(), Money("EUR", 100))


async def test_a_card_that_pays_too_often(stage: Stage) -> None:
    """After so many payments in a week its payers begin no more, whoever they are; others do."""
    card = "pm_card_mastercard"
    first = await stage.pay(card=card)
    busy = PaymentService(stage.pool, stage.provider, stage.settlement, card_limit=2, clock=stage.time)
    assert first.sender_id is not None
    await busy.admit(first.sender_id, Money("EUR", 100))
    await stage.pay(card=card)
    with pytest.raises(TipLimitReached):
        await busy.admit(first.sender_id, Money("EUR", 100))
    await busy.admit(new_id(), Money("EUR", 100))
    stage.time.pass_(days=8)
    await busy.admit(first.sender_id, Money("EUR", 100))


async def test_somebody_elses_payments_on_the_same_account(stage: Stage) -> None:
    """A shop that sells through the same Stripe account is none of our business."""
    await stage.payer.v1.payment_intents.create_async(
        {
            "amount": 700,
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    await stage.deliver()

    assert stage.fake.events.pending == []
    assert await stage.balance(PROVIDER) == 0
