"""Writing an event from Python, for a change that is not a single statement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg


async def append(
    connection: asyncpg.Connection, topic: str, aggregate_id: UUID, type_: str, payload: Any
) -> int:
    """Writes the event in the connection's transaction and returns its event_id.

    Call it after the aggregate's row was locked or written in the same transaction, or the order of its
    events is not kept; and call `Wakes.published` after the commit. `payload` is JSON as Python objects.
    A single statement calls the SQL function outbox.append itself.
    """
    event_id: int = await connection.fetchval(
        "select outbox.append($1, $2, $3, $4)", topic, aggregate_id, type_, payload
    )
    return event_id
