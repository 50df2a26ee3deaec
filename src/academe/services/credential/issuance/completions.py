"""Credentials that nobody asks for: issued when a learner completes a course whose template says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from academe.db.outbox import Event
from academe.errors import AcademeError, NotFound
from academe.services.credential.issuance.service import IssuanceService
from academe.services.credential.templates import Templates

COMPLETIONS_CONSUMER = "credential.completions"
"""The name under which the outbox keeps how far this is; never changes."""

COMPLETIONS_TOPIC = "enrollment"
COMPLETED = "enrollment.completed"


class Completions:
    """Acts on completed enrollments. Repeating an event is safe: there is one credential of an enrollment and
    type, whoever asks for it and how often."""

    def __init__(self, issuance: IssuanceService, templates: Templates, *, log: Any) -> None:
        self._issuance = issuance
        self._templates = templates
        self._log = log

    async def handle(self, events: Sequence[Event]) -> Mapping[int, Exception] | None:
        """Issues what the templates of the courses say, and answers with what could not be issued."""
        courses: dict[UUID, dict[UUID, int]] = defaultdict(dict)
        for event in events:
            if event.type == COMPLETED:
                courses[UUID(event.payload["course_id"])][event.aggregate_id] = event.event_id
        failed: dict[int, Exception] = {}
        for course_id, enrollments in courses.items():
            failed |= await self._issue(course_id, enrollments)
        return failed or None

    async def _issue(self, course_id: UUID, enrollments: Mapping[UUID, int]) -> dict[int, Exception]:
        failed: dict[int, Exception] = {}
        for template in await self._templates.issued_on_completion(course_id):
            outcomes = await self._issuance.issue_many(course_id, list(enrollments), template.type, None)
            for enrollment_id, outcome in outcomes.items():
                if isinstance(
                    outcome, NotFound
                ):  # an account or a course that is gone wants nothing any more
                    self._log.info(
                        "a completed enrollment gets no credential",
                        enrollment_id=enrollment_id,
                        why=outcome.message,
                    )
                elif isinstance(outcome, AcademeError):
                    failed[enrollments[enrollment_id]] = outcome
        return failed
