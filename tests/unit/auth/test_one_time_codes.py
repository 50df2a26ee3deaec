"""One-time codes as people read and type them."""

from __future__ import annotations

import math

import pytest

from academe.codes import ALPHABET
from academe.services.auth.one_time_codes import LENGTH, code_hash, new_code


def test_a_code_has_more_than_128_random_bits() -> None:
    """Nobody guesses one (ASVS 7.2.3); none comes twice; the contract's field takes it."""
    codes = {new_code() for _ in range(1000)}

    assert math.log2(len(ALPHABET)) * LENGTH >= 128
    assert len(codes) == 1000
    assert all(len(code.replace("-", "")) == LENGTH and len(code) <= 128 for code in codes)


@pytest.mark.parametrize(
    "typed",
    [
        "0123456-789ABCD-EFGHJKM-NPQRSTV",
        "0123456789abcdefghjkmnpqrstv",
        "o12 3456 789a bcde fghj kmnp qrst v",
        "OI23456-789ABCD-EFGHJKM-NPQRSTV",
        "Ol23456-789ABCD-EFGHJKM-NPQRSTV",
        "0123456\N{EN DASH}789ABCD\N{NO-BREAK SPACE}EFGHJKM\N{NON-BREAKING HYPHEN}NPQRSTV\n",
    ],
)
def test_a_code_may_be_typed_carelessly(typed: str) -> None:
    """In any case, with or without dashes and spaces, with letters for the digits they look like."""
    assert code_hash(typed) == code_hash("0123456-789ABCD-EFGHJKM-NPQRSTV")


def test_another_code_is_another_code() -> None:
    """Also when it holds what nobody can type."""
    assert code_hash("0123456-789ABCD-EFGHJKM-NPQRSTW") != code_hash("0123456-789ABCD-EFGHJKM-NPQRSTV")
    assert code_hash("\ud800") != code_hash("")
