"""SVG as Typst writes it, made shorter and drawing the same: a certificate has to fit into one message.

A third of it is spaces, hashes for names, decimals that nobody sees and attributes that say the default.
"""

from __future__ import annotations

import re

_NAME = re.compile(r'( id="|"#|\(#)([a-z][0-9A-F]{16,32})(?=["\)])')
_DEFAULTS = re.compile(
    r' (?:fill-rule="nonzero"|stroke-linecap="butt"|stroke-linejoin="miter"|stroke-miterlimit="4")'
)
_USE = re.compile(r"<use [^>]*>")
_AT_ORIGIN = re.compile(r' [xy]="0"')
_PATH = re.compile(r' d="([^"]*)"')
_PLACED = re.compile(r' (x|y|width|height|viewBox|transform|stroke-width)="([^"]*)"')
_DECIMAL = re.compile(r"-?\d+\.\d+(?![\deE])")
_BESIDE_LETTER = re.compile(r" ?([A-Za-z]) ?")


def slim(content: bytes) -> bytes:
    """Of an SVG by Typst, whose names are hashes. The same in, the same out.

    Numbers are rounded where they say a place or a size, and nowhere else: links and pictures are in it too.
    """
    text = _DEFAULTS.sub("", content.decode())
    names: dict[str, str] = {}
    text = _NAME.sub(
        lambda found: found[1] + names.setdefault(found[2], f"{found[2][0]}{len(names):x}"), text
    )
    factors = _Rounded("%.6g")
    text = _PLACED.sub(lambda found: f' {found[1]}="{factors.within(found[2])}"', text)
    text = _USE.sub(lambda found: _AT_ORIGIN.sub("", found[0]), text)
    thousandths = _Rounded("%.3f")  # of a point, of which an inch has 72
    return _PATH.sub(lambda found: f' d="{_path(found[1], thousandths)}"', text).encode()


def _path(path: str, places: _Rounded) -> str:
    """Path data without what its grammar does not need (https://www.w3.org/TR/SVG2/paths.html#PathDataBNF)."""
    return _BESIDE_LETTER.sub(r"\1", places.within(path)).replace(" -", "-").strip()


class _Rounded(dict[str, str]):
    """Numbers as they are written shortest; each is worked out once, since half of them come again."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form

    def within(self, text: str) -> str:
        return _DECIMAL.sub(lambda found: self[found[0]], text)

    def __missing__(self, number: str) -> str:
        text = self._form % float(number)
        if "." in text and "e" not in text:
            text = text.rstrip("0").rstrip(".")
        if text == "-0":
            text = "0"
        self[number] = text = re.sub(r"^(-?)0\.", r"\1.", text)
        return text
