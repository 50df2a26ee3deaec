"""Money is whole numbers, and each currency knows how many digits its smallest unit has."""

from __future__ import annotations

import pytest

from academe.money import MINOR_DIGITS, Money


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("EUR", 2),
        ("JPY", 0),
        ("KWD", 3),
        ("CLF", 4),
        ("HUF", 2),
        ("UYW", 4),
        ("UGX", 0),
        ("IQD", 3),
        ("MGA", 2),
    ],
)
def test_a_currency_has_the_digits_of_iso_4217(code: str, digits: int) -> None:
    """ISO's digits, not those of a payment provider or of a locale, which differ for some of these."""
    assert MINOR_DIGITS[code] == digits


@pytest.mark.parametrize("code", ["BGN", "HRK", "ANG", "ZWL", "SLL", "CUC", "XAU", "XTS", "XXX", "eur", ""])
def test_a_code_that_is_no_longer_or_never_was_money_is_unknown(code: str) -> None:
    """Withdrawn currencies, metals, the codes for tests and for nothing."""
    assert code not in MINOR_DIGITS


@pytest.mark.parametrize("code", ["XCG", "ZWG", "SLE", "VED", "XAD"])
def test_the_newest_currencies_are_known(code: str) -> None:
    """Those that older tables lack."""
    assert code in MINOR_DIGITS


def test_the_table_is_the_list_of_2026() -> None:
    """165 codes of three capital letters; a lost or doubled one would change the count."""
    assert len(MINOR_DIGITS) == 165
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in MINOR_DIGITS)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money("EUR", 1234), "12.34 EUR"),
        (Money("EUR", 5), "0.05 EUR"),
        (Money("EUR", -5), "-0.05 EUR"),
        (Money("JPY", 500), "500 JPY"),
        (Money("KWD", 1001), "1.001 KWD"),
        (Money("CLF", 12345), "1.2345 CLF"),
        (Money("EUR", 10**18 + 1), "10000000000000000.01 EUR"),
    ],
)
def test_an_amount_is_shown_with_its_currencys_decimal_point(money: Money, text: str) -> None:
    """Every digit is exact, however large the amount."""
    assert str(money) == text


@pytest.mark.parametrize("amount", [12.0, True, "12", None])
def test_an_amount_that_is_not_a_whole_number_is_refused(amount: object) -> None:
    """A float has lost cents before it gets here."""
    with pytest.raises(TypeError):
        Money("EUR", amount)  # type: ignore[arg-type]
