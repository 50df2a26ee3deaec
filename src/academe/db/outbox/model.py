"""The values of the outbox: events, what is to be delivered, and how often it is tried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as it was written; `position` is its place in the order of all."""

    position: int
    event_id: int
    topic: str
    aggregate_id: UUID
    type: str
    payload: Any
    """JSON, as Python objects: ids and times in it are strings."""
    create_time: datetime


Handle = Callable[[Sequence[Event]], Awaitable[Mapping[int, Exception] | None]]
"""Acts on a batch of events, no two of one aggregate, in order of position.

It returns once that is done for good, with what failed by event_id, None for nothing. If it raises, the batch
is halved and given again until the events that make it raise stand alone, so it must bear being given events
that it has handled. It must bear being cancelled, too.
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event for one consumer, with how often that has failed on it."""

    event: Event
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery that is put off: `attempts` failures, or none when it waits behind another event."""

    event: Event
    attempts: int
    parked: bool
    retry_time: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a consumer tries an event, and the pause after each failure: the first, then twice as long.

    As it stands an event is parked after four hours: an outage of whatever the handler needs should be over
    by then, or it is an alarm anyway.
    """

    attempts: int = 16
    first_pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(hours=1)

    def pause_after(self, attempts: int) -> timedelta | None:
        """Until the next attempt, when this many have failed; None when there is no next one."""
        if attempts >= self.attempts:
            return None
        doubled: int = 2 ** (attempts - 1)
        return min(self.first_pause * doubled, self.longest_pause)


@dataclass(frozen=True, slots=True)
class Parked:
    """An event that a consumer has given up on, for the person who looks into it."""

    position: int
    type: str
    aggregate_id: UUID
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class ConsumerStatus:
    """How far a consumer is."""

    name: str
    position: int
    lag: int
    """Positions that it has not passed yet, of any topic, and events that have no position yet."""
    held: int
    """Events that it has passed and not handled, parked ones included."""
    parked: int
    oldest_time: datetime | None
    """When the oldest event was written that it has not handled; None when it has handled all."""
