"""How a consumer hears at once of what its own process has committed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable


class Wakes:
    """One per database. Events of other processes are found by looking, a second later at most."""

    def __init__(self) -> None:
        self._listening: dict[str, list[asyncio.Event]] = defaultdict(list)

    def listen(self, topics: Iterable[str]) -> asyncio.Event:
        """Is set after each commit of one of the topics; the listener clears it before it looks."""
        wake = asyncio.Event()
        for topic in set(topics):
            self._listening[topic].append(wake)
        return wake

    def published(self, topic: str) -> None:
        """To be called after the commit; before it, the consumer would look too early and find nothing."""
        for wake in self._listening.get(topic, ()):
            wake.set()
