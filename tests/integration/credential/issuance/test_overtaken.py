"""An issue that others overtake: between its look at what there is and its commit, much may happen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from academe.db.pool import Pool
from academe.services.credential.issuance.repository import IssuanceRepository
from academe.services.credential.model import CredentialState
from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.workers import Workers
from tests.support.graduates import Faculty, certify, opened


async def test_it_was_issued_and_revoked_meanwhile(
    parts: CredentialParts,
    faculty: Faculty,
    pool: Pool,
    workers: Workers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who does not ask for another is answered with the one that is revoked, and issues none in its place."""
    enrollment = faculty.graduate()
    signed, on = asyncio.Event(), asyncio.Event()
    add = IssuanceRepository.add_issues

    async def overtaken(self: IssuanceRepository, *given: Any) -> Any:
        if not signed.is_set():
            signed.set()
            await on.wait()
        return await add(self, *given)

    monkeypatch.setattr(IssuanceRepository, "add_issues", overtaken)
    async with opened(pool, faculty, workers=workers) as other:
        late = asyncio.create_task(certify(parts, faculty, enrollment))
        await signed.wait()
        first = await certify(other, faculty, enrollment)
        await other.statuses.revoke_credential(
            faculty.educator, first.credential_id, "Copied", expected_version=None
        )
        on.set()
        answer = await late

    assert (answer.credential_id, answer.state) == (first.credential_id, CredentialState.REVOKED)
    count = "select count(*) from credential.credential where enrollment_id = $1"
    assert await pool.fetchval(count, enrollment.enrollment_id) == 1
