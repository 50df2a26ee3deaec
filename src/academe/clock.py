"""The time of day, as services take it when nobody gives them another clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utcnow() -> datetime:
    """With its zone, as every time here has one."""
    return datetime.now(UTC)
