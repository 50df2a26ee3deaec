"""Publishing and consuming for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from academe.db.outbox import Event, OutboxConsumer, Retries, append
from academe.db.pool import Pool
from tests.support.postgres import quiet_log

IMPATIENT = Retries(attempts=3, first_pause=timedelta(0), longest_pause=timedelta(0))
"""Three attempts, one after the other."""

TOPIC = "garden"


class Fails(Exception):
    """What a handler of these tests raises on purpose."""


class Recorder:
    """A handler that keeps what it was given; `fails` says whether it fails on an event."""

    def __init__(self, fails: Callable[[Event], bool] = lambda event: False) -> None:
        self.batches: list[list[Event]] = []
        self.handled: list[Event] = []
        self.fails = fails

    async def __call__(self, events: Sequence[Event]) -> Mapping[int, Exception]:
        self.batches.append(list(events))
        failed = {event.event_id: Fails("no") for event in events if self.fails(event)}
        self.handled += [event for event in events if event.event_id not in failed]
        return failed

    def payloads(self) -> list[Any]:
        return [event.payload for event in self.handled]


async def publish(
    connection: Pool | asyncpg.Connection, aggregate_id: UUID, *payloads: Any, topic: str = TOPIC
) -> None:
    """Events of one aggregate, in a transaction of their own if the connection has none."""
    for payload in payloads:
        await append(connection, topic, aggregate_id, f"{topic}.happened", payload)


def consumer_of(pool: Pool, handle: Any, name: str = "gardener", **options: Any) -> OutboxConsumer:
    topics = options.pop("topics", [TOPIC])
    log = options.pop("log", quiet_log())
    return OutboxConsumer(pool, name, topics, handle, log, **{"retries": IMPATIENT, **options})


async def consume_all(consumer: OutboxConsumer) -> None:
    """Runs batches until there is nothing left that can be done now."""
    while await consumer.run_batch():
        pass


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Returns as soon as the condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is awaited may be in another process
            await asyncio.sleep(0.002)
