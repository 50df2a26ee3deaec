"""Connections for tests of what happens at once."""

from __future__ import annotations

from typing import Any

from academe.db.pool import Pool, create_pool


async def patient_pool(dsn: str, **options: Any) -> Pool:
    """A pool whose connections are waited for longer than a machine stands still, which overloads nobody."""
    return await create_pool(dsn, acquire_timeout=10, **options)
