"""Where a payment stands, and when it is asked about."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from academe.money import Money
from academe.services.tip.payments.model import ASK_FIRST, ASK_LATEST, next_ask, state_after
from academe.services.tip.payments.stripe_provider import StripeProvider
from academe.services.tip.ports import PaymentState, ProviderPayment

CREATED, ACTION, PROCESSING, SUCCEEDED, FAILED, CANCELED = PaymentState
SEEN = ProviderPayment("pi_1", None, SUCCEEDED, Money("EUR", 100), 5, booked=True)


@pytest.mark.parametrize("order", list(itertools.permutations([ACTION, PROCESSING, SUCCEEDED])))
def test_any_order_of_news_ends_the_same(order: tuple[PaymentState, ...]) -> None:
    """A payment that has succeeded stays so, whatever old news come after."""
    state = CREATED
    for news in order:
        state = state_after(state, replace(SEEN, state=news))

    assert state is SUCCEEDED


def test_a_success_without_its_fee() -> None:
    """It is not one yet; and one that was known stays one."""
    unbooked = replace(SEEN, fee=None, booked=False)

    assert state_after(ACTION, unbooked) is PROCESSING
    assert state_after(SUCCEEDED, unbooked) is SUCCEEDED


def test_late_money() -> None:
    """What was given up or canceled is paid after all, if the provider says so."""
    assert state_after(FAILED, SEEN) is SUCCEEDED
    assert state_after(CANCELED, SEEN) is SUCCEEDED
    assert state_after(CANCELED, replace(SEEN, state=ACTION)) is CANCELED


def test_asking_less_and_less_often() -> None:
    """Each time after as long as it is old: a day of silence is some twenty questions, not thousands."""
    since = now = datetime(2026, 1, 1, tzinfo=UTC)
    times = []
    while now < since + timedelta(days=1):
        now = next_ask(now, since)
        times.append(now)

    assert times[0] - since == ASK_FIRST
    assert times[-1] - times[-2] == ASK_LATEST
    assert len(times) < 40


def test_the_mode_of_a_key() -> None:
    """Live keys say so."""
    assert StripeProvider("sk_live_1").livemode
    assert StripeProvider("rk_live_1").livemode
    assert not StripeProvider("sk_test_1").livemode


def test_a_school_without_payments_does_not_load_stripe() -> None:
    """The library takes some 25 MB, which only a first request is worth."""
    code = (
        "import sys; import academe.services.tip.payments.webhooks, academe.services.tip.payments.reconciler;"
        "from academe.services.tip.payments.stripe_provider import StripeProvider;"
        "StripeProvider('sk_test_1');"
        "assert 'stripe' not in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
