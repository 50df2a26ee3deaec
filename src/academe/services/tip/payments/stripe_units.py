"""Amounts as Stripe counts them, which for some currencies is not as ISO 4217 does.

What cannot be said exactly on the other side is refused. Only `whole_steps` rounds.
"""

from __future__ import annotations

from academe.errors import InvalidArgument
from academe.money import MINOR_DIGITS, Money
from academe.services.tip.errors import CurrencyUnknown

_DIGITS = {
    # Minor units elsewhere, none at Stripe.
    "MGA": 0,
    # Whole everywhere, but Stripe wants two zeros.
    "ISK": 2,
    "UGX": 2,
}
"""Decimal digits of Stripe's unit where they are not those of ISO 4217."""

_WHOLE = frozenset({"HUF", "ISK", "TWD", "UGX"})
"""Counted in hundredths, but charged and paid out whole only."""

_NOT_OFFERED = frozenset({"CLF", "IQD", "LYD", "UYI", "UYW"})
"""In the standard with exponents of their own; Stripe does not charge them, so it says nothing of theirs."""


def to_stripe(amount: Money) -> int:
    """`amount` in Stripe's units. Raises CurrencyUnknown, or InvalidArgument for one it cannot charge."""
    code = amount.currency_code
    ours, theirs = _digits(code)
    more, fewer = _power(theirs - ours), _power(ours - theirs)
    units, rest = divmod(amount.minor_units * more, fewer)
    if rest or units % _step(code):
        least = _least(code)
        raise InvalidArgument.field(
            "amount.minor_units", f"the payment provider takes {code} in multiples of {least} only"
        )
    return units


def whole_steps(amount: Money) -> Money:
    """The largest part of `amount` that Stripe can move, perhaps nothing. Raises CurrencyUnknown."""
    rest = amount.minor_units % _least(amount.currency_code)
    return Money(amount.currency_code, amount.minor_units - rest)


def from_stripe(currency: str, units: int) -> Money | None:
    """What Stripe counts as `units` of its lower-case `currency`; None if it is no whole number of ours."""
    code = currency.upper()
    ours, theirs = _digits(code)
    minor_units, rest = divmod(units * _power(ours - theirs), _power(theirs - ours))
    return None if rest else Money(code, minor_units)


def _power(digits: int) -> int:
    """Ten to the power of `digits`, which is 1 for a negative number of them."""
    return int("1" + "0" * digits)


def _digits(code: str) -> tuple[int, int]:
    if code not in MINOR_DIGITS or code in _NOT_OFFERED:
        raise CurrencyUnknown(
            "amount.currency_code: the payment provider does not take it", currency_code=code
        )
    return MINOR_DIGITS[code], _DIGITS.get(code, MINOR_DIGITS[code])


def _least(code: str) -> int:
    """Minor units of ours of which everything that Stripe moves is a multiple."""
    ours, theirs = _digits(code)
    return max(_power(ours - theirs), _step(code) // _power(theirs - ours), 1)


def _step(code: str) -> int:
    """Of Stripe's units: a charge is a multiple of it."""
    if code in _WHOLE:
        return 100
    # With three digits the last one has to be a zero.
    return 10 if MINOR_DIGITS[code] == 3 else 1
