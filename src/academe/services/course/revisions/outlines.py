"""Outlines of revisions: every progress update needs one, nothing ever changes them, so they are kept."""

from __future__ import annotations

from uuid import UUID

from academe.services.course.lru import Lru
from academe.services.course.revisions.model import RevisionOutline
from academe.services.course.revisions.repository import RevisionRepository

LESSONS = 50_000
"""In all outlines that are remembered. A lesson costs about 250 bytes: 12 MB at most."""


class Outlines:
    """Revisions that do not exist are asked for again each time: they may be published any moment."""

    def __init__(self, repository: RevisionRepository) -> None:
        self._repository = repository
        self._known: Lru[tuple[UUID, int], RevisionOutline] = Lru(LESSONS)

    async def get(self, course_id: UUID, revision: int) -> RevisionOutline | None:
        known = self._known.get((course_id, revision))
        if known is not None:
            return known
        outline = await self._repository.get_outline(course_id, revision)
        if outline is not None:
            self._known.put((course_id, revision), outline, len(outline.lessons))
        return outline
