"""Codes that people read off a screen or paper and type: random symbols in groups, read however they come.

The symbols are Crockford's Base32, five bits each, which leaves out the letters that are mistaken for digits.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_MEANT = str.maketrans("OIL", "011")


def random_symbols(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def grouped(symbols: str, size: int) -> str:
    """As people see them, with a dash after every `size` symbols but the last."""
    return "-".join(symbols[start : start + size] for start in range(0, len(symbols), size))


def meant(text: str) -> str:
    """The symbols that somebody typed; what is none of ours stays, so that it makes a code wrong.

    Spaces and every kind of dash are skipped, since word processors and scans make their own of ours,
    full-width letters are read as plain ones, and the letters O, I and L as the digits that they look like.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(symbol for symbol in plain if not _between(symbol)).translate(_MEANT)


def _between(symbol: str) -> bool:
    # Zs, Cc and Cf: spaces, line ends and invisible marks such as the soft hyphen; Pd and U+2212: dashes.
    return unicodedata.category(symbol) in {"Zs", "Cc", "Cf", "Pd"} or symbol == "\N{MINUS SIGN}"
