"""Credentials from before credentials were signed: each is signed once, and the log told what it is."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from academe.db.pool import Pool
from academe.errors import WorkerUnavailable
from academe.ids import new_id
from academe.services.credential.codes import new_code
from academe.services.credential.issuance import backlog as backlog_module
from academe.services.credential.keys import KeyUse
from academe.services.credential.log.model import LogEvent
from academe.services.credential.model import Credential, CredentialState, CredentialType
from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.workers import Workers
from academe.services.credential.validation.model import Verdict
from tests.integration.credential.issuance.bulk import Log
from tests.integration.credential.issuance.rows import halves, history
from tests.integration.credential.statuses.conftest import Registry
from tests.support.graduates import Faculty, certify, opened

LONG_AGO = datetime(2025, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
PLACES = "select count(*) from credential.status_entry"


async def left_behind(
    pool: Pool, faculty: Faculty, *, state: int = 1, title: str = "Loops", name: str = "Ada", day: int = 0
) -> UUID:
    """A credential as the first version of the product stored it, with nothing but the columns it knew."""
    enrollment, credential_id, code = faculty.graduate(name), new_id(), new_code()
    await pool.execute(
        """
        insert into credential.credential (
            learner_id, credential_id, enrollment_id, course_id, awarder_id, type, course_title,
            learner_name, awarder_name, verification_code, state, issue_time, revoke_time, status_reason,
            version
        )
        values ($1, $2, $3, $4, $5, 1, $6, $7, 'Grace', $8, $9::smallint, $10::timestamptz,
                case when $9 = 2 then $10 + interval '1 day' end, case when $9 = 2 then 'copied' else '' end,
                1)
        """,
        enrollment.learner_id,
        credential_id,
        enrollment.enrollment_id,
        enrollment.course_id,
        faculty.educator_id,
        title,
        name,
        code,
        state,
        LONG_AGO + timedelta(days=day),
    )
    await pool.execute(
        "insert into credential.verification_code (code, learner_id, credential_id) values ($1, $2, $3)",
        code,
        enrollment.learner_id,
        credential_id,
    )
    return credential_id


@pytest.fixture
def registry(parts: CredentialParts, faculty: Faculty, pool: Pool) -> Registry:
    return Registry(parts, faculty, pool)


@pytest.fixture(autouse=True)
async def nothing_left(pool: Pool) -> None:
    """Each test begins without what another could not have signed."""
    await pool.execute("delete from credential.credential where document_sha256 is null")
    await pool.execute(
        """
        delete from credential.verification_code v
        where not exists (select from credential.credential c where c.credential_id = v.credential_id)
        """
    )


async def get(registry: Registry, credential_id: UUID) -> Credential:
    return await registry.parts.credentials.get_credential(registry.educator, credential_id)


async def test_what_was_issued_is_signed(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Some hundred, whatever became of them; a second run finds nothing to do."""
    valid = [await left_behind(pool, faculty, day=day) for day in range(100)]
    revoked = [await left_behind(pool, faculty, state=2, name="Grête 🎓") for _ in range(5)]
    suspended = await left_behind(pool, faculty)
    await registry.suspend(await get(registry, suspended))
    signed_already = await certify(parts, faculty)
    before = {one: await get(registry, one) for one in (*valid, *revoked, suspended)}
    await parts.backlog.run()
    leaves = await pool.fetchval("select count(*) from credential.log_leaf")
    await parts.backlog.run()

    assert await pool.fetchval("select count(*) from credential.log_leaf") == leaves
    for one, was in before.items():
        now = await get(registry, one)
        assert now.document_sha256 is not None
        assert (now.issuer_did, now.issuer_name) == ("did:web:school.example", "school.example")
        assert (now.issue_time, now.state, now.learner_name, now.title, now.status_reason) == (
            was.issue_time,
            was.state,
            was.learner_name,
            was.title,
            was.status_reason,
        )
        events = {CredentialState.REVOKED: [LogEvent.REVOKE], CredentialState.SUSPENDED: [LogEvent.SUSPEND]}
        assert await history(pool, now) == [LogEvent.ISSUE, *events.get(now.state, [])]
        assert await registry.read(now) == (
            now.state is CredentialState.REVOKED,
            now.state is CredentialState.SUSPENDED,
        )
    assert await get(registry, signed_already.credential_id) == signed_already
    assert await halves(pool) == 0


async def test_what_is_signed_is_believed(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """By whoever is given the code or the document; of the day it was issued, with a signature of today."""
    ids = [await left_behind(pool, faculty, state=state) for state in (1, 2)]
    await parts.backlog.run()
    verdicts = []
    for one in ids:
        credential = await get(registry, one)
        content = await pool.fetchval("select json from credential.document where credential_id = $1", one)
        verdicts.append(
            (
                (await parts.validation.verify_code(credential.verification_code, {"name": "Ada"})).verdict,
                (await parts.validation.verify_document(content, {"name": "Ada"})).verdict,
            )
        )
    document = json.loads(content)

    assert verdicts == [(Verdict.VALID,) * 2, (Verdict.REVOKED,) * 2]
    assert document["validFrom"] == document["awardedDate"] == "2025-03-04T05:06:07Z"
    created = datetime.fromisoformat(document["proof"]["created"])
    assert timedelta() <= datetime.now(UTC) - created < timedelta(minutes=1)
    assert [one["identityType"] for one in document["credentialSubject"]["identifier"]] == ["name"]
    assert b"Ada" not in content


async def test_several_servers_at_once(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers
) -> None:
    """Each is signed for good by the first that stores it, although all have signed it."""
    ids = [await left_behind(pool, faculty, state=1 + n % 2) for n in range(80)]
    async with opened(pool, faculty, workers=workers) as second, opened(pool, faculty) as third:
        await asyncio.gather(parts.backlog.run(), second.backlog.run(), third.backlog.run())

    for one in ids:
        now = await get(registry, one)
        assert (await history(pool, now))[:1] == [LogEvent.ISSUE]
        assert len(await history(pool, now)) == (2 if now.state is CredentialState.REVOKED else 1)
        assert await registry.read(now) == (now.state is CredentialState.REVOKED, False)
    documents = await pool.fetch(
        "select credential_id, json from credential.document where credential_id = any($1::uuid[])", ids
    )
    assert {row["credential_id"] for row in documents} == set(ids)
    for row in documents:
        now = await get(registry, row["credential_id"])
        assert now.document_sha256 == hashlib.sha256(row["json"]).digest()


async def test_revoked_in_the_meantime(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While they are being signed: every word is in the list and, after the issue, in the log."""
    monkeypatch.setattr(backlog_module, "BATCH", 5)
    ids = [await left_behind(pool, faculty) for _ in range(40)]
    credentials = [await get(registry, one) for one in ids]
    await asyncio.gather(
        parts.backlog.run(),
        *(registry.revoke(one) for one in credentials[::2]),
        *(registry.suspend(one) for one in credentials[1::2]),
    )

    for number, one in enumerate(ids):
        now = await get(registry, one)
        word = LogEvent.SUSPEND if number % 2 else LogEvent.REVOKE
        assert await history(pool, now) == [LogEvent.ISSUE, word]
        assert await registry.read(now) == (word is LogEvent.REVOKE, word is LogEvent.SUSPEND)


async def test_a_key_that_is_replaced_meanwhile(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the signature and the commit: signed again, by the new one."""
    await certify(parts, faculty)
    ids = [await left_behind(pool, faculty) for _ in range(3)]
    reserve, school = parts.backlog._places.reserve_places, await parts.issuers.signing()

    async def replaced_once(*given: Any) -> Any:
        monkeypatch.undo()
        await parts.administration.rotate_key(
            school.issuer.issuer_id, KeyUse.DOCUMENT, school.document_key.number
        )
        return await reserve(*given)

    monkeypatch.setattr(parts.backlog._places, "reserve_places", replaced_once)
    await parts.backlog.run()
    numbers = await pool.fetch(
        "select json_key_number from credential.document where credential_id = any($1::uuid[])", ids
    )

    assert len(numbers) == 3
    assert {row["json_key_number"] for row in numbers} == {
        (await parts.issuers.signing()).document_key.number
    }
    assert school.document_key.number not in {row["json_key_number"] for row in numbers}
    for one in ids:
        assert await history(pool, await get(registry, one)) == [LogEvent.ISSUE]


async def test_what_cannot_be_signed_is_left_as_it_is(
    registry: Registry, faculty: Faculty, pool: Pool, workers: Workers
) -> None:
    """The log says which and why, each time; the others get theirs."""
    before = await pool.fetchval(PLACES)
    odd = await left_behind(pool, faculty, title="Bell\a")
    plain = [await left_behind(pool, faculty) for _ in range(3)]
    log = Log()
    async with opened(pool, faculty, workers=workers, log=log) as logged:
        await logged.backlog.run()
        await logged.backlog.run()
    left = await get(registry, odd)

    assert (left.document_sha256, left.issuer_id) == (None, None)
    assert all([(await get(registry, one)).document_sha256 for one in plain])
    assert await pool.fetchval(PLACES) == before + len(plain)
    assert [about["credential_id"] for _, about in log.errors] == [str(odd)] * 2
    assert log.errors[0][1]["path"] == "/name"


class Away(Workers):
    """No process to be had."""

    async def signing_inputs(self, jobs: Sequence[Any]) -> list[Any]:
        raise WorkerUnavailable


async def test_no_process_to_be_had(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """The run ends with that, for the background to begin another; nothing is taken for unsignable."""
    before = await pool.fetchval(PLACES)
    one = await left_behind(pool, faculty)
    log = Log()
    async with opened(pool, faculty, workers=Away(), log=log) as away:
        with pytest.raises(WorkerUnavailable):
            await away.backlog.run()
    await parts.backlog.run()

    assert log.errors == []
    assert (await get(registry, one)).document_sha256 is not None
    assert await pool.fetchval(PLACES) == before + 1


async def test_asked_for_again(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Issuing answers with the old one, signed or not yet."""
    old = await get(registry, await left_behind(pool, faculty))
    enrollment = faculty.enrollments[old.enrollment_id]
    assert await certify(parts, faculty, enrollment, CredentialType.CERTIFICATE) == old
    await parts.backlog.run()

    assert await certify(parts, faculty, enrollment) == await get(registry, old.credential_id)
