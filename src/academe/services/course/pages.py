"""Pages whose rows can be large: cut where their texts would fill a reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from academe.pagination import Page, PageRequest, page_of

Row = TypeVar("Row")

PAGE_CHARS = 512 * 1024
"""Of stored texts. Sanitising can make a character five bytes, so a reply stays under the 4 MiB that clients
take by default. A page may hold fewer rows than asked for (AIP-158)."""


def bounded_page(
    rows: Sequence[Row],
    request: PageRequest,
    *,
    key: Callable[[Row], tuple[Any, ...]],
    chars: Callable[[Row], int],
) -> Page[Row]:
    """`page_of` with at most PAGE_CHARS of text, and at least one row. `chars` is the text of a row."""
    total = 0
    for count, row in enumerate(rows[: request.size]):
        total += chars(row)
        if total > PAGE_CHARS and count > 0:
            request = replace(request, size=count)
            break
    return page_of(rows, request, key)
