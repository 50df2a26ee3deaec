"""Giving events to a handler: in order within an aggregate, and so that one bad event is alone in failing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from academe.db.errors import db_error
from academe.db.outbox.model import Delivery, Handle

HANDLE_SECONDS = 30.0
"""For one call of a handler; one that hangs is a failure, and must not keep other events waiting for ever."""


@dataclass(slots=True)
class Outcome:
    """What became of each delivery."""

    handled: list[Delivery] = field(default_factory=list)
    failed: list[tuple[Delivery, Exception]] = field(default_factory=list)
    behind: list[Delivery] = field(default_factory=list)
    """Not tried, because an earlier event of the same aggregate failed."""


async def deliver(
    deliveries: Sequence[Delivery],
    handle: Handle,
    *,
    before_each: Callable[[], Awaitable[None]],
    seconds: float = HANDLE_SECONDS,
) -> Outcome:
    """Hands `deliveries`, in order of position, to `handle`, in as few calls as order allows.

    Each call has the first event of every aggregate that is left. `before_each` is awaited before each call;
    what it raises ends the delivery and is raised.
    """
    chains: dict[UUID, deque[Delivery]] = {}
    for delivery in deliveries:
        chains.setdefault(delivery.event.aggregate_id, deque()).append(delivery)
    outcome = Outcome()
    while chains:
        firsts = [chain[0] for chain in chains.values()]
        failures = await _attempt(firsts, handle, before_each, seconds)
        for first in firsts:
            chain = chains[first.event.aggregate_id]
            chain.popleft()
            failure = failures.get(first.event.event_id)
            if failure is None:
                outcome.handled.append(first)
            else:
                outcome.failed.append((first, failure))
                outcome.behind.extend(chain)
            if failure is not None or not chain:
                del chains[first.event.aggregate_id]
    return outcome


async def _attempt(
    deliveries: list[Delivery],
    handle: Handle,
    before_each: Callable[[], Awaitable[None]],
    seconds: float,
) -> Mapping[int, Exception]:
    """What failed, by event_id."""
    await before_each()
    try:
        async with asyncio.timeout(seconds):
            return await handle([delivery.event for delivery in deliveries]) or {}
    except Exception as error:
        # A database that is away or too busy fails on every event alike: nothing is found by halving. But one
        # event may be what makes it too slow, so this is believed only the first time.
        everybodys = db_error(error) is not None and all(not delivery.attempts for delivery in deliveries)
        if len(deliveries) == 1 or everybodys:
            return {delivery.event.event_id: error for delivery in deliveries}
    middle = len(deliveries) // 2
    return {
        **await _attempt(deliveries[:middle], handle, before_each, seconds),
        **await _attempt(deliveries[middle:], handle, before_each, seconds),
    }
