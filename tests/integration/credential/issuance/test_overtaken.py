"""An issue that others overtake: between its look at what there is and its commit, much may happen."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.credential.issuance.repository import IssuanceRepository
from academe.services.credential.model import Credential, CredentialState, CredentialType, Replay
from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.workers import Workers
from tests.support.graduates import Faculty, certify, opened


class Late:
    """The first issue waits once it is signed, until it is let `on`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.signed, self.on = asyncio.Event(), asyncio.Event()
        add = IssuanceRepository.add_issues

        async def overtaken(repository: IssuanceRepository, *given: Any) -> Any:
            if not self.signed.is_set():
                self.signed.set()
                await self.on.wait()
            return await add(repository, *given)

        monkeypatch.setattr(IssuanceRepository, "add_issues", overtaken)


async def revoke(parts: CredentialParts, faculty: Faculty, credential: Credential) -> None:
    await parts.statuses.revoke_credential(
        faculty.educator, credential.credential_id, "Copied", expected_version=None
    )


async def issued_count(pool: Pool, enrollment_id: UUID) -> int:
    count: int = await pool.fetchval(
        "select count(*) from credential.credential where enrollment_id = $1", enrollment_id
    )
    return count


async def test_it_was_issued_and_revoked_meanwhile(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not ask for another is answered with the one that is revoked, and issues none in its place."""
    enrollment, late = faculty.graduate(), Late(monkeypatch)
    async with opened(pool, faculty, workers=workers) as other:
        asked = asyncio.create_task(certify(parts, faculty, enrollment))
        await late.signed.wait()
        first = await certify(other, faculty, enrollment)
        await revoke(other, faculty, first)
        late.on.set()
        answer = await asked

    assert (answer.credential_id, answer.state) == (first.credential_id, CredentialState.REVOKED)
    assert await issued_count(pool, enrollment.enrollment_id) == 1


async def test_its_request_was_answered_and_that_was_revoked_meanwhile(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request to replace what is revoked replaces it once, at whichever servers it arrives and however
    late: it never makes another of what became of its answer."""
    enrollment = faculty.graduate()
    await revoke(parts, faculty, await certify(parts, faculty, enrollment))
    asked_for: dict[str, Any] = {
        "replaces_revoked": True,
        "replay": Replay(faculty.educator_id, uuid4(), b"as it was"),
    }
    late = Late(monkeypatch)
    async with opened(pool, faculty, workers=workers) as other:
        asked = asyncio.create_task(certify(parts, faculty, enrollment, **asked_for))
        await late.signed.wait()
        first = await certify(other, faculty, enrollment, **asked_for)
        await revoke(other, faculty, first)
        late.on.set()
        answers = [await asked, await certify(parts, faculty, enrollment, **asked_for)]

    assert [one.credential_id for one in answers] == [first.credential_id] * 2
    assert await issued_count(pool, enrollment.enrollment_id) == 2


async def test_its_request_was_answered_and_that_was_replaced_meanwhile(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it answered with what somebody else's request made in its place."""
    enrollment = faculty.graduate()
    await revoke(parts, faculty, await certify(parts, faculty, enrollment))
    replay = Replay(faculty.educator_id, uuid4(), b"as it was")
    late = Late(monkeypatch)
    async with opened(pool, faculty, workers=workers) as other:
        asked = asyncio.create_task(certify(parts, faculty, enrollment, replaces_revoked=True, replay=replay))
        await late.signed.wait()
        first = await certify(other, faculty, enrollment, replaces_revoked=True, replay=replay)
        await revoke(other, faculty, first)
        await certify(other, faculty, enrollment, replaces_revoked=True)
        late.on.set()
        answer = await asked

    assert answer.credential_id == first.credential_id
    assert await issued_count(pool, enrollment.enrollment_id) == 3


async def test_it_waits_for_another_while_it_is_issued_and_revoked(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers
) -> None:
    """An insert of several waits for a transaction about one of them, and does not see what happens to the
    others meanwhile."""
    held_up, other_one = sorted((faculty.graduate(), faculty.graduate()), key=lambda one: one.learner_id)
    known = await certify(parts, faculty)
    both = [held_up.enrollment_id, other_one.enrollment_id]
    async with pool.acquire() as somebody:
        transaction = somebody.transaction()
        await transaction.start()
        await _write_row(somebody, known, held_up.learner_id, held_up.enrollment_id)
        asked = asyncio.create_task(
            parts.issuance.issue_many(faculty.course.course_id, both, CredentialType.CERTIFICATE, None)
        )
        await _until_it_waits(pool)
        async with opened(pool, faculty, workers=workers) as other:
            first = await certify(other, faculty, other_one)
            await revoke(other, faculty, first)
        await transaction.rollback()
    answers = await asked

    answer = answers[other_one.enrollment_id]
    assert isinstance(answer, tuple)
    assert (answer[0].credential_id, answer[0].state) == (first.credential_id, CredentialState.REVOKED)
    assert await issued_count(pool, other_one.enrollment_id) == 1
    assert await issued_count(pool, held_up.enrollment_id) == 1


async def _write_row(
    connection: asyncpg.Connection, like: Credential, learner_id: UUID, enrollment_id: UUID
) -> None:
    await connection.execute(
        """
        insert into credential.credential
        select (jsonb_populate_record(c, jsonb_build_object(
            'learner_id', $1::uuid, 'enrollment_id', $2::uuid, 'credential_id', $3::uuid
        ))).*
        from credential.credential as c where credential_id = $4
        """,
        learner_id,
        enrollment_id,
        new_id(),
        like.credential_id,
    )


async def _until_it_waits(pool: Pool) -> None:
    async with asyncio.timeout(30):
        while not await pool.fetchval(  # noqa: ASYNC110 - it happens in the database
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'
              and query like '%insert into credential.credential%'
            """
        ):
            await asyncio.sleep(0.01)
