"""Etags: how a version of a resource is told to its readers, and read back."""

from __future__ import annotations

from academe.errors import EtagMismatch


def etag(version: int) -> str:
    """The etag of a resource at a version."""
    return f"v{version}"


def version_of(tag: str) -> int | None:
    """The version that an etag stands for, None when none was sent.

    Raises EtagMismatch for an etag that no resource ever had.
    """
    if not tag:
        return None
    digits = tag[1:]
    if tag[:1] != "v" or not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise EtagMismatch
    return int(digits)
