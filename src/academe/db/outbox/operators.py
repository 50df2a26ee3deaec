"""What an operator can see of the outbox and do to it: `academe outbox ...`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime

import asyncpg

from academe.clock import utcnow
from academe.db.outbox.model import ConsumerStatus
from academe.db.outbox.repository_upkeep import UpkeepRepository
from academe.db.pool import Pool
from academe.startup import StartupError

PARKED_SHOWN = 20
"""Of each consumer; the first ones say what is wrong."""


class OutboxOperators:
    """Answers in lines for a terminal. Raises StartupError, in one sentence, for what cannot be done."""

    def __init__(self, pool: Pool, *, clock: Callable[[], datetime] = utcnow) -> None:
        self._pool = pool
        self._repository = UpkeepRepository(pool)
        self._clock = clock

    async def operate(self, arguments: argparse.Namespace) -> list[str]:
        match arguments.outbox_verb:
            case "replay":
                return [await self.replay(arguments.consumer, arguments.position)]
            case "skip":
                return [await self.skip(arguments.consumer, arguments.position)]
            case "forget":
                return [await self.forget(arguments.consumer)]
        return await self.status()

    async def status(self) -> list[str]:
        consumers = await self._repository.read_status()
        if not consumers:
            return ["No consumer has ever run on this database."]
        width = max(len(consumer.name) for consumer in consumers)
        lines = [f"{'consumer':{width}}  position    behind      held    parked  oldest unhandled event"]
        lines += [self._line(consumer, width) for consumer in consumers]
        for consumer in consumers:
            for parked in await self._repository.list_parked(consumer.name, PARKED_SHOWN):
                lines.append(
                    f"parked: {consumer.name} at {parked.position}, {parked.type} of {parked.aggregate_id}, "
                    f"failed {parked.attempts} times: {parked.error}"
                )
        return lines

    def _line(self, consumer: ConsumerStatus, width: int) -> str:
        oldest = "none"
        if consumer.oldest_time is not None:
            oldest = f"{(self._clock() - consumer.oldest_time).total_seconds():.0f} s old"
        numbers = (consumer.position, consumer.lag, consumer.held, consumer.parked)
        return f"{consumer.name:{width}}" + "".join(f"{number:10}" for number in numbers) + f"  {oldest}"

    async def replay(self, consumer: str, position: int | None) -> str:
        """What failed, parked or not, is due again at once; with a position everything from there on is
        delivered again, whether it was handled or not."""
        async with self._pool.transaction() as connection:
            passed = await self._lock(connection, consumer)
            if position is not None:
                if not 1 <= position <= passed + 1:
                    raise StartupError(
                        f"The consumer {consumer} is at {passed}, so it can be taken back to 1 or more and "
                        f"{passed + 1} or less; skipping events is a verb of its own."
                    )
                await self._repository.go_back(connection, consumer, position - 1)
            failed = await self._repository.retry_failed(connection, consumer, self._clock())
        if position is None:
            return f"Events that failed and are tried again at once: {failed}."
        first = await self._repository.first_position()
        return (
            f"The consumer {consumer} goes on from {max(position, first or position)}, the first event kept "
            f"from there on; earlier ones that failed and are tried again at once: {failed}."
        )

    async def skip(self, consumer: str, position: int) -> str:
        async with self._pool.transaction() as connection:
            await self._lock(connection, consumer)
            if not await self._repository.skip(connection, consumer, position, self._clock()):
                raise StartupError(
                    f"No event has failed for {consumer} at {position}; `academe outbox status` shows those "
                    "that it has given up on."
                )
        return f"The consumer {consumer} will not handle the event at {position}; those behind it go on."

    async def forget(self, consumer: str) -> str:
        async with self._pool.transaction() as connection:
            await self._lock(connection, consumer)
            await self._repository.forget(connection, consumer)
        return (
            f"The consumer {consumer} is forgotten; if a server runs it, it begins with the first event kept."
        )

    async def _lock(self, connection: asyncpg.Connection, consumer: str) -> int:
        position = await self._repository.lock_consumer(connection, consumer)
        if position is None:
            known = ", ".join(one.name for one in await self._repository.read_status()) or "none"
            raise StartupError(f"There is no consumer {consumer} on this database; there are: {known}.")
        return position
