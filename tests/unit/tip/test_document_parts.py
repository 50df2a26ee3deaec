"""What documents are made of: amounts, cells, words and runs of letters."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.money import MINOR_DIGITS
from academe.services.tip.model import AccountKind, TransactionKind
from academe.services.tip.statements.amounts import decimal_text
from academe.services.tip.statements.fonts import (
    BOLD,
    CHINESE,
    JAPANESE,
    KOREAN,
    REGULAR,
    clipped,
    register,
    runs,
    width,
)
from academe.services.tip.statements.tables import csv_bytes, text_cell
from academe.services.tip.statements.texts import LANGUAGES, MONTHS, TEXTS
from academe.services.tip.statements.words import words_for


@pytest.mark.parametrize(
    ("minor_units", "code", "text"),
    [
        (123456, "EUR", "1234.56"),
        (-5, "EUR", "-0.05"),
        (0, "EUR", "0.00"),
        (1500, "JPY", "1500"),
        (1234, "KWD", "1.234"),
        (-12345, "CLF", "-1.2345"),
        (100, "HUF", "1.00"),
        (7, "XXX", "7"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency(minor_units: int, code: str, text: str) -> None:
    """Two, none, three or four of them; a code that is not known is shown in minor units."""
    assert decimal_text(minor_units, code) == text


@given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(MINOR_DIGITS)))
def test_no_digit_of_an_amount_is_lost(minor_units: int, code: str) -> None:
    """Taking the separators out again gives the minor units back, in every language's form."""
    for language in LANGUAGES:
        text = words_for(language).amount(minor_units, code)

        assert int(text.replace(".", "").replace(",", "")) == minor_units


def test_groups_and_points_are_those_of_the_language() -> None:
    """1,234,567.89 and 1.234.567,89."""
    assert words_for("en-GB").amount(123456789, "EUR") == "1,234,567.89"
    assert words_for("de").amount(-123456789, "EUR") == "-1.234.567,89"
    assert words_for("es").amount(99, "EUR") == "0,99"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\ufeff=1", "|x"]
)
def test_text_that_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    """Whatever blank comes first."""
    assert text_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "Zoë", "a=1", "1-2", "'x", "李"])
def test_other_text_stays_as_it_is(text: str) -> None:
    """A sign inside a text is harmless."""
    assert text_cell(text) == text


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_every_text_comes_back_from_a_csv(rows: list[list[str]]) -> None:
    """Commas, quotes and line breaks in cells do not break the table, and lines end with CR LF."""
    content = csv_bytes(rows)

    assert list(csv.reader(io.StringIO(content.decode(), newline=""))) == rows
    assert content.count(b"\r\n") >= len(rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_there_in_every_language(language: str) -> None:
    """Accounts, transactions and months included."""
    words = words_for(language)

    assert all(words.account(kind) for kind in AccountKind)
    assert all(words.transaction(kind) for kind in TransactionKind)
    assert len(MONTHS[language].split()) == 12
    assert all(len(texts) == len(LANGUAGES) and all(texts) for texts in TEXTS.values())


def test_dates_are_written_as_people_do() -> None:
    """With the time only where it is not midnight."""
    midnight, later = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 1, 9, 5, 7, tzinfo=UTC)

    assert [words_for(language).moment(midnight) for language in LANGUAGES] == [
        "1 May 2026",
        "1. Mai 2026",
        "1 de mayo de 2026",
        "2026年5月1日",
    ]
    assert words_for("en").moment(later) == "1 May 2026, 09:05:07"


@pytest.mark.parametrize("language", ["", "fr", "x-klingon", "EN"])
def test_a_language_that_is_not_spoken_gets_english(language: str) -> None:
    """An answer in English is better than none."""
    assert words_for(language).language == "en"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zoë Ångström", [(REGULAR, "Zoë Ångström")]),
        ("Ελένη Иван עברית", [(REGULAR, "Ελένη Иван עברית")]),
        ("Li 李小龍", [(REGULAR, "Li "), (CHINESE, "李小龍")]),
        ("東京さくら", [(JAPANESE, "東京さくら")]),
        ("김철수", [(KOREAN, "김철수")]),
        ("Zoe\u0308", [(REGULAR, "Zoë")]),
        ("a\u0000b\nc", [(REGULAR, "a b c")]),
        ("x\U0001f9d1", [(REGULAR, "x"), (REGULAR, "\ufffd")]),
    ],
)
def test_each_letter_is_set_in_a_font_that_has_it(text: str, expected: list[tuple[str, str]]) -> None:
    """No name becomes boxes; what no font has is seen to be missing."""
    assert list(runs(text)) == expected


def test_all_words_of_documents_have_letters() -> None:
    """No label needs a letter that is replaced, not in bold either."""
    register()
    for texts in TEXTS.values():
        for text in texts:
            assert "\ufffd" not in "".join(piece for _, piece in runs(text, bold=True))
    assert runs("ok", bold=True) == ((BOLD, "ok"),)


@pytest.mark.parametrize(
    "text", ["short", "a very long name that does not fit anywhere", "李" * 80, "W" * 60]
)
def test_a_long_text_is_cut_to_its_room(text: str) -> None:
    """With an ellipsis, and never wider than the column."""
    cut = clipped(text, 7, 100)

    assert width(cut, 7) <= 100
    assert cut == text if text == "short" else cut.endswith("…")


@pytest.mark.parametrize("name", ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"])
def test_the_fonts_are_what_their_origin_says(name: str) -> None:
    """Unchanged, as their licence asks of that name."""
    folder = files("academe.third_party").joinpath("dejavu")
    digest = hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest()

    assert f"{digest}  {name}" in folder.joinpath("ORIGIN.txt").read_text()
    assert "Bitstream" in folder.joinpath("LICENSE.txt").read_text()
