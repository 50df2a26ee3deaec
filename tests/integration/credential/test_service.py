"""The rules of credentials where a neighbour has lost something, which no call over the wire can arrange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.course import CourseFacts
from academe.services.credential import CredentialRepository, CredentialService
from academe.services.credential.errors import CredentialNotFound
from academe.services.credential.model import Credential, CredentialType
from academe.services.enrollment import EnrollmentFacts, EnrollmentNotFound, EnrollmentState
from tests.support.ledger import People, caller


class Neighbours:
    """One course, one completed enrollment, and who is in them."""

    def __init__(self) -> None:
        self.people = People()
        self.learner = self.people.add(display_name="Ada")
        self.educator = self.people.add(Role.EDUCATOR, display_name="Grace")
        self.course = CourseFacts(new_id(), "Loops", (self.educator,), 1, False)
        self.courses = {self.course.course_id: self.course}
        self.enrollment = EnrollmentFacts(
            new_id(), self.course.course_id, self.learner, EnrollmentState.COMPLETED, datetime.now(UTC)
        )

    async def get_course_facts(self, course_ids: Sequence[UUID]) -> Mapping[UUID, CourseFacts]:
        return {course_id: self.courses[course_id] for course_id in course_ids if course_id in self.courses}

    async def get_enrollment_facts(self, enrollment_ids: Sequence[UUID]) -> Mapping[UUID, EnrollmentFacts]:
        known = {self.enrollment.enrollment_id: self.enrollment}
        return {each: known[each] for each in enrollment_ids if each in known}


@pytest.fixture
def neighbours() -> Neighbours:
    return Neighbours()


@pytest.fixture
def service(pool: Pool, neighbours: Neighbours) -> CredentialService:
    return CredentialService(CredentialRepository(pool), neighbours, neighbours, neighbours.people)


async def issue(service: CredentialService, neighbours: Neighbours, issuer: UUID, *roles: Role) -> Credential:
    return await service.issue_credential(
        caller(issuer, *roles),
        neighbours.enrollment.enrollment_id,
        CredentialType.CERTIFICATE,
        replay=None,
    )


async def test_somebody_without_a_display_name_is_called_by_their_username(
    service: CredentialService, neighbours: Neighbours
) -> None:
    """A certificate for nobody would be worth nothing."""
    account = neighbours.people.accounts[neighbours.learner]
    neighbours.people.accounts[neighbours.learner] = replace(account, display_name="")

    issued = await issue(service, neighbours, neighbours.educator, Role.EDUCATOR)

    assert issued.learner_name == account.username
    assert issued.awarder_name == "Grace"


@pytest.mark.parametrize("gone", ["learner", "course"])
async def test_an_enrollment_whose_learner_or_course_is_gone(
    service: CredentialService, neighbours: Neighbours, gone: str
) -> None:
    """There is no name or title to put on a credential, so there is no enrollment to certify either."""
    administrator = neighbours.people.add(Role.ADMINISTRATOR)
    if gone == "learner":
        del neighbours.people.accounts[neighbours.learner]
    else:
        neighbours.courses.clear()

    with pytest.raises(EnrollmentNotFound):
        await issue(service, neighbours, administrator, Role.ADMINISTRATOR)


async def test_a_credential_whose_course_is_gone(service: CredentialService, neighbours: Neighbours) -> None:
    """Its holder and administrators keep it; nobody teaches the course any more, so nobody else sees it."""
    issued = await issue(service, neighbours, neighbours.educator, Role.EDUCATOR)
    neighbours.courses.clear()
    administrator = caller(new_id(), Role.ADMINISTRATOR)

    assert await service.get_credential(caller(neighbours.learner), issued.credential_id) == issued
    assert await service.get_credential(administrator, issued.credential_id) == issued
    with pytest.raises(CredentialNotFound):
        await service.get_credential(caller(neighbours.educator, Role.EDUCATOR), issued.credential_id)


async def test_the_clock_says_when_a_credential_was_issued_and_revoked(
    pool: Pool, neighbours: Neighbours
) -> None:
    """To the microsecond, and each time is its own."""
    moments = iter([datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)])
    service = CredentialService(
        CredentialRepository(pool), neighbours, neighbours, neighbours.people, clock=lambda: next(moments)
    )
    issued = await issue(service, neighbours, neighbours.educator, Role.EDUCATOR)
    revoked = await service.revoke_credential(
        caller(neighbours.educator, Role.EDUCATOR), issued.credential_id, "Void", expected_version=None
    )

    assert revoked.issue_time == issued.issue_time == datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert revoked.revoke_time == datetime(2026, 3, 1, tzinfo=UTC)
