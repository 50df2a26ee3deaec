"""What the reader asks of an XML element, and how it cleans a text for a single line."""

from __future__ import annotations

import unicodedata

from lxml import etree

from academe.services.course.olx.imported import TITLE_CHARS


def tag_of(element: etree._Element) -> str:
    """The tag without its namespace; OLX uses none, components of others may."""
    return etree.QName(element).localname


def attributes_of(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def is_empty(element: etree._Element) -> bool:
    return len(element) == 0 and not (element.text or "").strip()


def clean_title(text: str, limit: int = TITLE_CHARS) -> str:
    """One line without control characters, cut with an ellipsis where it is longer than `limit`."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    line = " ".join(printable.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
