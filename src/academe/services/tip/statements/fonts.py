"""Fonts for documents: a text becomes runs, each in a font that has its letters.

DejaVu Sans, which ships with Academe, has the letters of Latin, Greek, Cyrillic, Hebrew, Arabic and many
smaller scripts. Chinese, Japanese and Korean are set in the fonts that PDF readers bring along for them. What
none of them has becomes U+FFFD, which is seen to be missing. Right-to-left scripts are not shaped.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import as_file, files
from itertools import groupby

REGULAR, BOLD = "AcademeSans", "AcademeSans-Bold"
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiMin-W3", "HYSMyeongJo-Medium"

KANA = (range(0x3040, 0x3100), range(0x31F0, 0x3200), range(0xFF66, 0xFF9E))
HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7B0))
HAN = (range(0x2E80, 0x3040), range(0x3100, 0x3130), range(0x3190, 0x31F0), range(0x3200, 0xA000),
       range(0xF900, 0xFB00), range(0xFE30, 0xFE50), range(0xFF00, 0xFFF0))  # fmt: skip
"""Code points of ideographs, and of the punctuation and wide letters among them."""


@cache
def register() -> frozenset[int]:
    """Makes the fonts known to reportlab, once; returns the code points that DejaVu Sans has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    folder = files("academe.third_party").joinpath("dejavu")
    for name, file in ((REGULAR, "DejaVuSans.ttf"), (BOLD, "DejaVuSans-Bold.ttf")):
        with as_file(folder.joinpath(file)) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
    for name in (CHINESE, JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    regular, bold = (pdfmetrics.getFont(name).face.charToGlyph for name in (REGULAR, BOLD))
    return frozenset(regular) & frozenset(bold)


@lru_cache(maxsize=4096)
def runs(text: str, *, bold: bool = False) -> tuple[tuple[str, str], ...]:
    """(font, piece) in order: the text in composed form, with blanks for control characters."""
    sans = BOLD if bold else REGULAR
    if text.isascii() and text.isprintable():
        return ((sans, text),)
    known = register()
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text)
    ideographs = JAPANESE if any(_within(letter, KANA) for letter in text) else CHINESE

    def font_of(letter: str) -> str:
        if ord(letter) in known:
            return sans
        if _within(letter, KANA):
            return JAPANESE
        if _within(letter, HANGUL):
            return KOREAN
        return ideographs if _within(letter, HAN) else ""

    pieces = [(font, "".join(letters)) for font, letters in groupby(text, font_of)]
    return tuple((font or sans, piece if font else "\ufffd" * len(piece)) for font, piece in pieces)


def width(text: str, size: int, *, bold: bool = False) -> int:
    """In whole points, rounded up."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    register()
    return -int(-sum(stringWidth(piece, font, size) for font, piece in runs(text, bold=bold)) // 1)


@lru_cache(maxsize=4096)
def clipped(text: str, size: int, room: int, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits into `room` points, with an ellipsis."""
    if len(text) * size <= room or width(text, size, bold=bold) <= room:  # few letters are wider than high
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) >> 1
        if width(text[:middle] + "…", size, bold=bold) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low] + "…"


def _within(letter: str, ranges: tuple[range, ...]) -> bool:
    return any(ord(letter) in known for known in ranges)
