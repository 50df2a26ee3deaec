"""What this slice needs from others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from academe.services.course import CourseFacts, RevisionOutline


class CourseCatalog(Protocol):
    """Courses, as CourseService knows them."""

    async def get_course_facts(self, course_ids: Sequence[UUID]) -> Mapping[UUID, CourseFacts]:
        """Those that exist, drafts and deleted ones too; an id without a course is left out.

        Never older than the call: a revision that has just been published is there.
        """
        ...

    async def get_revision_outline(self, course_id: UUID, revision: int) -> RevisionOutline | None:
        """The lessons of a published revision in course order; None when there is no such revision.

        A revision never changes and is never removed, not even with its course, so an answer holds for ever.
        """
        ...
