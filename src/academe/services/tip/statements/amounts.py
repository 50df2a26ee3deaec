"""Amounts as text, by moving digits: nothing is divided."""

from __future__ import annotations

from academe.money import MINOR_DIGITS


def decimal_text(minor_units: int, currency_code: str, *, point: str = ".", group: str = "") -> str:
    """1234567 minor units of EUR are 12345.67, of JPY 1234567; `group` goes between groups of three digits.

    A code that is not known shows its minor units as they are.
    """
    digits = MINOR_DIGITS.get(currency_code, 0)
    sign = "-" if minor_units < 0 else ""
    text = str(abs(minor_units)).rjust(digits + 1, "0")
    whole, part = text[: len(text) - digits], text[len(text) - digits :]
    return f"{sign}{_grouped(whole, group)}{point if part else ''}{part}"


def _grouped(whole: str, group: str) -> str:
    first = len(whole) % 3
    threes = [whole[place : place + 3] for place in range(first, len(whole), 3)]
    return group.join(([whole[:first]] if first else []) + threes)
