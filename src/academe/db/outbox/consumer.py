"""Consumers: whoever acts on events, at least once each and in order, however many processes there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg

from academe.clock import utcnow
from academe.db.errors import db_error
from academe.db.outbox.delivery import HANDLE_SECONDS, Outcome, deliver
from academe.db.outbox.model import Delivery, Event, Handle, Held, Retries
from academe.db.outbox.repository import OutboxRepository
from academe.db.outbox.wakes import Wakes
from academe.db.pool import Pool

POLL_SECONDS = 1.0
"""How much later than its own a process finds another's events, at most. A look is one reading query."""

FROZEN_SECONDS = 30.0
"""More than a call of the handler may take: a process that is silent for so long stands still, and the server
gives its batch to another."""

ERROR_LENGTH = 300
"""Of what is kept of a failure, in characters; the log has all of it."""


class OutboxConsumer:
    """Hands the events of some topics to `handle` (see `Handle`); give `run` to Background in every process.

    1. An event is handled at least once, by one process at a time: a batch is one transaction that holds the
       lock of the consumer's row. A process that ends in the middle loses it, and another begins the batch
       anew.
    2. Events of one aggregate are handled in the order in which they happened, each after the one before was
       handled. Events of different aggregates have no order.
    3. An event that fails is tried again after a growing pause, and parked when `retries` says so. Until it
       is handled, later events of its aggregate wait; all others go on.
    4. Consumers know nothing of each other. `name` is what the place is kept under, so it never changes.

    The database is asked every `poll_seconds`, and at once when `wakes` says so.
    """

    def __init__(
        self,
        pool: Pool,
        name: str,
        topics: Sequence[str],
        handle: Handle,
        log: Any,
        *,
        wakes: Wakes | None = None,
        retries: Retries | None = None,
        clock: Callable[[], datetime] = utcnow,
        poll_seconds: float = POLL_SECONDS,
        handle_seconds: float = HANDLE_SECONDS,
    ) -> None:
        self.name = name
        self._pool = pool
        self._repository = OutboxRepository(pool, name, topics)
        self._handle = handle
        self._log = log
        self._wake = (wakes or Wakes()).listen(topics)
        self._retries = retries or Retries()
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._handle_seconds = handle_seconds

    async def run(self) -> None:
        """Runs until it is cancelled. Raises what is a fault of ours, not of the database."""
        while True:
            self._wake.clear()
            try:
                if await self.run_batch():
                    continue
            except Exception as error:
                if db_error(error) is None:
                    raise
                # The database is away: whoever calls is told so, and here the next look asks again.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds):
                    await self._wake.wait()

    async def run_batch(self) -> bool:
        """Handles one batch; False when there was nothing to do or another process is at it."""
        work = await self._repository.has_work(self._clock())
        if work is None:
            await self._repository.register(self._clock())
        elif not work:
            return False
        await self._repository.sequence()
        async with self._pool.transaction() as connection:
            position = await self._repository.take(connection, self._handle_seconds + FROZEN_SECONDS)
            if position is None:
                return False
            return await self._consume(connection, position)

    async def _consume(self, connection: asyncpg.Connection, position: int) -> bool:
        """What is due again, then what is new; each apart, so that a bad event never shares a call with new
        ones twice."""
        due = await self._repository.fetch_due(connection, self._clock())
        fresh, behind, last = await self._repository.fetch_fresh(connection, position)
        again = await self._deliver(connection, due)
        first = await self._deliver(connection, [Delivery(event) for event in fresh])
        held = [self._failed(delivery, error) for delivery, error in (*again.failed, *first.failed)]
        held += [_waiting(event) for event in behind]
        held += [_waiting(delivery.event) for delivery in first.behind]
        if held:
            await self._repository.hold(connection, held)
        if again.handled:  # after what was put behind them is there, to be made due
            await self._repository.release(connection, again.handled, self._clock())
        if last > position:
            await self._repository.advance(connection, last)
        return bool(due) or last > position

    async def _deliver(self, connection: asyncpg.Connection, deliveries: list[Delivery]) -> Outcome:
        return await deliver(
            deliveries,
            self._handle,
            before_each=partial(self._repository.still_ours, connection),
            seconds=self._handle_seconds,
        )

    def _failed(self, delivery: Delivery, error: Exception) -> Held:
        attempts = delivery.attempts + 1
        pause = self._retries.pause_after(attempts)
        event = delivery.event
        about = {
            "consumer": self.name,
            "position": event.position,
            "type": event.type,
            "aggregate_id": str(event.aggregate_id),
            "attempts": attempts,
        }
        if pause is None:
            self._log.error("an event failed too often and is parked", **about, exc_info=error)
        elif attempts == 1:
            self._log.warning("an event failed and is tried again", **about, exc_info=error)
        return Held(
            event,
            attempts,
            pause is None,
            None if pause is None else self._clock() + pause,
            _told(error),
        )


def _waiting(event: Event) -> Held:
    """Behind another event of its aggregate."""
    return Held(event, 0, False, None, "")


def _told(error: Exception) -> str:
    """As much as PostgreSQL can keep: no NUL, and nothing that is not Unicode."""
    told = f"{type(error).__name__}: {error}".replace("\0", "")[:ERROR_LENGTH]
    return told.encode("utf-8", "replace").decode()
