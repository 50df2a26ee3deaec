"""A course with graduates, and the credential slice over it, without a server and the other slices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.secrets import Secrets
from academe.services.course import CourseFacts
from academe.services.credential.model import Credential, CredentialType
from academe.services.credential.parts import CredentialParts
from academe.services.credential.templates import Template
from academe.services.enrollment import EnrollmentFacts, EnrollmentState
from tests.support.ledger import People, caller

BASE_URI = "https://school.example"
ROOT_SECRET = b"one school has one secret, always"
SECRETS = Secrets.from_bytes(ROOT_SECRET)


class Faculty:
    """One course, who teaches it, and who completed it: what the slice's ports ask for."""

    def __init__(self, title: str = "Loops") -> None:
        self.people = People()
        self.educator_id = self.people.add(Role.EDUCATOR, display_name="Grace")
        self.course = CourseFacts(new_id(), title, (self.educator_id,), 1, False)
        self.courses = {self.course.course_id: self.course}
        self.enrollments: dict[UUID, EnrollmentFacts] = {}

    @property
    def educator(self) -> Caller:
        return caller(self.educator_id, Role.EDUCATOR)

    def graduate(
        self, name: str = "Ada", state: EnrollmentState = EnrollmentState.COMPLETED
    ) -> EnrollmentFacts:
        """Somebody who completed the course, or stands elsewhere in it."""
        learner_id = self.people.add(display_name=name)
        when = datetime.now(UTC) if state is EnrollmentState.COMPLETED else None
        made = EnrollmentFacts(new_id(), self.course.course_id, learner_id, state, when)
        self.enrollments[made.enrollment_id] = made
        return made

    async def get_course_facts(self, course_ids: Sequence[UUID]) -> Mapping[UUID, CourseFacts]:
        return {one: self.courses[one] for one in course_ids if one in self.courses}

    async def get_enrollment_facts(self, enrollment_ids: Sequence[UUID]) -> Mapping[UUID, EnrollmentFacts]:
        return {one: self.enrollments[one] for one in enrollment_ids if one in self.enrollments}

    async def list_completed_enrollments(
        self, course_id: UUID, after: UUID | None, limit: int
    ) -> Sequence[UUID]:
        ids = sorted(
            (
                one.enrollment_id
                for one in self.enrollments.values()
                if one.course_id == course_id and one.state is EnrollmentState.COMPLETED
            ),
            reverse=True,
        )
        return [one for one in ids if after is None or one < after][:limit]


def parts_over(pool: Pool, faculty: Faculty, **changes: Any) -> CredentialParts:
    """The whole slice; to be closed."""
    settings = {"base_uri": BASE_URI, "asks_others": False, "log": structlog.get_logger(), **changes}
    return CredentialParts(pool, faculty, faculty, faculty.people, SECRETS, **settings)


@asynccontextmanager
async def opened(pool: Pool, faculty: Faculty, **changes: Any) -> AsyncIterator[CredentialParts]:
    parts = parts_over(pool, faculty, **changes)
    try:
        yield parts
    finally:
        await parts.close()


async def certify(
    parts: CredentialParts,
    faculty: Faculty,
    enrollment: EnrollmentFacts | None = None,
    kind: CredentialType = CredentialType.CERTIFICATE,
    **fields: Any,
) -> Credential:
    """A credential for a graduate, a new one unless given."""
    enrollment = enrollment or faculty.graduate()
    fields = {"replay": None, **fields}
    return await parts.issuance.issue_credential(faculty.educator, enrollment.enrollment_id, kind, **fields)


def template_for(course_id: UUID, **fields: Any) -> Template:
    """A template in which only `fields` say something, of certificates unless they say so."""
    nothing: dict[str, Any] = {
        "type": CredentialType.CERTIFICATE,
        "issuer_id": None,
        "title": "",
        "description": "",
        "criteria": "",
        "criteria_uri": "",
        "alignments": (),
        "tags": (),
        "language_code": "",
        "validity_days": 0,
        "signatories": (),
        "issued_on_completion": False,
        "achievement_type": "",
        "update_time": datetime(1970, 1, 1, tzinfo=UTC),
        "version": 0,
    }
    return Template(course_id=course_id, **{**nothing, **fields})


async def set_template(
    parts: CredentialParts,
    faculty: Faculty,
    kind: CredentialType = CredentialType.CERTIFICATE,
    **fields: Any,
) -> Template:
    """A template of the course, in which only `fields` say something."""
    template = template_for(faculty.course.course_id, type=kind, **fields)
    return await parts.templates.set_template(faculty.educator, template, expected_version=None)
