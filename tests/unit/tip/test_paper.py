"""PDFs, read back far enough to know what is on their pages."""

from __future__ import annotations

import base64
import re
import zlib

import pytest

from academe.services.tip.statements.paper import BOTTOM, Column, Section, Sheet, pdf_bytes
from academe.services.tip.statements.words import words_for

COLUMNS = [Column("Name", 300), Column("Amount", 200, right=True)]


def streams(content: bytes) -> list[bytes]:
    """Every page's text: streams that are compressed and in ASCII 85."""
    raw = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    return [
        zlib.decompress(base64.a85decode(b"<~" + part.strip(), adobe=True)) for part in raw if b"~>" in part
    ]


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", content))


def baselines(content: bytes) -> list[int]:
    """The heights at which text is written, over all pages, in points from the bottom."""
    found = [place for part in streams(content) for place in re.findall(rb"1 0 0 1 (\S+) (\d+) Tm", part)]
    return [int(y) for x, y in found if (x, y) != (b"0", b"0")]  # where every text object begins


def sheet(rows: int, note: str = "") -> Sheet:
    lines = [(f"row {number}", "1.00") for number in range(rows)]
    return Sheet("Statement", [("Owner", "Zoë 李小龍")], [Section(COLUMNS, lines, "All", note)])


@pytest.mark.parametrize(("rows", "expected"), [(1, 1), (40, 1), (200, 4), (0, 1)])
def test_a_table_goes_on_over_pages(rows: int, expected: int) -> None:
    """As many as it takes, and one for nothing."""
    content = pdf_bytes(sheet(rows), words_for("en"))

    assert content.startswith(b"%PDF-")
    assert pages(content) == expected


def test_nothing_is_written_below_the_page_number() -> None:
    """Rows, notes and later sections end above the foot of the page, however many there are."""
    for rows in range(45, 60):
        sections = [*sheet(rows, "a note").sections, *sheet(3).sections]
        heights = baselines(pdf_bytes(Sheet("Two", [], sections), words_for("en")))

        assert heights
        assert all(height == 842 - 815 or height >= 842 - BOTTOM for height in heights)


def test_the_font_is_in_the_document() -> None:
    """DejaVu Sans travels along, with a table by which its letters are found again as text."""
    content = pdf_bytes(sheet(3), words_for("de"))

    assert b"DejaVuSans" in content
    assert b"STSong-Light" in content
    assert b"/FontFile2" in content
    assert b"/ToUnicode" in content
    assert b"/Lang" in content
