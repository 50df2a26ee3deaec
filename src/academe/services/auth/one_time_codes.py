"""Codes that sign somebody in once, made to be read from a screen and typed."""

from __future__ import annotations

import hashlib
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are misread."""

LENGTH = 28
"""Characters: 140 random bits, above the 128 that a token without a limit on tries needs (ASVS 7.2.3)."""

GROUP = 7

_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    """A code in four groups: XXXXXXX-XXXXXXX-XXXXXXX-XXXXXXX."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def code_hash(code: str) -> bytes:
    """What is stored of a code, the same for every way in which people write it."""
    return hashlib.sha256(code.upper().translate(_MISREAD).encode(errors="replace")).digest()
