"""Credentials asked for one by one at the same time are issued together, and each caller gets their own."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from academe.db.pool import Pool
from academe.errors import RequestIdReused
from academe.services.credential.errors import CredentialUnsignable
from academe.services.credential.model import CredentialType, Evidence, Replay
from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.workers import Workers
from tests.support.graduates import Faculty, certify, opened


async def test_many_at_once_share_their_transactions(pool: Pool, faculty: Faculty, workers: Workers) -> None:
    """The log is held a few times, not once for each; what is appended together has its time in common."""
    batches: list[int] = []

    def on_batch(name: str, items: int, seconds: float) -> None:
        if name == "credential.issue":
            batches.append(items)

    async with opened(pool, faculty, workers=workers, on_batch=on_batch) as parts:
        made = await asyncio.gather(*(certify(parts, faculty) for _ in range(40)))
    times = await pool.fetchval(
        """
        select count(distinct log_time)
        from credential.log_leaf
        where credential_sha256 = any($1::bytea[])
        """,
        [one.document_sha256 for one in made],
    )

    assert len({one.verification_code for one in made}) == 40
    assert sum(batches) == 40
    assert len(batches) < 10
    assert times == len(batches)


async def test_who_cannot_be_served_keeps_nobody_else_from_it(
    parts: CredentialParts, faculty: Faculty
) -> None:
    """In one batch: something that cannot be signed, and one request_id for two learners."""
    control = Evidence("Work", "", "Form\x0cfeed")
    ids = [uuid4() for _ in range(3)]

    def asked(request_id: UUID, words: bytes) -> Replay:
        return Replay(faculty.educator_id, request_id, words)

    outcomes = await asyncio.gather(
        certify(parts, faculty, replay=asked(ids[0], b"one")),
        certify(parts, faculty, evidence=[control]),
        certify(parts, faculty, replay=asked(ids[1], b"two")),
        certify(parts, faculty, replay=asked(ids[1], b"something else")),
        certify(parts, faculty, replay=asked(ids[2], b"three")),
        return_exceptions=True,
    )

    assert isinstance(outcomes[1], CredentialUnsignable)
    assert [type(one) for one in outcomes[2:4]].count(RequestIdReused) == 1
    assert [isinstance(one, Exception) for one in outcomes].count(True) == 2


async def test_the_same_one_asked_for_by_many(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """They never share a batch: the first is issued it, and the others are answered with that."""
    enrollment = faculty.graduate()

    made = await asyncio.gather(
        *(certify(parts, faculty, enrollment, CredentialType.DEGREE) for _ in range(10)),
        *(certify(parts, faculty) for _ in range(10)),
    )

    assert len({one.credential_id for one in made[:10]}) == 1
    assert len({one.credential_id for one in made}) == 11
    assert (
        await pool.fetchval(
            "select count(*) from credential.log_leaf where credential_sha256 = $1", made[0].document_sha256
        )
        == 1
    )
