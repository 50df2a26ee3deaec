"""Names and titles as they can be set: without what would disturb the lines around them, and not too long."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = {"Cc", "Cs", "Co", "Cn"}
"""Controls, surrogates, private and unassigned code points: no font has them."""

_BIDI = frozenset(map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Marks that turn the direction of what follows; a name must not reorder the text around it."""

_PICTOGRAMS = re.compile("[\U0001f000-\U0001fbff\U000e0000-\U000e007f\ufe00-\ufe0f\u20e3]")
"""Emoji and what chooses between their forms: decoration that the fonts here do not have."""

_LONG_WORD = re.compile(r"[^\s\u200b-]{36,}")
WORD = 18
"""Letters after which a very long word may be broken."""


def settable(text: str, room: int) -> str:
    """One line of composed text that fonts can show, at most `room` wide; wide letters count twice."""
    text = unicodedata.normalize("NFC", _PICTOGRAMS.sub("", text))
    kept = (" " if letter.isspace() else letter for letter in text if letter not in _BIDI)
    text = "".join(letter for letter in kept if unicodedata.category(letter) not in _HIDDEN)
    return _breakable(_cut(" ".join(text.split()), room))


def is_rtl(text: str) -> bool:
    """Whether its first letter with a direction is written from right to left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _cut(text: str, room: int) -> str:
    """As much of it as there is room for, up to the end of a word where there is one, with an ellipsis."""
    taken = 0
    for place, letter in enumerate(text):
        taken += 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
        if taken > room:
            head = text[: max(place - 1, 0)]
            space = head.rfind(" ")
            return (head[:space] if space > place * 3 // 4 else head).rstrip(" ,;:.·-–—") + "…"
    return text


def _breakable(text: str) -> str:
    """Very long words get places where a line may end, which are not seen."""

    def broken(match: re.Match[str]) -> str:
        word = match[0]
        return "\u200b".join(word[place : place + WORD] for place in range(0, len(word), WORD))

    return _LONG_WORD.sub(broken, text)
