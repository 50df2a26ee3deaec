"""Money is whole numbers, and each currency knows how many digits its smallest unit has."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from academe.money import MINOR_DIGITS, Money, allocate


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


def test_exponents_that_are_often_got_wrong() -> None:
    """Three digits in Kuwait, four in Chile's unit of account, none in Japan, two in Hungary."""
    assert [MINOR_DIGITS[code] for code in ("KWD", "CLF", "JPY", "HUF")] == [3, 4, 0, 2]


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**12), min_size=1, max_size=8))
def test_parts_add_up_to_the_whole(total: int, weights: list[int]) -> None:
    """Exactly, and each is its exact share rounded down or up."""
    assume(sum(weights) > 0 or total == 0)
    parts = allocate(total, weights)
    whole = sum(weights) or 1

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert total * weight // whole <= part <= -(-total * weight // whole)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=4), st.data())
def test_what_is_left_can_be_given_back_in_any_steps(parts: list[int], data: st.DataObject) -> None:
    """No part ever gives back more than it has, and in the end all have given back everything."""
    left = list(parts)
    for _ in range(6):
        amount = data.draw(st.integers(0, sum(left)))
        left = [had - given for had, given in zip(left, allocate(amount, left), strict=True)]
        assert min(left) >= 0
    left = [had - given for had, given in zip(left, allocate(sum(left), left), strict=True)]

    assert left == [0] * len(parts)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, (1, 1, 1), [34, 33, 33]),
        (1, (1, 1), [1, 0]),
        (5, (9500, 500), [5, 0]),
        (10, (9500, 500), [10, 0]),
        (11, (9500, 500), [10, 1]),
    ],
)
def test_the_largest_remainder_gets_the_odd_unit(
    total: int, weights: tuple[int, ...], parts: list[int]
) -> None:
    """Of equal remainders the earlier part: a half unit of a fee stays with the educator."""
    assert allocate(total, weights) == parts


@pytest.mark.parametrize(("total", "weights"), [(-1, (1,)), (1, (1, -1)), (1, ()), (1, (0, 0))])
def test_what_cannot_be_split_is_refused(total: int, weights: tuple[int, ...]) -> None:
    """Negative amounts, negative weights, and something among nothing."""
    with pytest.raises(ValueError, match="split"):
        allocate(total, weights)
