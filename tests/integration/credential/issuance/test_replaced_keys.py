"""Keys replaced while credentials are signed with them: what is stored is signed by a key that signs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from academe.db.pool import Pool
from academe.errors import Overloaded
from academe.services.credential.issuance.awarding import TRIES
from academe.services.credential.keys import KeyState, KeyUse
from academe.services.credential.model import Credential, Document
from academe.services.credential.parts import CredentialParts
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.standards.workers import Workers
from academe.services.credential.validation.model import Verdict
from tests.integration.credential.issuance.rows import halves
from tests.support.graduates import Faculty, certify, opened


async def document_of(pool: Pool, credential: Credential) -> Document:
    found = await CredentialRepository(pool).get_document(credential)
    assert found is not None
    return found


async def rotate(parts: CredentialParts, use: KeyUse) -> int:
    """Retires the school's key of a use; its number."""
    issuer = await parts.issuers.signing()
    number = (issuer.document_key if use is KeyUse.DOCUMENT else issuer.token_key).number
    await parts.administration.rotate_key(issuer.issuer.issuer_id, use, number)
    return number


async def compromise(parts: CredentialParts, use: KeyUse) -> int:
    """The same, for a key that somebody else may have."""
    issuer = await parts.issuers.signing()
    number = (issuer.document_key if use is KeyUse.DOCUMENT else issuer.token_key).number
    await parts.administration.compromise_key(issuer.issuer.issuer_id, number)
    return number


def before_it_is_stored(
    parts: CredentialParts, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[Any]], times: int = 1
) -> list[Any]:
    """Lets `act` happen after credentials were signed and before they are stored; what came of it."""
    repository, done = parts.issuance._awarding._repository, []
    add_issues = repository.add_issues

    async def late(*given: Any) -> Any:
        if len(done) < times:
            done.append(await act())
        return await add_issues(*given)

    monkeypatch.setattr(repository, "add_issues", late)
    return done


@pytest.mark.parametrize("replace", [rotate, compromise])
@pytest.mark.parametrize("use", list(KeyUse))
async def test_replaced_between_signature_and_commit(
    parts: CredentialParts,
    faculty: Faculty,
    pool: Pool,
    workers: Workers,
    monkeypatch: pytest.MonkeyPatch,
    replace: Callable[[CredentialParts, KeyUse], Awaitable[int]],
    use: KeyUse,
) -> None:
    """By another server: the credential is signed again with the new key, stored once, and believed."""
    await certify(parts, faculty)
    async with opened(pool, faculty, workers=workers) as other:
        replaced = before_it_is_stored(parts, monkeypatch, lambda: replace(other, use))
        credential = await certify(parts, faculty)
    document = await document_of(pool, credential)
    used = document.json_key_number if use is KeyUse.DOCUMENT else document.jwt_key_number

    assert used > replaced[0]
    assert (await parts.validation.verify_document(document.json, {})).verdict is Verdict.VALID
    assert (await parts.validation.verify_document(document.jwt, {})).verdict is Verdict.VALID
    assert await halves(pool) == 0


async def test_replaced_again_and_again(
    parts: CredentialParts, faculty: Faculty, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As often as it is tried it is signed again; more often than that nothing is stored, and asking again
    settles it."""
    await certify(parts, faculty)
    before_it_is_stored(parts, monkeypatch, lambda: rotate(parts, KeyUse.DOCUMENT), times=TRIES - 1)
    credential = await certify(parts, faculty)
    monkeypatch.undo()
    before_it_is_stored(parts, monkeypatch, lambda: rotate(parts, KeyUse.DOCUMENT), times=TRIES)
    enrollment = faculty.graduate()
    with pytest.raises(Overloaded):
        await certify(parts, faculty, enrollment)

    assert (await document_of(pool, credential)).json_key_number > 0
    assert (await certify(parts, faculty, enrollment)).enrollment_id == enrollment.enrollment_id
    assert await halves(pool) == 0


async def test_replaced_all_the_time(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers
) -> None:
    """Two servers issue while keys are rotated and found to be compromised: from the moment that an
    administrator was answered, nothing that a replaced key signed is stored any more."""
    made: list[Credential] = []
    replaced: list[tuple[int, int]] = []
    over = asyncio.Event()

    async def issue(server: CredentialParts) -> None:
        while not over.is_set():
            with suppress(Overloaded):  # a slow machine signs five times in vain
                made.append(await certify(server, faculty))

    async def replace(server: CredentialParts) -> None:
        for turn in range(12):
            act = (rotate, compromise)[turn % 2]
            number = await act(server, (KeyUse.DOCUMENT, KeyUse.TOKEN)[turn // 2 % 2])
            leaves = await pool.fetchval("select count(*) from credential.log_leaf")
            replaced.append((number, leaves))
            await asyncio.sleep(0.05)
        over.set()

    async with (
        opened(pool, faculty, workers=workers) as other,
        opened(pool, faculty, workers=workers) as third,
    ):
        await asyncio.gather(replace(third), *(issue(server) for server in (parts, other) for _ in range(3)))
    signed = await pool.fetch(
        """
        select l.leaf_index, d.json_key_number, d.jwt_key_number
        from credential.document d
        join credential.credential c using (credential_id)
        join credential.log_leaf l on l.credential_sha256 = c.document_sha256
        """
    )
    late = [
        (number, row["leaf_index"])
        for number, leaves in replaced
        for row in signed
        if row["leaf_index"] >= leaves and number in (row["json_key_number"], row["jwt_key_number"])
    ]

    assert len(made) > 6
    assert late == []
    assert len({row["json_key_number"] for row in signed}) > 1
    assert await halves(pool) == 0


async def test_what_a_compromised_key_signed_fails_alone(
    parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """What was signed before by a retired key, and after by the next, stays good."""
    first = await certify(parts, faculty)
    await rotate(parts, KeyUse.DOCUMENT)
    second = await certify(parts, faculty)
    number = await compromise(parts, KeyUse.DOCUMENT)
    third = await certify(parts, faculty)
    school = await parts.issuers.school()
    _, keys = await parts.administration.list_keys(school.issuer_id)
    verdicts = [
        (await parts.validation.verify_document((await document_of(pool, one)).json, {})).verdict
        for one in (first, second, third)
    ]

    assert verdicts == [Verdict.VALID, Verdict.INVALID, Verdict.VALID]
    assert [key.state for key in keys if key.number == number] == [KeyState.COMPROMISED]
