"""A credential, its code, its document and its line in the log are stored together or not at all, once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from academe.db.pool import Pool
from academe.errors import DatabaseUnavailable, RequestIdReused
from academe.services.credential.codes import new_code
from academe.services.credential.model import CredentialType, Replay
from academe.services.credential.parts import CredentialParts
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.standards.workers import Workers
from tests.integration.credential.issuance.rows import halves
from tests.support.cut_pool import CutPool
from tests.support.graduates import Faculty, certify, opened

TURNS = 120
"""Turns of the event loop that an issue is cancelled after; whole ones take some sixty."""


async def test_a_call_that_is_cancelled_stores_all_or_nothing(
    parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Cancelled after any number of turns of the loop; asking again settles it."""
    await certify(parts, faculty)  # the process that canonicalises is started by the first
    for turns in range(0, TURNS, 3):
        enrollment = faculty.graduate()
        issuing = asyncio.create_task(certify(parts, faculty, enrollment))
        for _ in range(turns):
            await asyncio.sleep(0)
        issuing.cancel()
        await asyncio.gather(issuing, return_exceptions=True)

        stored = await certify(parts, faculty, enrollment)

        repository = CredentialRepository(pool)
        assert await repository.find_by_code(stored.verification_code) == stored
    assert await halves(pool) == 0


@pytest.mark.parametrize("statements", range(1, 6))
async def test_a_connection_that_is_cut_stores_nothing(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers, statements: int
) -> None:
    """The backend dies between two statements of the transaction; asking again settles it."""
    enrollment = faculty.graduate()
    cut: Any = CutPool(pool, statements)
    async with opened(cut, faculty, workers=workers) as failing:
        await failing.load()
        await failing.issuers.signing()
        with pytest.raises(DatabaseUnavailable):
            await certify(failing, faculty, enrollment)
    stored = await pool.fetchval(
        "select count(*) from credential.credential where enrollment_id = $1", enrollment.enrollment_id
    )

    assert stored == 0
    assert (await certify(parts, faculty, enrollment)).enrollment_id == enrollment.enrollment_id
    assert await halves(pool) == 0


async def test_racing_requests_of_one_id_make_one_credential(
    parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """The same request_id for two types, or two learners, at once: one is issued, the other is told."""
    same = faculty.graduate()
    for first, second in ((same, same), (faculty.graduate(), faculty.graduate())):
        request_id = uuid4()
        outcomes = await asyncio.gather(
            certify(
                parts,
                faculty,
                first,
                CredentialType.DEGREE,
                replay=Replay(faculty.educator_id, request_id, b"first"),
            ),
            certify(
                parts,
                faculty,
                second,
                CredentialType.BADGE,
                replay=Replay(faculty.educator_id, request_id, b"second"),
            ),
            return_exceptions=True,
        )

        assert [type(one) for one in outcomes if isinstance(one, Exception)] == [RequestIdReused]
    assert await pool.fetchval("select count(*) from credential.credential where type = any('{2, 4}')") == 2
    assert await halves(pool) == 0


async def test_two_educators_may_use_the_same_request_id(parts: CredentialParts, faculty: Faculty) -> None:
    """It is made by the client, who may well count from one."""
    request_id = uuid4()
    replays = [Replay(faculty.people.add(), request_id, b"degree") for _ in range(2)]

    issued = [await certify(parts, faculty, replay=replay) for replay in replays]

    assert len({one.credential_id for one in issued}) == 2


@pytest.mark.parametrize("size", [1, 3, 300])
async def test_codes_asked_together_lead_to_their_own_credentials(
    parts: CredentialParts, faculty: Faculty, pool: Pool, size: int
) -> None:
    """One batch of lookups, more than one, and codes that lead nowhere among them."""
    repository = CredentialRepository(pool)
    issued = await asyncio.gather(*(certify(parts, faculty) for _ in range(min(size, 20))))
    asked = [issued[n % len(issued)].verification_code if n % 7 else new_code() for n in range(size)]

    found = await asyncio.gather(*map(repository.find_by_code, asked))

    assert [credential and credential.verification_code for credential in found] == [
        code if n % 7 else None for n, code in enumerate(asked)
    ]
