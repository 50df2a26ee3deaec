"""Verification codes: what an employer types off a certificate to ask whether it is good.

Twenty symbols of Crockford's Base32, which leaves out the letters that are mistaken for digits: 100 bits,
so that guessing one among 2^30 credentials takes 2^70 tries on average. Printed in groups of five; read in
any case, with or without the dashes, and with the letters that people write in place of digits.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS = 20
GROUP = 5
"""Symbols between two dashes: as many as people hold in mind while they type."""

_MEANT = str.maketrans("OIL", "011")


def new_code() -> str:
    """A code as it is stored: twenty symbols, nothing between them."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS))


def printed(code: str) -> str:
    """A code as people see it: XXXXX-XXXXX-XXXXX-XXXXX."""
    return "-".join(code[start : start + GROUP] for start in range(0, SYMBOLS, GROUP))


def read_code(text: str) -> str | None:
    """The code that somebody typed, None when it cannot be one of ours.

    Spaces and every kind of dash are skipped, since word processors and scans make their own of ours, and
    full-width letters are read as plain ones.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    symbols = "".join(symbol for symbol in plain if not _between(symbol)).translate(_MEANT)
    if len(symbols) != SYMBOLS or not set(symbols) <= set(ALPHABET):
        return None
    return symbols


def _between(symbol: str) -> bool:
    # Zs, Cc and Cf: spaces, line ends and invisible marks such as the soft hyphen; Pd and U+2212: dashes.
    return unicodedata.category(symbol) in {"Zs", "Cc", "Cf", "Pd"} or symbol == "\N{MINUS SIGN}"
