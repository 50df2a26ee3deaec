"""Addresses that people are led to from a credential's page."""

from __future__ import annotations

from urllib.parse import urlsplit

from academe.errors import InvalidArgument


def check_web_address(field: str, uri: str) -> None:
    """Raises InvalidArgument unless `uri` is empty or one of the web: a link to javascript: is none."""
    if not uri:
        return
    try:
        parts = urlsplit(uri)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise InvalidArgument.field(field, "must be an http:// or https:// address", "web_address")
