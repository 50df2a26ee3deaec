"""Verification codes: what an employer types off a certificate to ask whether it is good.

Twenty symbols make 100 bits, so that guessing one among 2^30 credentials takes 2^70 tries on average.
"""

from __future__ import annotations

from academe.codes import ALPHABET, grouped, meant, random_symbols

SYMBOLS = 20
GROUP = 5
"""Symbols between two dashes: as many as people hold in mind while they type."""


def new_code() -> str:
    """A code as it is stored: twenty symbols, nothing between them."""
    return random_symbols(SYMBOLS)


def printed(code: str) -> str:
    """A code as people see it: XXXXX-XXXXX-XXXXX-XXXXX."""
    return grouped(code, GROUP)


def read_code(text: str) -> str | None:
    """The code that somebody typed, however carelessly; None when it cannot be one of ours."""
    symbols = meant(text)
    if len(symbols) != SYMBOLS or not set(symbols) <= set(ALPHABET):
        return None
    return symbols
