"""The outbox as a whole in PostgreSQL: how far its consumers are, what operators change, what is removed."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from academe.db.outbox.model import ConsumerStatus, Parked
from academe.db.pool import Pool

SEQUENCE_AT_ONCE = 1_000
"""Events that get their positions in one transaction."""


class UpkeepRepository:
    """All consumers of one database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read_status(self) -> list[ConsumerStatus]:
        """Every consumer that was ever run here and not forgotten, by name."""
        rows = await self._pool.fetch(
            """
            select c.name, c.position, head.position - c.position + waiting.events as lag,
                held.events as held, held.parked,
                least(unread.create_time, oldest.create_time, waiting.create_time) as oldest_time
            from outbox.consumer c
            cross join outbox.head
            cross join (
                select count(*) as events, min(e.create_time) as create_time
                from outbox.unsequenced u
                join outbox.event e using (event_id)
            ) waiting
            left join lateral (
                select e.create_time
                from outbox.position p
                join outbox.event e using (event_id)
                where p.position > c.position
                order by p.position
                limit 1
            ) unread on true
            cross join lateral (
                select count(*) as events, count(*) filter (where h.parked) as parked
                from outbox.held h
                where h.consumer = c.name
            ) held
            left join lateral (
                select e.create_time
                from outbox.held h
                join outbox.event e using (event_id)
                where h.consumer = c.name
                order by h.position
                limit 1
            ) oldest on true
            order by c.name
            """
        )
        return [
            ConsumerStatus(
                row["name"], row["position"], row["lag"], row["held"], row["parked"], row["oldest_time"]
            )
            for row in rows
        ]

    async def list_parked(self, consumer: str, limit: int) -> list[Parked]:
        """In order of position."""
        rows = await self._pool.fetch(
            """
            select h.position, e.type, h.aggregate_id, h.attempts, h.error
            from outbox.held h
            join outbox.event e using (event_id)
            where h.consumer = $1 and h.attempts > 0 and h.parked
            order by h.position
            limit $2
            """,
            consumer,
            limit,
        )
        return [
            Parked(row["position"], row["type"], row["aggregate_id"], row["attempts"], row["error"])
            for row in rows
        ]

    async def lock_consumer(self, connection: asyncpg.Connection, consumer: str) -> int | None:
        """Waits for the end of a batch under way, and returns the position; None if there is no such
        consumer."""
        position: int | None = await connection.fetchval(
            "select position from outbox.consumer where name = $1 for update", consumer
        )
        return position

    async def retry_failed(self, connection: asyncpg.Connection, consumer: str, now: datetime) -> int:
        """Makes everything that failed due at once, as if it had never failed; returns how much that is."""
        rows = await connection.fetch(
            """
            update outbox.held
            set attempts = 0, parked = false, retry_time = $2
            where consumer = $1 and attempts > 0
            returning position
            """,
            consumer,
            now,
        )
        return len(rows)

    async def go_back(self, connection: asyncpg.Connection, consumer: str, position: int) -> None:
        """Makes the event after `position` the consumer's next. What is held from there on comes again by
        itself."""
        await connection.execute(
            "delete from outbox.held where consumer = $1 and position > $2", consumer, position
        )
        await connection.execute(
            "update outbox.consumer set position = $2 where name = $1", consumer, position
        )

    async def skip(self, connection: asyncpg.Connection, consumer: str, position: int, now: datetime) -> bool:
        """Gives up an event that failed, and makes the one behind it due; False when none has failed
        there."""
        aggregate_id = await connection.fetchval(
            """
            delete from outbox.held
            where consumer = $1 and position = $2 and attempts > 0
            returning aggregate_id
            """,
            consumer,
            position,
        )
        if aggregate_id is None:
            return False
        await connection.execute(
            """
            update outbox.held
            set retry_time = $3
            where consumer = $1 and position = (
                select min(position) from outbox.held where consumer = $1 and aggregate_id = $2
            )
            """,
            consumer,
            aggregate_id,
            now,
        )
        return True

    async def forget(self, connection: asyncpg.Connection, consumer: str) -> None:
        """Removes a consumer that is not run any more, so that events need not be kept for it."""
        await connection.execute("delete from outbox.held where consumer = $1", consumer)
        await connection.execute("delete from outbox.consumer where name = $1", consumer)

    async def first_position(self) -> int | None:
        """Of the oldest event that is still kept."""
        first: int | None = await self._pool.fetchval("select min(position) from outbox.position")
        return first

    async def sequence(self) -> None:
        """As consumers do; where there is none, events would never become old enough to be removed."""
        while await self._pool.fetchval("select outbox.sequence($1)", SEQUENCE_AT_ONCE) == SEQUENCE_AT_ONCE:
            pass

    async def remove(self, before: datetime, position: int) -> tuple[int | None, int]:
        """Of the 1,000 events after `position`, removes those written before that time which every consumer
        has handled. Returns the last position looked at, None when there is nothing left to look at, and how
        many were removed."""
        # Laterals of one row, so that a thousand rows are found by index and no table is read whole.
        row = await self._pool.fetchrow(
            """
            with looked as materialized (
                select p.position, p.event_id,
                    e.create_time < $1 and held.event_id is null as done, e.create_time < $1 as old
                from outbox.position p
                cross join lateral (
                    select e.create_time from outbox.event e where e.event_id = p.event_id limit 1
                ) e
                left join lateral (
                    select h.event_id from outbox.held h where h.event_id = p.event_id limit 1
                ) held on true
                where p.position > $2 and p.position <= coalesce(
                    (select min(c.position) from outbox.consumer c), (select h.position from outbox.head h)
                )
                order by p.position
                limit 1000
            ), unplaced as (
                delete from outbox.position
                where position in (select position from looked where done)
            ), removed as (
                delete from outbox.event
                where event_id in (select event_id from looked where done)
                returning event_id
            )
            select max(position) filter (where old) as last, (select count(*) from removed) as removed
            from looked
            """,
            before,
            position,
        )
        assert row is not None  # noqa: S101 - an aggregate without a group is one row
        return row["last"], row["removed"]
