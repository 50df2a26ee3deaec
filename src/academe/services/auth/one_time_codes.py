"""Codes that sign somebody in once, made to be read from a screen and typed."""

from __future__ import annotations

import hashlib

from academe.codes import grouped, meant, random_symbols

LENGTH = 28
"""Characters: 140 random bits, above the 128 that a token without a limit on tries needs (ASVS 7.2.3)."""

GROUP = 7


def new_code() -> str:
    """A code in four groups: XXXXXXX-XXXXXXX-XXXXXXX-XXXXXXX."""
    return grouped(random_symbols(LENGTH), GROUP)


def code_hash(code: str) -> bytes:
    """What is stored of a code, the same for every way in which people write it."""
    return hashlib.sha256(meant(code).encode(errors="replace")).digest()
