"""Names as people have them, and as somebody might abuse them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.services.credential.pages.writing import is_rtl, settable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ada\n\tLovelace ", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("Ada\u202eecalevoL", "AdaecalevoL"),
        ("\u2067Ada\u2069", "Ada"),
        ("Python 🐍 for all ❤️", "Python for all ❤"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\x00b\x1bc\ud800d\uffffe", "abcde"),
    ],
)
def test_a_name_is_set_without_what_is_no_letter(text: str, expected: str) -> None:
    """Marks that turn the text around go; joiners, which some scripts need, stay."""
    assert settable(text, 100) == expected


def test_a_long_text_ends_with_an_ellipsis() -> None:
    """At the end of a word, where one is near."""
    assert settable("one two three four", 15) == "one two three…"
    assert settable("one two three four", 18) == "one two three four"
    assert settable("onetwothreefour", 8) == "onetwot…"


def test_wide_letters_count_twice() -> None:
    """Forty ideographs need the room of eighty letters."""
    assert settable("王" * 10, 20) == "王" * 10
    assert settable("王" * 11, 20) == "王" * 9 + "…"


def test_a_word_without_end_may_be_broken() -> None:
    """At places that are not seen."""
    assert settable("a" * 40, 100).split("\u200b") == ["a" * 18, "a" * 18, "a" * 4]


@given(st.text(), st.integers(1, 50))
def test_whatever_comes_can_be_set(text: str, room: int) -> None:
    """Never longer than there is room for, and without controls."""
    settled = settable(text, room)

    assert len(settled.replace("\u200b", "")) <= room
    assert not [letter for letter in settled if unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada", False),
        ("فاطمة", True),
        ("רחל", True),
        ("12 فاطمة", True),
        ("王", False),
        ("", False),
        ("123", False),
    ],
)
def test_the_first_letter_decides_the_direction(text: str, expected: bool) -> None:
    """As browsers decide it for dir="auto"."""
    assert is_rtl(text) is expected
