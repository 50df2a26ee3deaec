"""Who waits for which enrollment to change, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID


class Followed:
    """An enrollment that somebody follows, with the newest version that was heard of."""

    __slots__ = ("_waiters", "followers", "learner_id", "version")

    def __init__(self, learner_id: UUID) -> None:
        self.learner_id = learner_id
        self.version = 0
        self.followers = 0
        self._waiters: set[asyncio.Future[None]] = set()

    async def newer_than(self, version: int) -> None:
        """Returns as soon as a later version was heard of, at once if it was meanwhile."""
        while self.version <= version:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.add(waiter)
            try:
                await waiter
            finally:
                self._waiters.discard(waiter)

    def heard(self, version: int) -> None:
        if version <= self.version:
            return
        self.version = version
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)


class Changes:
    """Passes on that enrollments changed, from those who changed them to those who follow them.

    Only the number of the newest version is kept, so whoever is slow skips to the latest, and an enrollment
    costs nothing once its last follower is gone.
    """

    def __init__(self) -> None:
        self._followed: dict[UUID, Followed] = {}
        self.any_followed = asyncio.Event()

    def announce(self, enrollment_id: UUID, version: int) -> None:
        """The enrollment is at this version now, or was and is beyond it."""
        followed = self._followed.get(enrollment_id)
        if followed is not None:
            followed.heard(version)

    @contextmanager
    def follow(self, learner_id: UUID, enrollment_id: UUID) -> Iterator[Followed]:
        """Within the block every announcement is kept, so read the enrollment only inside it."""
        followed = self._followed.setdefault(enrollment_id, Followed(learner_id))
        followed.followers += 1
        self.any_followed.set()
        try:
            yield followed
        finally:
            followed.followers -= 1
            if not followed.followers:
                del self._followed[enrollment_id]
            if not self._followed:
                self.any_followed.clear()

    def followed(self) -> list[tuple[UUID, UUID]]:
        """(learner_id, enrollment_id) of every enrollment that somebody follows."""
        return [(one.learner_id, enrollment_id) for enrollment_id, one in self._followed.items()]
