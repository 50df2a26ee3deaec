"""CSV as RFC 4180 has it: commas, lines that end with CR LF, quotes where they are needed, UTF-8.

A spreadsheet takes a cell that begins with = + - or @ for a formula and runs it. Text that somebody wrote
therefore gets an apostrophe in front, which spreadsheets read as "this is text"; numbers of ours do not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = frozenset("=+-@|%＝＋－＠")


def csv_bytes(rows: Iterable[Sequence[str | int]]) -> bytes:
    """Lines of a file. Cells with text from people go through `text_cell` first."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def text_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: not after blanks or control characters either."""
    visible = text.lstrip("".join(map(chr, range(33))) + "\u00a0\u3000\ufeff")
    return f"'{text}" if visible[:1] in FORMULA_STARTS and visible else text
