"""Documents of every sort that somebody might want signed, among them such as cannot be; always the same."""

from __future__ import annotations

import random
import sys
from typing import Any

from academe.services.credential.issuance.compose import compose
from academe.services.credential.issuance.draft import Draft
from tests.interop.tampering import Path, walk

NUMBERS = (
    0, 1, -1, 7.5, 0.1, -2.25, 100, 12.0, 1e3, 2**31, 2**53 - 1, 2**53, 2**53 + 1, -(2**60), 10**21, 1e21,
    1e-6, 1e-7, 123456789.125, 0.30000000000000004, -0.0, 1e15, 1e16, 3.141592653589793, 5e-324,
    1.7976931348623157e308,
)  # fmt: skip

ADDRESSES = (
    "https://example.org/a b", "https://example.org/é", "https://example.org/%C3%A9", "https://例え.jp/テスト",
    "mailto:ada@example.org", "urn:uuid:2a1e1b2c-9f3c-4d57-8b6c-3d7f0a1b2c3d", "tel:+49-30-1",
    "did:key:z6Mk#x", "HTTP://EXAMPLE.ORG/", "https://example.org:443/../a/./b", "relative/path",
    "https://example.org/?q=<x>&y={z}",
    "//example.org/x", "#fragment", "?query", "", "_:b7", "https://", "http:x", "a:b", "https://[::1]/x",
    "https://user:pw@example.org/", "https://example.org/\u202ertl", "https://example.org/a|b^c`d",
    "data:,x%20y", "https://example.org/\"quoted\"", "https://example.org/\\back", "javascript:alert(1)",
    "https://example.org/%zz",
)  # fmt: skip

LANGUAGES = ("en", "de-CH", "zh-Hant-TW", "EN-us", "ar", "x", "i-klingon", "de_CH", "english text", "")

STRANGE = (
    "\x00\x01\b\t\n\v\f\r\x1b\x1f\x7f\x85\xa0\xad\u061c\u200b\u200d\u2028\u2029\u202e\ufdd0\ufeff\ufffd\ufffe"
)
"""Characters that serialisers have a different opinion of."""

TERMS = ("description", "name", "narrative", "inLanguage")
ACHIEVEMENT_TERMS = ("creditsAvailable", "humanCode", "version", "fieldOfStudy")


def documents(drafts: list[Draft], seed: int = 1000) -> list[dict[str, Any]]:
    """Of each draft its document with up to three things replaced, at random places, by random ones."""
    source = random.Random(seed)
    return [_changed(source, compose(draft)) for draft in drafts]


def _changed(source: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    for _ in range(source.choice((0, 1, 1, 1, 2, 3))):
        places = [(path, value) for path, value in walk(document) if "@context" not in path and path]
        if source.random() < 0.35:
            _add(source, document, [value for _, value in places if isinstance(value, dict)])
        else:
            path, value = source.choice([place for place in places if isinstance(place[1], str)])
            _replace(document, path, _like(source, value))
    return document


def _add(source: random.Random, document: dict[str, Any], holders: list[dict[str, Any]]) -> None:
    choice = source.random()
    if choice < 0.1:
        source.choice(holders)["honours"] = "summa cum laude"
    elif choice < 0.5:
        source.choice(holders)[source.choice(TERMS)] = _value(source)
    else:
        document["credentialSubject"]["achievement"][source.choice(ACHIEVEMENT_TERMS)] = _value(source)


def _replace(document: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


def _like(source: random.Random, value: str) -> Any:
    """Something in the place of a text: an address where there was one, mostly."""
    if ":" in value and source.random() < 0.8:
        return source.choice(ADDRESSES)
    return _value(source)


def _value(source: random.Random) -> Any:
    kind = source.random()
    if kind < 0.45:
        return _text(source)
    if kind < 0.65:
        return source.choice(NUMBERS)
    if kind < 0.75:
        return {"@value": _text(source), "@language": source.choice(LANGUAGES)}
    if kind < 0.8:
        return {"@value": _text(source), "@direction": "rtl"}
    if kind < 0.85:
        return source.choice((True, False, None))
    if kind < 0.95:
        return [_text(source) for _ in range(source.randint(0, 3))]
    return {"@id": source.choice(ADDRESSES)}


def _text(source: random.Random) -> str:
    """Any characters of Unicode but half ones, strange ones now and then."""
    length = source.choice((0, 1, 3, 8, 20))
    strange = source.random() < 0.3
    return "".join(_character(source, strange=strange) for _ in range(length))


def _character(source: random.Random, *, strange: bool) -> str:
    if strange and source.random() < 0.2:
        return source.choice(STRANGE)
    plane = source.choice((0x7F, 0x7FF, 0xD7FF, 0xFFFF, sys.maxunicode))
    while 0xD800 <= (point := source.randint(0x20, plane)) <= 0xDFFF:
        pass
    return chr(point)
