"""A thousand people certified at once: each has a credential, a code, a place and a line in the log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from itertools import pairwise, product
from uuid import UUID

from academe.db.pool import Pool
from academe.services.credential.log.model import LogEvent
from academe.services.credential.model import Credential, CredentialType
from academe.services.credential.parts import CredentialParts
from tests.integration.credential.graduation import certificate_for, completed, published_course
from tests.integration.credential.issuance.rows import events, halves, places
from tests.support.graduates import Faculty, certify
from tests.support.school import School

AT_ONCE = 50
"""As many as a pool of eight connections serves before the last of them has waited too long."""


async def issued(parts: CredentialParts, faculty: Faculty, count: int) -> list[Credential]:
    made: list[Credential] = []
    for start in range(0, count, AT_ONCE):
        kinds = [CredentialType(1 + (start + n) % 4) for n in range(AT_ONCE)]
        made += await asyncio.gather(*(certify(parts, faculty, kind=kind) for kind in kinds))
    return made


def is_monotone(positions: Sequence[int]) -> bool:
    return positions in (sorted(positions), sorted(positions, reverse=True))


async def test_a_thousand_at_once(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """All succeed; places are unique and tell nothing of the order of issue; nothing has only half of it."""
    made = await issued(parts, faculty, 1_000)
    given = await places(pool)
    positions = [position for _, position in given]
    upwards = sum(here < there for here, there in pairwise(positions))

    assert len({one.credential_id for one in made}) == 1_000
    assert len({one.verification_code for one in made}) == 1_000
    assert len(set(given)) == 1_000
    assert not is_monotone(positions)
    assert 400 < upwards < 600  # half of the steps, give or take nine
    assert min(positions) < 6_000
    assert max(positions) > 125_000
    assert await events(pool) == {LogEvent.ISSUE: 1_000}
    assert await halves(pool) == 0


async def test_a_document_says_where_its_place_is(
    parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """The one place, in two lists; both of them have room for 131,072."""
    made = await certify(parts, faculty)
    document = await pool.fetchval(
        "select json from credential.document where credential_id = $1", made.credential_id
    )
    entries = json.loads(document)["credentialStatus"]
    place = await pool.fetchrow(
        "select list_id, position from credential.status_entry where credential_id = $1", made.credential_id
    )

    assert [entry["statusPurpose"] for entry in entries] == ["revocation", "suspension"]
    assert {entry["statusListIndex"] for entry in entries} == {str(place["position"])}
    assert {UUID(entry["statusListCredential"].split("/")[-2]) for entry in entries} == {place["list_id"]}


async def test_a_hundred_over_the_wire(school: School, pool: Pool) -> None:
    """Four types for twenty-five graduates by a hundred calls at once."""
    before = await events(pool)
    educator = await school.educator("grace")
    course = await published_course(educator)
    learners = [await school.learner(f"ada{number}") for number in range(25)]
    enrollments = await asyncio.gather(*(completed(learner, course) for learner in learners))

    made = await asyncio.gather(
        *(
            educator.credentials.IssueCredential(certificate_for(enrollment, type=kind))
            for enrollment in enrollments
            for kind in (1, 2, 3, 4)
        )
    )

    assert len({one.verification_code for one in made}) == 100
    assert {(one.enrollment_id, one.type) for one in made} == set(product(enrollments, (1, 2, 3, 4)))
    assert (await events(pool) - before) == {LogEvent.ISSUE: 100}
    assert await halves(pool) == 0
