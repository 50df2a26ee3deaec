"""The rules of credentials where a neighbour has lost something, which no call over the wire can arrange."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.credential.errors import CredentialNotFound
from academe.services.credential.parts import CredentialParts
from academe.services.enrollment import EnrollmentNotFound
from tests.support.graduates import Faculty, certify
from tests.support.ledger import caller


async def test_somebody_without_a_display_name_is_called_by_their_username(
    parts: CredentialParts, faculty: Faculty
) -> None:
    """A certificate for nobody would be worth nothing."""
    enrollment = faculty.graduate()
    account = faculty.people.accounts[enrollment.learner_id]
    faculty.people.accounts[enrollment.learner_id] = replace(account, display_name="")

    issued = await certify(parts, faculty, enrollment)

    assert issued.learner_name == account.username
    assert issued.awarder_name == "Grace"


@pytest.mark.parametrize("gone", ["learner", "course"])
async def test_an_enrollment_whose_learner_or_course_is_gone(
    parts: CredentialParts, faculty: Faculty, gone: str
) -> None:
    """There is no name or title to put on a credential, so there is no enrollment to certify either."""
    enrollment = faculty.graduate()
    if gone == "learner":
        del faculty.people.accounts[enrollment.learner_id]
    else:
        faculty.courses.clear()

    with pytest.raises(EnrollmentNotFound):
        await certify(parts, faculty, enrollment)


async def test_a_credential_whose_course_is_gone(parts: CredentialParts, faculty: Faculty) -> None:
    """Its holder and administrators keep it; nobody teaches the course any more, so nobody else sees it."""
    issued = await certify(parts, faculty)
    faculty.courses.clear()
    administrator = caller(new_id(), Role.ADMINISTRATOR)
    read = parts.credentials.get_credential

    assert await read(caller(issued.learner_id), issued.credential_id) == issued
    assert await read(administrator, issued.credential_id) == issued
    with pytest.raises(CredentialNotFound):
        await read(faculty.educator, issued.credential_id)


async def test_times_of_issue_are_whole_seconds(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """The signed document has no smaller ones, so the row must not say anything else."""
    before = datetime.now(UTC).replace(microsecond=0)
    issued = await certify(parts, faculty)
    stored = await pool.fetchval(
        "select issue_time from credential.credential where credential_id = $1", issued.credential_id
    )

    assert issued.issue_time == stored
    assert issued.issue_time.microsecond == 0
    assert before <= issued.issue_time <= datetime.now(UTC)
