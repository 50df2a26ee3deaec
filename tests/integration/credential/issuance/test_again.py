"""Issuing again what was revoked: only when that is said, and once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from academe.db.pool import Pool
from academe.services.credential.model import Credential, CredentialState, CredentialType, Replay, Result
from academe.services.credential.parts import CredentialParts
from academe.services.credential.validation.model import Verdict
from academe.services.enrollment import EnrollmentFacts
from tests.support.graduates import Faculty, certify


async def revoked(parts: CredentialParts, faculty: Faculty, enrollment: EnrollmentFacts) -> Credential:
    issued = await certify(parts, faculty, enrollment, results=[Result("Grade", "4.0")])
    return await parts.statuses.revoke_credential(
        faculty.educator, issued.credential_id, "Wrong grade", expected_version=None
    )


def replay(faculty: Faculty) -> Replay:
    return Replay(faculty.educator_id, uuid4(), b"as it was")


async def again(parts: CredentialParts, faculty: Faculty, one: EnrollmentFacts, **fields: Any) -> Credential:
    return await certify(
        parts, faculty, one, results=[Result("Grade", "1.0")], replaces_revoked=True, **fields
    )


async def test_a_wrong_grade_is_put_right(parts: CredentialParts, faculty: Faculty) -> None:
    """The old one stays revoked, with a code of its own; the new one is valid."""
    enrollment = faculty.graduate()
    old = await revoked(parts, faculty, enrollment)

    new = await again(parts, faculty, enrollment)

    assert new.credential_id != old.credential_id
    assert (await parts.validation.verify_code(old.verification_code, {})).verdict is Verdict.REVOKED
    assert (await parts.validation.verify_code(new.verification_code, {})).verdict is Verdict.VALID


async def test_without_being_told_the_revoked_one_is_the_answer(
    parts: CredentialParts, faculty: Faculty
) -> None:
    """As for a completion that is told again, or a bulk issue: who was revoked does not come back so."""
    enrollment = faculty.graduate()
    old = await revoked(parts, faculty, enrollment)
    course_id, ids = faculty.course.course_id, [enrollment.enrollment_id]

    asked = await certify(parts, faculty, enrollment)
    many = await parts.issuance.issue_many(course_id, ids, CredentialType.CERTIFICATE, None)

    assert asked == old
    assert many == {enrollment.enrollment_id: (old, False)}


async def test_one_in_force_is_never_replaced(parts: CredentialParts, faculty: Faculty) -> None:
    """Neither a valid one nor one that is suspended, which may be reinstated."""
    enrollment = faculty.graduate()
    issued = await certify(parts, faculty, enrollment)
    assert await again(parts, faculty, enrollment) == issued
    suspended = await parts.statuses.suspend_credential(
        faculty.educator, issued.credential_id, "Being looked into", expected_version=None
    )

    assert await again(parts, faculty, enrollment) == suspended


async def test_many_at_once_make_one(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """Twenty callers with requests of their own: one new credential, which all are answered with."""
    enrollment = faculty.graduate()
    await revoked(parts, faculty, enrollment)

    issued = await asyncio.gather(
        *(again(parts, faculty, enrollment, replay=replay(faculty)) for _ in range(20))
    )
    stored = await pool.fetch(
        "select state from credential.credential where enrollment_id = $1", enrollment.enrollment_id
    )

    assert len({one.credential_id for one in issued}) == 1
    assert sorted(row["state"] for row in stored) == [CredentialState.VALID, CredentialState.REVOKED]


async def test_a_request_is_answered_with_its_own_for_ever(
    parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Repeated after its credential was revoked and another took its place: neither that, nor a new one."""
    enrollment, first, second = faculty.graduate(), replay(faculty), replay(faculty)
    issued = await certify(parts, faculty, enrollment, replay=first)
    await revoked(parts, faculty, enrollment)
    other = await again(parts, faculty, enrollment, replay=second)
    await parts.statuses.revoke_credential(
        faculty.educator, other.credential_id, "Wrong again", expected_version=None
    )

    repeated = await again(parts, faculty, enrollment, replay=second)
    earlier = await certify(parts, faculty, enrollment, replay=first)
    count = await pool.fetchval(
        "select count(*) from credential.credential where enrollment_id = $1", enrollment.enrollment_id
    )

    assert (repeated.credential_id, earlier.credential_id) == (other.credential_id, issued.credential_id)
    assert count == 2
