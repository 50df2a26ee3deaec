"""Hearing of what other processes change."""

from __future__ import annotations

import asyncio

from academe.db.errors import db_error
from academe.services.enrollment.repository import EnrollmentRepository

POLL_SECONDS = 1.0
"""How much later than its own a process hears of another's change, at most. Shorter is a query more often."""


class ProgressWatch:
    """Asks for the versions of all enrollments that are followed here, in one query, while there are any.

    Changes of this process are announced as they are committed and do not wait for it.
    """

    def __init__(self, repository: EnrollmentRepository, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._repository = repository
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            await self._repository.changes.any_followed.wait()
            await asyncio.sleep(self._poll_seconds)
            try:
                await self.poll()
            except Exception as error:
                if db_error(error) is None:
                    raise
                # The database is away: whoever reads from it is told so, and here the next round asks again.

    async def poll(self) -> None:
        """Announces the present version of everything that is followed."""
        changes = self._repository.changes
        followed = changes.followed()
        if not followed:
            return
        versions = await self._repository.progress.get_versions(followed)
        for enrollment_id, version in versions.items():
            changes.announce(enrollment_id, version)
