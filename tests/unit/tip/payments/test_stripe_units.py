"""Stripe counts some currencies in its own way: converted exactly, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.errors import InvalidArgument
from academe.money import MINOR_DIGITS, Money
from academe.services.tip.errors import CurrencyUnknown
from academe.services.tip.payments.stripe_units import from_stripe, to_stripe


@pytest.mark.parametrize(
    ("currency", "minor_units", "units"),
    [
        ("EUR", 1_234, 1_234),
        ("JPY", 500, 500),
        ("KRW", 1, 1),
        ("KWD", 1_230, 1_230),
        ("HUF", 12_300, 12_300),
        ("TWD", 100, 100),
        ("ISK", 5, 500),
        ("UGX", 1_000, 100_000),
        ("MGA", 500, 5),
    ],
)
def test_an_amount_that_both_can_say(currency: str, minor_units: int, units: int) -> None:
    """Stripe's number, and ours again from it."""
    assert to_stripe(Money(currency, minor_units)) == units
    assert from_stripe(currency.lower(), units) == Money(currency, minor_units)


@pytest.mark.parametrize(
    ("currency", "minor_units", "least"),
    [("HUF", 12_350, 100), ("TWD", 1, 100), ("MGA", 501, 100), ("KWD", 1_234, 10), ("TND", 1, 10)],
)
def test_an_amount_that_stripe_cannot_charge(currency: str, minor_units: int, least: int) -> None:
    """It is refused with what would do, and never rounded."""
    with pytest.raises(InvalidArgument, match=f"{currency} in multiples of {least} only"):
        to_stripe(Money(currency, minor_units))


@pytest.mark.parametrize("currency", ["CLF", "UYW", "UYI", "IQD", "LYD", "XXX", "XAU", "eur"])
def test_a_currency_that_stripe_does_not_take(currency: str) -> None:
    """Its exponent there is nobody's guess."""
    with pytest.raises(CurrencyUnknown):
        to_stripe(Money(currency, 1_000))


def test_a_fee_that_is_no_whole_number_here() -> None:
    """Krónur have no hundredths in the ledger."""
    assert from_stripe("isk", 12_345) is None


@given(st.sampled_from(sorted(MINOR_DIGITS)), st.integers(1, 10**12))
def test_there_and_back(currency: str, minor_units: int) -> None:
    """Whatever is not refused comes back as it was."""
    amount = Money(currency, minor_units)
    try:
        units = to_stripe(amount)
    except (InvalidArgument, CurrencyUnknown):
        return

    assert from_stripe(currency.lower(), units) == amount
