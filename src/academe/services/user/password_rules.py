"""Which passwords are refused: those that a guesser tries first.

There are no rules of composition and no expiry, which make passwords worse (OWASP ASVS 5.0, 6.2.5 and
6.2.10); length, a list of common passwords and words of the context do the work (6.2.1, 6.2.4, 6.2.11).
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise

from academe.errors import FieldViolation
from academe.services.user.errors import PasswordUnfit

PASSWORD_MIN = 8
PASSWORD_MAX = 256
"""Characters (code points), as in the contract."""

PRODUCT = "academe"

REPEATED_UNIT_MAX = 4
"""Characters of a unit that, repeated, is no password: aaaaaaaa, abababab, 12341234."""

PATTERN_MAX = 32
"""Characters up to which a pattern is refused; nobody guesses how often a longer one repeats."""


def check_password_fit(password: str, *, username: str, email: str, field: str) -> None:
    """Raises PasswordUnfit, saying why without repeating the password.

    `username` and `email` (empty for none) are the person's own; `field` is where the request has the
    password.
    """
    fault = _fault(password, username, email)
    if fault:
        raise PasswordUnfit(f"The password {fault}.", violations=(FieldViolation(field, fault),))


def _fault(password: str, username: str, email: str) -> str | None:
    text = unicodedata.normalize("NFC", password)
    if not PASSWORD_MIN <= len(text) <= PASSWORD_MAX:
        return f"must be {PASSWORD_MIN} to {PASSWORD_MAX} characters"
    folded = text.casefold()
    if folded in common_passwords():
        return "is among the most common passwords"
    if len(text) <= PATTERN_MAX and (_is_sequence(folded) or _is_repetition(folded)):
        return "is a sequence or a repetition"
    if {folded, _core(folded)} & _context(username, email):
        return "is the e-mail address, the username or the name of the product"
    return None


@cache
def common_passwords() -> frozenset[str]:
    """The 5,000 most common ones that are long enough; read when first asked for."""
    text = files("academe.third_party.zxcvbn").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())


def _context(username: str, email: str) -> set[str]:
    address = email.casefold()
    words = {PRODUCT, username.casefold(), address, address.partition("@")[0]}
    return (words | {_core(word) for word in words}) - {""}


def _core(text: str) -> str:
    """Without the digits and signs that people put around a word: academe2026! is academe."""
    start, end = 0, len(text)
    while start < end and not text[start].isalpha():
        start += 1
    while end > start and not text[end - 1].isalpha():
        end -= 1
    return text[start:end]


def _is_sequence(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


def _is_repetition(text: str) -> bool:
    # A text made of one repeated unit is found again in its double, shifted by that unit.
    return (text + text).find(text, 1) <= min(REPEATED_UNIT_MAX, len(text) // 2)
