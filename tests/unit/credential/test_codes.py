"""Verification codes survive paper, telephone and word processors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academe.codes import ALPHABET
from academe.services.credential.codes import SYMBOLS, new_code, printed, read_code

CODES = st.text(ALPHABET, min_size=SYMBOLS, max_size=SYMBOLS)
MISREADINGS = {"0": "0oO", "1": "1iIlL"}
BETWEEN = [
    "",
    "-",
    " ",
    "\N{NON-BREAKING HYPHEN}",
    "\N{EN DASH}",
    "\N{SOFT HYPHEN}",
    "\N{NO-BREAK SPACE}",
    "\n",
]


@settings(deadline=None)
@given(code=CODES, data=st.data())
def test_a_code_is_read_however_it_was_typed(code: str, data: st.DataObject) -> None:
    """In any case, with the letters people write for digits, with anything between that keeps words apart."""
    typed = ""
    for symbol in code:
        typed += data.draw(st.sampled_from(MISREADINGS.get(symbol, symbol.upper() + symbol.lower())))
        typed += data.draw(st.sampled_from(BETWEEN))

    assert read_code(typed) == code


@settings(deadline=None)
@given(code=CODES)
def test_a_code_is_printed_in_four_groups(code: str) -> None:
    """What is printed is read back."""
    groups = printed(code).split("-")

    assert [len(group) for group in groups] == [5, 5, 5, 5]
    assert read_code(printed(code)) == code


@settings(deadline=None)
@given(code=CODES)
def test_full_width_letters_are_letters(code: str) -> None:
    """An East Asian keyboard types them."""
    assert read_code("".join(chr(ord(symbol) + 0xFEE0) for symbol in code)) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "0" * 19,
        "0" * 21,
        "U" * 20,  # no digit looks like it, and it is left out of the alphabet
        "Ä" * 20,
        "0123456789ABCDEFGHJ!",
        "\0" * 20,
        "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠",
        "' or true or ''='    ",
    ],
)
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    """The database is not even asked."""
    assert read_code(text) is None


def test_codes_use_all_of_their_hundred_bits() -> None:
    """Every one of the 32 symbols comes up in every one of the 20 places, and no code comes twice."""
    codes = [new_code() for _ in range(2_000)]

    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert len(set(codes)) == 2_000
    assert {len(code) for code in codes} == {SYMBOLS}
    assert all({code[place] for code in codes} == set(ALPHABET) for place in range(SYMBOLS))


def test_nothing_in_the_alphabet_is_mistaken_for_another() -> None:
    """I, L and O would be read as digits, U as V."""
    assert not set("ILOU") & set(ALPHABET)
