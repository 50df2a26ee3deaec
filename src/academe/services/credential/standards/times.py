"""Times as credentials write them: xsd:dateTimeStamp, which is a date, a time and an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from academe.services.credential.standards.errors import Malformed

_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


def read_time(value: object, path: str = "") -> datetime:
    """The time in UTC. Raises Malformed, also for a time without an offset: nobody could say when that is."""
    if isinstance(value, str) and len(value) <= 64 and _TIME.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise Malformed(path, "must be a time with an offset, such as 2026-01-31T12:00:00Z", "time")
