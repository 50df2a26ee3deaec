"""A consumer's side of the outbox in PostgreSQL.

Limits are in the text of a statement, and statements of a batch are planned anew each time: the tables grow
from nothing to millions of rows, and a plan that was made early and kept would read them whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from academe.db.outbox.model import Delivery, Event, Held
from academe.db.pool import Pool

SEQUENCE_AT_ONCE = 1_000
"""Events that get their positions in one transaction: a few milliseconds under the lock of outbox.head."""


class OutboxRepository:
    """Where one consumer stands. What takes a connection is for within the transaction that `take` began."""

    def __init__(self, pool: Pool, name: str, topics: Sequence[str]) -> None:
        self._pool = pool
        self._name = name
        self._topics = list(topics)

    async def register(self, now: datetime) -> None:
        """Makes the consumer known, before the first event that is kept, unless it is known."""
        await self._pool.execute(
            """
            insert into outbox.consumer (name, position, create_time)
            values ($1, 0, $2)
            on conflict (name) do nothing
            """,
            self._name,
            now,
        )

    async def has_work(self, now: datetime) -> bool | None:
        """Whether there is anything to do, without writing; None when the consumer is not known."""
        found: bool | None = await self._pool.fetchval(
            """
            select exists (select from outbox.unsequenced)
                or c.position < (select h.position from outbox.head h)
                or coalesce((
                    select min(h.retry_time)
                    from outbox.held h
                    where h.consumer = c.name and h.retry_time is not null
                ) <= $2, false)
            from outbox.consumer c
            where c.name = $1
            """,
            self._name,
            now,
        )
        return found

    async def sequence(self) -> None:
        """Gives positions to what is committed and has none."""
        while await self._pool.fetchval("select outbox.sequence($1)", SEQUENCE_AT_ONCE) == SEQUENCE_AT_ONCE:
            pass

    async def take(self, connection: asyncpg.Connection, idle_seconds: float) -> int | None:
        """Locks the consumer until the end of the transaction and returns its position; None if another
        process has it.

        `idle_seconds` is how long the connection may do nothing, before the server takes the process for dead
        and the lock away. A process that is killed loses it at once, with its connection.
        """
        position: int | None = await connection.fetchval(
            "select position from outbox.consumer where name = $1 for update skip locked", self._name
        )
        if position is not None:
            await connection.execute(
                """
                select set_config('idle_in_transaction_session_timeout', $1, true),
                    set_config('plan_cache_mode', 'force_custom_plan', true)
                """,
                str(round(idle_seconds * 1000)),
            )
        return position

    async def still_ours(self, connection: asyncpg.Connection) -> None:
        """Raises when the connection was lost and the lock with it."""
        await connection.execute("select")

    async def fetch_due(self, connection: asyncpg.Connection, now: datetime) -> list[Delivery]:
        """Up to 100 events that are to be tried again, one of each aggregate, in order of position."""
        rows = await connection.fetch(
            """
            select h.attempts, h.position, e.event_id, e.topic, e.aggregate_id, e.type, e.payload,
                e.create_time
            from (
                select attempts, position, event_id
                from outbox.held
                where consumer = $1 and retry_time <= $2
                order by retry_time, position
                limit 100
            ) h
            join outbox.event e using (event_id)
            order by h.position
            """,
            self._name,
            now,
        )
        return [Delivery(_event_of(row), row["attempts"]) for row in rows]

    async def fetch_fresh(
        self, connection: asyncpg.Connection, position: int
    ) -> tuple[list[Event], list[Event], int]:
        """Looks at 100 positions after `position`: the events of our topics that may be handled, those that
        have to wait behind a held one of their aggregate, and the last position looked at."""
        rows = await connection.fetch(
            """
            select p.position, e.event_id, e.topic, e.aggregate_id, e.type, e.payload, e.create_time,
                exists (
                    select from outbox.held h where h.consumer = $1 and h.aggregate_id = e.aggregate_id
                ) as behind
            from (
                select position, event_id from outbox.position where position > $2 order by position limit 100
            ) p
            left join outbox.event e on e.event_id = p.event_id and e.topic = any($3::text[])
            order by p.position
            """,
            self._name,
            position,
            self._topics,
        )
        free: list[Event] = []
        behind: list[Event] = []
        for row in rows:
            if row["event_id"] is not None:
                (behind if row["behind"] else free).append(_event_of(row))
        return free, behind, rows[-1]["position"] if rows else position

    async def advance(self, connection: asyncpg.Connection, position: int) -> None:
        """Everything up to `position` is handled, or held."""
        await connection.execute(
            "update outbox.consumer set position = $2 where name = $1", self._name, position
        )

    async def hold(self, connection: asyncpg.Connection, held: Sequence[Held]) -> None:
        """Puts events off, or off again."""
        await connection.execute(
            """
            insert into outbox.held (
                consumer, position, event_id, aggregate_id, attempts, parked, retry_time, error
            )
            select $1, position, event_id, aggregate_id, attempts, parked, retry_time, error
            from unnest(
                $2::bigint[], $3::bigint[], $4::uuid[], $5::integer[], $6::boolean[], $7::timestamptz[],
                $8::text[]
            ) as held (position, event_id, aggregate_id, attempts, parked, retry_time, error)
            on conflict (consumer, position) do update
            set attempts = excluded.attempts, parked = excluded.parked, retry_time = excluded.retry_time,
                error = excluded.error
            """,
            self._name,
            [one.event.position for one in held],
            [one.event.event_id for one in held],
            [one.event.aggregate_id for one in held],
            [one.attempts for one in held],
            [one.parked for one in held],
            [one.retry_time for one in held],
            [one.error for one in held],
        )

    async def release(
        self, connection: asyncpg.Connection, handled: Sequence[Delivery], now: datetime
    ) -> None:
        """Forgets held events that were handled, and makes those due that waited for them."""
        await connection.execute(
            """
            with done as (
                delete from outbox.held
                where consumer = $1 and position = any($2::bigint[])
            )
            update outbox.held h
            set retry_time = $4
            from (
                select aggregate_id, min(position) as position
                from outbox.held
                where consumer = $1 and aggregate_id = any($3::uuid[]) and position <> all($2::bigint[])
                group by aggregate_id
            ) next
            where h.consumer = $1 and h.position = next.position
            """,
            self._name,
            [one.event.position for one in handled],
            [one.event.aggregate_id for one in handled],
            now,
        )


def _event_of(row: asyncpg.Record) -> Event:
    return Event(
        row["position"],
        row["event_id"],
        row["topic"],
        row["aggregate_id"],
        row["type"],
        row["payload"],
        row["create_time"],
    )
