"""Addresses that people are led to from a credential's page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from academe.errors import InvalidArgument

_PLAIN = re.compile(r"[^\x00-\x20\x7f-\x9f\s<>\"{}|\\^`]+")
"""Without what has to be written as %20 and the like, and what ends an address where it stands in a text."""


def check_web_address(field: str, uri: str) -> None:
    """Raises InvalidArgument unless `uri` is empty or one of the web: a link to javascript: is none."""
    if not uri:
        return
    try:
        parts = urlsplit(uri)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname and _PLAIN.fullmatch(uri))
    except ValueError:
        is_web = False
    if not is_web:
        raise InvalidArgument.field(field, "must be an http:// or https:// address", "web_address")
