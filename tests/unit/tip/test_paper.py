"""PDFs, read back far enough to know what is on their pages."""

from __future__ import annotations

import base64
import re
import zlib
from datetime import UTC, datetime
from uuid import UUID

import pytest

from academe.services.tip.model import AccountKind, TransactionKind
from academe.services.tip.statements.documents import Heading, sheet_of
from academe.services.tip.statements.fonts import clipped, width
from academe.services.tip.statements.model import AccountSpan, Edge, Extent, StatementLine
from academe.services.tip.statements.paper import BOTTOM, TEXT_WIDTH, Column, Section, Sheet, pdf_bytes
from academe.services.tip.statements.texts import LANGUAGES
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


def test_an_amount_is_set_smaller_and_never_cut() -> None:
    """The largest balance that a ledger can have fits into the column of a statement."""
    largest = words_for("de").amount(-(2**63), "EUR")
    narrow = [Column("What", 400), Column("Amount", 71, right=True)]
    content = pdf_bytes(Sheet("One", [], [Section(narrow, [("row", largest)])]), words_for("de"))
    text = b"".join(streams(content))

    assert width(largest, 7) > 71
    assert re.search(rb"/F\d\+0 [3-6] Tf", text)


def test_ids_and_times_of_a_statement_are_never_cut() -> None:
    """By them a line is followed."""
    now = datetime(2028, 12, 28, 22, 58, 58, tzinfo=UTC)
    span = AccountSpan(AccountKind.EDUCATOR, UUID(int=1), "EUR", now, now)
    heading = Heading(span, now, Extent(1, Edge(0, 0), Edge(1, 5)), "Edda", now)
    tip_id = UUID("dddddddd-dddd-4ddd-8ddd-dddddddddddd")
    entries = [StatementLine(88_888_888, now, kind, 5, 5, tip_id, tip_id, None) for kind in TransactionKind]
    for language in LANGUAGES:
        (section,) = sheet_of(heading, entries, words_for(language)).sections
        assert sum(column.room for column in section.columns) == TEXT_WIDTH
        for row in section.rows:
            for column, cell in zip(section.columns, row, strict=True):
                assert column.right or clipped(cell, 7, column.room - 4) == cell
    assert {row[-1] for row in section.rows} == {"0.00", "0.05"}
