"""DownloadTranscript: all that a learner has in force, newest first, in one signed document."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.credential.errors import CredentialNotFound, NotCredentialHolder, TranscriptTooLong
from academe.services.credential.issuance.draft import Alignment
from academe.services.credential.model import Credential, CredentialType, Evidence, Result
from academe.services.credential.parts import CredentialParts
from academe.services.credential.validation.model import Verdict
from academe.services.credential.validation.transcripts import EMBEDDED_MAX
from tests.support.graduates import Faculty, certify, set_template
from tests.support.ledger import caller

KINDS = list(CredentialType)


class Learner:
    """Somebody who completed a course again and again, which gives four credentials each time."""

    def __init__(self, parts: CredentialParts, faculty: Faculty) -> None:
        self.parts = parts
        self.faculty = faculty
        self.learner_id = faculty.people.add(display_name="Ada")
        self.held: list[Credential] = []

    @property
    def caller(self) -> Caller:
        return caller(self.learner_id, Role.LEARNER)

    async def earn(self, count: int, **fields: Any) -> list[Credential]:
        """So many more, in an order that is known."""
        wanted = []
        while len(wanted) < count:
            enrollment = replace(self.faculty.graduate(), learner_id=self.learner_id)
            self.faculty.enrollments[enrollment.enrollment_id] = enrollment
            wanted += [(enrollment, kind) for kind in KINDS]
        made = await asyncio.gather(
            *(
                certify(self.parts, self.faculty, enrollment, kind, **fields)
                for enrollment, kind in wanted[:count]
            )
        )
        self.held += made
        return list(made)

    async def transcript(self) -> dict[str, Any]:
        file = await self.parts.files.download_transcript(self.caller, None)
        assert file.content_type == "application/vc"
        return json.loads(file.content)


@pytest.fixture
def learner(parts: CredentialParts, faculty: Faculty) -> Learner:
    return Learner(parts, faculty)


def ids(transcript: dict[str, Any]) -> list[str]:
    return [one["id"] for one in transcript["credentialSubject"]["verifiableCredential"]]


def newest_first(credentials: list[Credential]) -> list[str]:
    ordered = sorted(credentials, key=lambda one: one.credential_id, reverse=True)
    return [f"https://school.example/credentials/{one.verification_code}" for one in ordered]


async def test_everything_in_force_newest_first(learner: Learner, pool: Pool) -> None:
    """Each credential as it was signed, and nobody else's."""
    await Learner(learner.parts, learner.faculty).earn(3)
    await learner.earn(4)
    await learner.earn(3)
    transcript = await learner.transcript()
    stored = await pool.fetch(
        "select json from credential.document where learner_id = $1 order by credential_id desc",
        learner.learner_id,
    )

    assert ids(transcript) == newest_first(learner.held)
    assert transcript["credentialSubject"]["verifiableCredential"] == [
        json.loads(row["json"]) for row in stored
    ]
    assert "Ada" not in json.dumps(transcript)


async def test_it_is_believed(learner: Learner) -> None:
    """With all that is in it, until it ends; of the learner it belongs to."""
    await learner.earn(2)
    file = await learner.parts.files.download_transcript(learner.caller, None)
    verified = await learner.parts.validation.verify_document(file.content, {"name": "Ada"})
    transcript = json.loads(file.content)

    assert verified.verdict is Verdict.VALID
    until = datetime.fromisoformat(transcript["validUntil"])
    assert timedelta(days=89) < until - datetime.now(UTC) < timedelta(days=91)


async def test_what_is_not_in_force_is_left_out(learner: Learner, pool: Pool) -> None:
    """Suspended, revoked, expired, or not signed yet; a suspended one comes back with its reinstatement."""
    valid, suspended, revoked, expired, unsigned = await learner.earn(5)
    statuses, educator = learner.parts.statuses, learner.faculty.educator
    await statuses.suspend_credential(educator, suspended.credential_id, "looked into", expected_version=None)
    await statuses.revoke_credential(educator, revoked.credential_id, "copied", expected_version=None)
    await pool.execute(
        "update credential.credential set expire_time = now() - interval '1 s' where credential_id = $1",
        expired.credential_id,
    )
    await pool.execute("delete from credential.document where credential_id = $1", unsigned.credential_id)

    assert ids(await learner.transcript()) == newest_first([valid])
    await statuses.reinstate_credential(educator, suspended.credential_id, expected_version=None)
    assert ids(await learner.transcript()) == newest_first([valid, suspended])


async def test_as_many_as_it_takes(learner: Learner) -> None:
    """Fifty, however many more are not in force; with one more it is too long."""
    await learner.earn(EMBEDDED_MAX + 10)
    oldest_first = sorted(learner.held, key=lambda one: one.credential_id)
    gone, rest = oldest_first[::6], [one for n, one in enumerate(oldest_first) if n % 6]
    with pytest.raises(TranscriptTooLong) as refusal:
        await learner.transcript()
    for one in gone:
        await learner.parts.statuses.suspend_credential(
            learner.faculty.educator, one.credential_id, "looked into", expected_version=None
        )

    assert refusal.value.metadata == {"limit": "50"}
    assert len(rest) == EMBEDDED_MAX
    assert ids(await learner.transcript()) == newest_first(rest)
    await learner.parts.statuses.reinstate_credential(
        learner.faculty.educator, gone[0].credential_id, expected_version=None
    )
    with pytest.raises(TranscriptTooLong):
        await learner.transcript()


@pytest.mark.parametrize("large", ["values", "bytes"])
async def test_more_than_anybody_reads(learner: Learner, large: str) -> None:
    """Few credentials that say very much are too long as well, which is not called a fault of ours."""
    narrative = "x" * 4_000 if large == "bytes" else "x"
    for kind in KINDS:
        await set_template(
            learner.parts,
            learner.faculty,
            kind,
            tags=[f"tag {number}" for number in range(20)],
            alignments=[Alignment(f"a {n}", f"https://a.example/{n}", "c", "f", "d") for n in range(20)],
        )
    await learner.earn(
        40 if large == "values" else 10,
        results=[Result(f"r {number}", "1") for number in range(10)],
        evidence=[Evidence(f"e {n}", f"https://e.example/{n}", narrative) for n in range(10)],
    )
    with pytest.raises(TranscriptTooLong):
        await learner.transcript()


async def test_nothing_to_hand_over(learner: Learner) -> None:
    """Somebody who holds nothing that is in force has no transcript."""
    with pytest.raises(CredentialNotFound):
        await learner.transcript()
    (one,) = await learner.earn(1)
    await learner.parts.statuses.revoke_credential(
        learner.faculty.educator, one.credential_id, "copied", expected_version=None
    )
    with pytest.raises(CredentialNotFound):
        await learner.transcript()


async def test_whose_transcript_it_is(learner: Learner) -> None:
    """The learner's and administrators'; not their educator's."""
    await learner.earn(1)
    administrator = caller(new_id(), Role.ADMINISTRATOR)
    file = await learner.parts.files.download_transcript(administrator, learner.learner_id)

    assert ids(json.loads(file.content)) == newest_first(learner.held)
    for who in (learner.faculty.educator, caller(new_id(), Role.LEARNER)):
        with pytest.raises(NotCredentialHolder):
            await learner.parts.files.download_transcript(who, learner.learner_id)
