"""The outbox of one database, as the composition root hands it to the slices that live in that database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from academe.db.outbox.consumer import OutboxConsumer
from academe.db.outbox.model import Handle
from academe.db.outbox.upkeep import OutboxUpkeep
from academe.db.outbox.wakes import Wakes
from academe.db.pool import Pool


class Outbox:
    """`consumers` and `upkeep` have a `run` each, for Background."""

    def __init__(self, pool: Pool, log: Any) -> None:
        self._pool = pool
        self._log = log
        self._wakes = Wakes()
        self.consumers: list[OutboxConsumer] = []
        self.upkeep = OutboxUpkeep(pool, log)

    def published(self, topic: str) -> None:
        """To be called after a commit that appended events of the topic; consumers here look at once."""
        self._wakes.published(topic)

    def consume(self, name: str, topics: Sequence[str], handle: Handle) -> OutboxConsumer:
        """Adds a consumer, to be called before the server runs. A new `name` begins with the first event that
        is kept."""
        if any(consumer.name == name for consumer in self.consumers):
            raise ValueError(f"two consumers are called {name}")
        consumer = OutboxConsumer(self._pool, name, topics, handle, self._log, wakes=self._wakes)
        self.consumers.append(consumer)
        return consumer
