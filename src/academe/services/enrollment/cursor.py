"""Cursors of WatchProgress: opaque to clients, to us an enrollment and a version of it.

A cursor authorises nothing. It names its enrollment only so that one of another enrollment is refused instead
of silently skipping changes.
"""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from academe.errors import InvalidArgument

BEGINNING = 0
"""Before the first version, which is 1."""


def cursor_at(enrollment_id: UUID, version: int) -> str:
    """22 characters that are safe in a URL."""
    raw = enrollment_id.bytes[8:] + version.to_bytes(8, "big")  # its second half is the random one
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def version_at(cursor: str, enrollment_id: UUID) -> int:
    """The version that was seen, BEGINNING for an empty cursor.

    Raises InvalidArgument for anything that `cursor_at` did not give for this enrollment.
    """
    if not cursor:
        return BEGINNING
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 16 or raw[:8] != enrollment_id.bytes[8:]:
        raise not_ours()
    return int.from_bytes(raw[8:], "big")


def not_ours() -> InvalidArgument:
    return InvalidArgument.field(
        "cursor", "is not one that this enrollment's progress came with; start again without one"
    )
