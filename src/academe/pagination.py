"""Keyset pages with opaque tokens (AIP-158).

A token holds the sort key of the last row given out and a fingerprint of the list's other arguments, so
that a token used with other arguments is refused. It authorises nothing: what the caller may see is
decided again on every page.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from academe.errors import InvalidArgument, PageTokenInvalid

Row = TypeVar("Row")

PAGE_SIZE_DEFAULT = 50
PAGE_SIZE_MAX = 100
"""Rows. A page of the largest resource in lists stays well under a megabyte."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What to read: rows after `after` (None on the first page), `size` of them."""

    size: int
    after: tuple[Any, ...] | None
    fingerprint: str

    @property
    def limit(self) -> int:
        """One row more than the page, which says whether there is a next one."""
        return self.size + 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page; the token is empty on the last."""

    rows: Sequence[Row]
    next_page_token: str


def page_request(
    size: int, token: str, *, arguments: tuple[object, ...], key: tuple[type, ...]
) -> PageRequest:
    """Reads page_size and page_token.

    `arguments` are the list's other arguments with its name, `key` the types of its sort key (str, int,
    UUID, datetime). Raises InvalidArgument for a negative size, PageTokenInvalid for a foreign token.
    """
    if size < 0:
        raise InvalidArgument.field("page_size", "must not be negative")
    fingerprint = hashlib.sha256(repr(arguments).encode()).hexdigest()[:16]
    size = min(size or PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)
    return PageRequest(size, _decode(token, fingerprint, key) if token else None, fingerprint)


def page_of(rows: Sequence[Row], request: PageRequest, key: Callable[[Row], tuple[Any, ...]]) -> Page[Row]:
    """Cuts `request.limit` rows to the page; `key` gives a row's sort key."""
    if len(rows) <= request.size:
        return Page(rows, "")
    rows = rows[: request.size]
    return Page(rows, _encode(key(rows[-1]), request.fingerprint))


def _encode(key: tuple[Any, ...], fingerprint: str) -> str:
    parts = [value.isoformat() if isinstance(value, datetime) else value for value in key]
    parts = [str(value) if isinstance(value, UUID) else value for value in parts]
    return base64.urlsafe_b64encode(json.dumps([fingerprint, *parts]).encode()).decode().rstrip("=")


def _decode(token: str, fingerprint: str, types: tuple[type, ...]) -> tuple[Any, ...]:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        found, *parts = json.loads(raw)
        if found != fingerprint or len(parts) != len(types):
            raise PageTokenInvalid
        return tuple(_READERS[kind](part) for kind, part in zip(types, parts, strict=True))
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise PageTokenInvalid from error


def _aware(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("a time without an offset")
    return value.astimezone(UTC)


def _integer(value: object) -> int:
    if type(value) is not int or abs(value) >= 1 << 63:
        raise ValueError("not a 64-bit integer")
    return value


_READERS: dict[type, Callable[[Any], Any]] = {str: str, int: _integer, UUID: UUID, datetime: _aware}
