"""The languages of pages: the same texts in all, dates as people write them, and which one a reader gets."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.services.credential.pages.languages import (
    LANGUAGES,
    OPEN_GRAPH,
    catalogue,
    negotiate_language,
    words_for,
)

MAY_DAY = datetime(2026, 5, 1, 23, 5, tzinfo=UTC)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    """In the same order, so that the files can be read side by side; and no text is empty."""
    assert list(catalogue(language)) == list(catalogue("en"))
    assert all(catalogue(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_speaks_of_the_same_things(language: str) -> None:
    """A name or a date that stands in one language stands in all."""
    for key, text in catalogue("en").items():
        if isinstance(text, str):
            assert placeholders(str(catalogue(language)[key])) == placeholders(text), key


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_text_is_translated(language: str) -> None:
    """What is the same as in English is a word that both languages have."""
    english = catalogue("en")
    same = {key for key, text in catalogue(language).items() if text == english[key]}

    assert same <= {
        "date",
        "time",
        "kind_badge",
        "check_status",
        "check_proof",
        "check_structure",
        "check_validity",
    }


def test_all_languages_are_known_to_those_who_share() -> None:
    """Open Graph has a name for each."""
    assert set(OPEN_GRAPH) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "1 May 2026"),
        ("es", "1 de mayo de 2026"),
        ("de", "1. Mai 2026"),
        ("fr", "1 mai 2026"),
        ("zh", "2026年5月1日"),
        ("ar", "1 مايو 2026"),
    ],
)
def test_a_day_is_written_in_the_language_s_way(language: str, expected: str) -> None:
    """In full, so that nobody takes the month for the day."""
    assert words_for(language).day(MAY_DAY) == expected


def test_days_are_those_of_utc() -> None:
    """Whatever zone a moment came with."""
    moment = MAY_DAY.astimezone(timezone(timedelta(hours=9)))

    assert words_for("en").day(moment) == "1 May 2026"
    assert words_for("de").moment(moment) == "1. Mai 2026, 23:05 Uhr (UTC)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_has_twelve_months(language: str) -> None:
    """Each with a name of its own."""
    days = {words_for(language).day(datetime(2026, month, 1, tzinfo=UTC)) for month in range(1, 13)}

    assert len(days) == 12


@pytest.mark.parametrize(
    ("query", "header", "expected"),
    [
        (None, None, "en"),
        ("de", "es", "de"),
        ("pt", "es-MX,es;q=0.9", "es"),
        ("ZH-hant", None, "zh"),
        (None, "pt-BR,pt;q=0.9,fr;q=0.8,en;q=0.7", "fr"),
        (None, "en;q=0.2, de;q=0.9", "de"),
        (None, "de;q=0, es;q=0.1", "es"),
        (None, "de;q=nonsense, es;q=0.1", "es"),
        (None, "de;q=nan,fr;q=1e9,es;q=0.1", "es"),
        (None, "*", "en"),
        ("<script>", ",;=,;;q=,", "en"),
    ],
)
def test_a_reader_gets_the_language_wished_for(query: str | None, header: str | None, expected: str) -> None:
    """What the address asks for, else what the browser prefers, else English."""
    assert negotiate_language(query, header) == expected


@given(st.text(), st.text())
def test_whatever_is_asked_for_there_is_an_answer(query: str, header: str) -> None:
    """One of the languages, and no error."""
    assert negotiate_language(query, header) in LANGUAGES


@given(st.text(st.sampled_from("ens-;,q=0.1 *de"), max_size=60))
def test_headers_that_look_like_some_are_read(header: str) -> None:
    """Nearly right is where parsers break."""
    assert negotiate_language(None, header) in LANGUAGES


def test_a_huge_header_costs_nothing() -> None:
    """Only its beginning is looked at."""
    assert negotiate_language(None, "xx," * 1_000_000 + "de") == "en"


def test_no_text_holds_markup() -> None:
    """They are escaped, so a tag would be seen as one."""
    for language in LANGUAGES:
        assert not [text for text in catalogue(language).values() if re.search(r"[<>&]", str(text))]
