"""Tables on A4 paper: a title, facts about the document, sections of rows, and page x of y on every page.

Rows are one line high, so the pages are known before the first one is drawn. Cells are put straight onto the
canvas, which takes a tenth of the time of a layout engine. Coordinates are whole points from the top.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from academe.services.tip.statements.fonts import clipped, register, runs, width
from academe.services.tip.statements.words import Words

PAGE_WIDTH, PAGE_HEIGHT = 595, 842
"""A4 in points."""
MARGIN, BOTTOM = 42, 790
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN
ROW, HEAD = 13, 18
"""Heights in points of a row, and of a section's heading or column titles."""
SIZE = 7


@dataclass(frozen=True, slots=True)
class Column:
    """`room` in points; amounts are `right`."""

    title: str
    room: int
    right: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table. `bold` are the places of rows that sum up."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    title: str = ""
    note: str = ""
    bold: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole document."""

    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class _Strip:
    """One line of a page."""

    kind: str
    height: int
    section: Section
    place: int = 0


def pdf_bytes(sheet: Sheet, words: Words) -> bytes:
    """The document. Takes some three seconds for 5,000 rows, so it belongs into a thread."""
    from reportlab.pdfgen.canvas import Canvas

    register()
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), lang=words.language)
    canvas.setTitle(sheet.title)
    canvas.setCreator("Academe")
    pages = list(_pages(sheet))
    for number, strips in enumerate(pages, 1):
        top = _draw_head(canvas, sheet) if number == 1 else MARGIN
        for strip in strips:
            _draw_strip(canvas, strip, top)
            top += strip.height
        _put(canvas, words("page", page=number, pages=len(pages)), PAGE_WIDTH - MARGIN, 815, right=True)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def _pages(sheet: Sheet) -> Iterator[list[_Strip]]:
    page: list[_Strip] = []
    left = BOTTOM - MARGIN - _head_height(sheet)
    for section in sheet.sections:
        for group in _groups(section):
            height = sum(strip.height for strip in group)
            if left < height:
                yield page
                page, left = [], BOTTOM - MARGIN
                if group[0].kind == "row":  # the table goes on, so its columns are named again
                    group.insert(0, _Strip("titles", HEAD, section))
                    height += HEAD
            page += group
            left -= height
    yield page


def _groups(section: Section) -> Iterator[list[_Strip]]:
    """What stays on one page: a heading with the first row, a note with the last."""
    for place in range(len(section.rows)):
        group = [_Strip("row", ROW, section, place)]
        if place == 0:
            group.insert(0, _Strip("titles", HEAD, section))
            if section.title:
                group.insert(0, _Strip("title", HEAD + 8, section))
        if place == len(section.rows) - 1 and section.note:
            group.append(_Strip("note", ROW, section))
        yield group


def _head_height(sheet: Sheet) -> int:
    return 40 + 13 * len(sheet.facts) + 10


def _draw_head(canvas: Any, sheet: Sheet) -> int:
    _put(canvas, clipped(sheet.title, 16, TEXT_WIDTH, bold=True), MARGIN, MARGIN + 16, size=16, bold=True)
    for place, (name, value) in enumerate(sheet.facts):
        baseline = MARGIN + 40 + 13 * place
        _put(canvas, name, MARGIN, baseline, size=8, bold=True)
        _put(canvas, clipped(value, 8, TEXT_WIDTH - 120), MARGIN + 120, baseline, size=8)
    return MARGIN + _head_height(sheet)


def _draw_strip(canvas: Any, strip: _Strip, top: int) -> None:
    section, baseline = strip.section, top + strip.height - 4
    if strip.kind == "title":
        _put(canvas, section.title, MARGIN, baseline, size=11, bold=True)
    elif strip.kind == "note":
        _put(canvas, section.note, MARGIN, baseline, size=SIZE)
    elif strip.kind == "titles":
        _draw_cells(
            canvas, section.columns, [column.title for column in section.columns], baseline, bold=True
        )
        canvas.setLineWidth(1)
        canvas.line(MARGIN, PAGE_HEIGHT - baseline - 4, PAGE_WIDTH - MARGIN, PAGE_HEIGHT - baseline - 4)
    else:
        bold = strip.place in section.bold
        _draw_cells(canvas, section.columns, section.rows[strip.place], baseline, bold=bold)


def _draw_cells(
    canvas: Any, columns: Sequence[Column], cells: Sequence[str], baseline: int, *, bold: bool
) -> None:
    pen, left = canvas.beginText(), MARGIN
    for column, cell in zip(columns, cells, strict=True):
        if column.right:  # an amount is never cut: one that is too long is set smaller
            size = _size_for(cell, column.room - 4, bold=bold)
            _write(pen, cell, left + column.room, baseline, size, bold=bold, right=True)
        else:
            text = clipped(cell, SIZE, column.room - 4, bold=bold)
            _write(pen, text, left, baseline, SIZE, bold=bold, right=False)
        left += column.room
    canvas.drawText(pen)


def _size_for(text: str, room: int, *, bold: bool) -> int:
    size = SIZE
    while size > 3 and len(text) * size > room and width(text, size, bold=bold) > room:
        size -= 1
    return size


def _put(
    canvas: Any,
    text: str,
    left: int,
    baseline: int,
    *,
    size: int = 8,
    bold: bool = False,
    right: bool = False,
) -> None:
    pen = canvas.beginText()
    _write(pen, text, left, baseline, size, bold=bold, right=right)
    canvas.drawText(pen)


def _write(pen: Any, text: str, left: int, baseline: int, size: int, *, bold: bool, right: bool) -> None:
    """A text that begins at `left`, or ends there; `baseline` in points from the top."""
    if not text:
        return
    if right:
        left -= width(text, size, bold=bold)
    pen.setTextOrigin(left, PAGE_HEIGHT - baseline)
    for font, piece in runs(text, bold=bold):
        pen.setFont(font, size)
        pen.textOut(piece)
