"""Payouts as Stripe's transfers: whatever goes wrong on the way, its books and ours agree."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.tip.errors import PayoutAccountMissing, ProviderUnavailable
from academe.services.tip.payments.stripe_provider import StripeProvider
from academe.services.tip.payouts.model import PayoutState
from tests.integration.tip.payouts.office import RETURN_URL, Office
from tests.support.fake_stripe import FakeStripe, Fault, Terms
from tests.support.ledger import caller, faults

TAKEN, PAID, FAILED = 10, 11, 12
TRANSFERS = "POST /v1/transfers"


@pytest.fixture
async def stripe() -> AsyncIterator[FakeStripe]:
    """With 1,000 EUR in the platform's balance, less the fee."""
    fake = FakeStripe(Terms(settlement_seconds=0))
    await fake.start()
    await fake.client().v1.payment_intents.create_async(
        {"amount": 100_000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
        | {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    )
    yield fake
    await fake.stop()


@pytest.fixture
async def office(pool: Pool, stripe: FakeStripe) -> AsyncIterator[Office]:
    provider: Any = StripeProvider(stripe.api_key, api_url=stripe.url, retries=0, timeout_seconds=5)
    yield Office(pool, provider)
    await provider.close()


async def onboarded(office: Office, stripe: FakeStripe, amount: int) -> Caller:
    """An educator with a balance whom Stripe pays, as its news of the account said."""
    educator = caller(new_id(), Role.EDUCATOR)
    account, url = await office.payouts.accounts.create_payout_account(educator, RETURN_URL)
    assert account.reference is not None
    assert not account.payouts_enabled
    assert url.startswith("https://")
    await office.tip(educator, amount)
    with pytest.raises(PayoutAccountMissing):
        await office.create(educator)
    stripe.accounts.onboard(account.reference)
    await office.payouts.accounts.refresh(account.reference)
    return educator


@pytest.mark.parametrize("fault", [None, *(fault for fault in Fault if "SLOW" not in fault.name)])
async def test_one_transfer(office: Office, stripe: FakeStripe, fault: Fault | None) -> None:
    """With every fault, and asked again while Stripe knows the key and after it forgot it."""
    educator = await onboarded(office, stripe, 500)
    before = stripe.platform_balance("eur")
    if fault is not None:
        stripe.faults.add(fault, TRANSFERS, times=2)
    payout = await office.create(educator)
    assert (payout.state is PayoutState.PENDING) == (fault is not None)
    for _ in range(2):
        await office.step()
    stripe.clock.advance(days=2)
    await office.step()
    payout = await office.payouts.get_payout(educator, payout.payout_id)
    (transfer,) = stripe.all("transfer")

    assert (payout.state, payout.provider_reference) == (PayoutState.PAID, transfer["id"])
    assert (transfer["amount"], transfer["destination"]) == (500, payout.destination)
    assert before - stripe.platform_balance("eur") == 500
    assert await office.movements(payout) == [TAKEN, PAID]
    assert await faults(office.pool) == []


async def test_more_than_the_platform_has(office: Office, stripe: FakeStripe) -> None:
    """Stripe says no, so the balance has the money again and can be paid out another day."""
    educator = await onboarded(office, stripe, 100_000)
    payout = await office.create(educator)

    assert payout.state is PayoutState.FAILED
    assert "insufficient" in payout.reason.lower()
    assert await office.holds(educator) == (100_000, 0)
    assert await office.movements(payout) == [TAKEN, FAILED]


async def test_one_account(office: Office, stripe: FakeStripe) -> None:
    """Although the reply that tells of it is lost twice."""
    stripe.faults.add(Fault.REPLY_LOST, "POST /v1/accounts", times=2)
    educator = caller(new_id(), Role.EDUCATOR)
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            await office.payouts.accounts.create_payout_account(educator, RETURN_URL)
    account, _ = await office.payouts.accounts.create_payout_account(educator, RETURN_URL)

    assert [each["id"] for each in stripe.all("account")] == [account.reference]
