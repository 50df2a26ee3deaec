"""The languages of certificates and pages: which one a reader gets, and how it says things and dates.

Each language is one file in `texts/`; all have the same keys, which a test compares.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType

LANGUAGES = ("en", "es", "de", "fr", "zh", "ar")
"""In the order in which the page offers them; the first is for readers whose language is not spoken here."""

RIGHT_TO_LEFT = frozenset({"ar"})
OPEN_GRAPH = {"en": "en_US", "es": "es_ES", "de": "de_DE", "fr": "fr_FR", "zh": "zh_CN", "ar": "ar_AR"}
"""What Open Graph calls them."""

ACCEPTED_MAX = 1_000
"""Characters of an Accept-Language header that are looked at; browsers send less than a hundred."""


class Words:
    """How one language says things. Made by `words_for`."""

    def __init__(self, language: str, texts: Mapping[str, str], months: tuple[str, ...]) -> None:
        self.language = language
        self.rtl = language in RIGHT_TO_LEFT
        self._texts = texts
        self._months = months

    def __call__(self, key: str, **values: object) -> str:
        """A text by its key; raises KeyError for one that no catalogue has."""
        return self._texts[key].format(**values)

    def day(self, moment: datetime) -> str:
        """The day in UTC, in full: 1 May 2026."""
        moment = moment.astimezone(UTC)
        return self("date", day=moment.day, month=self._months[moment.month - 1], year=moment.year)

    def moment(self, moment: datetime) -> str:
        """The day with hour and minute in UTC."""
        return self("time", date=self.day(moment), clock=f"{moment.astimezone(UTC):%H:%M}")


@cache
def catalogue(language: str) -> Mapping[str, str | list[str]]:
    """What the language's file holds, by key."""
    text = files(__package__).joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def words_for(language: str) -> Words:
    """Of a BCP 47 language: `de-AT` gets German; one that is not spoken here gets English."""
    return _words(spoken(language) or LANGUAGES[0])


def spoken(language: str) -> str | None:
    """The one of LANGUAGES that a BCP 47 tag asks for."""
    primary = language.strip().replace("_", "-").partition("-")[0].lower()
    return primary if primary in LANGUAGES else None


def negotiate_language(query: str | None, accept_language: str | None) -> str:
    """The language for a reader: what the address asks for (`?lang=`), else what the browser prefers.

    Malformed input counts as absent; nothing is raised.
    """
    chosen = spoken(query or "")
    if chosen:
        return chosen
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate((accept_language or "")[:ACCEPTED_MAX].split(",")):
        tag, _, parameters = part.partition(";")
        language, quality = spoken(tag), _quality(parameters)
        if language and quality > 0:
            wishes.append((-quality, place, language))
    return min(wishes)[2] if wishes else LANGUAGES[0]


@cache
def _words(language: str) -> Words:
    entries = catalogue(language)
    texts = {key: value for key, value in entries.items() if isinstance(value, str)}
    return Words(language, MappingProxyType(texts), tuple(entries["months"]))


def _quality(parameters: str) -> float:
    """The q of a wish, 1 where it has none, 0 where it cannot be read."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0 <= quality <= 1 else 0.0
    return 1.0
