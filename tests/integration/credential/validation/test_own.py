"""Credentials of this school, by document: also a stolen key cannot make what was never issued."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from academe.db.pool import Pool
from academe.services.credential.issuance.draft import credential_uri
from academe.services.credential.model import Credential
from academe.services.credential.parts import CredentialParts
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.standards import data_integrity, jose, strict_json
from academe.services.credential.standards.workers import Workers
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict
from tests.integration.credential.validation.conftest import Elsewhere
from tests.integration.credential.validation.signing import sign_as
from tests.interop.tampering import tampered
from tests.support.graduates import BASE_URI, Faculty, certify, opened


async def document_of(pool: Pool, credential: Credential) -> dict[str, Any]:
    document = await CredentialRepository(pool).get_document(credential)
    assert document is not None
    return strict_json.parse(document.json)


@pytest.mark.parametrize("form", [FileFormat.JSON, FileFormat.JWT, FileFormat.PNG, FileFormat.SVG])
async def test_every_form_is_believed(parts: CredentialParts, faculty: Faculty, form: FileFormat) -> None:
    """As it was downloaded, and with space around it where that is text."""
    issued = await certify(parts, faculty)
    file = await parts.files.file_of(issued, form)
    again = file.content if form is FileFormat.PNG else b"\n " + file.content + b"\n"

    for content in (file.content, again):
        told = await parts.validation.verify_document(content, {"name": "Ada"})

        assert told.verdict is Verdict.VALID, told.checks
        assert [check.result for check in told.checks] == [CheckResult.PASS] * 8


async def test_json_that_somebody_has_formatted_is_the_same(
    parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Spaces and the order of names are not part of what was signed."""
    document = await document_of(pool, await certify(parts, faculty))
    shuffled = dict(random.Random(1).sample(sorted(document.items()), len(document)))

    told = await parts.validation.verify_document(json.dumps(shuffled, indent=4).encode(), {})

    assert told.verdict is Verdict.VALID, told.checks


async def test_nothing_can_be_changed(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """Every value changed and deleted, everything given a sibling: none is valid, and most are not even
    looked up."""
    document = await document_of(pool, await certify(parts, faculty))
    changes = list(tampered(document))

    told = [(what, await parts.validation.verify_document(text, {})) for what, text in changes]

    assert len(told) > 100
    assert [what for what, one in told if one.verdict is Verdict.VALID] == []


async def test_what_a_stolen_key_signs(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """Under an id that was never given, and under one that was: the log knows of neither."""
    issued = await certify(parts, faculty)
    genuine = await document_of(pool, issued)
    signing = await parts.issuers.signing()
    stolen, token = signing.document_key, signing.token_key
    for uri in (credential_uri(BASE_URI, "0" * 20), genuine["id"], "urn:uuid:1"):
        forged = {name: value for name, value in genuine.items() if name != "proof"}
        forged |= {"id": uri, "name": "Doctor of Everything"}
        options = data_integrity.proof_options(stolen.method, genuine["proof"]["created"])
        signature = stolen.key.sign(data_integrity.signing_input(forged, options))
        signed = strict_json.serialise(data_integrity.attach(forged, options, signature))
        for content in (signed, jose.sign(forged, token.key, token.method)):
            told = await parts.validation.verify_document(content, {})

            assert told.verdict is Verdict.INVALID
            assert [one.name for one in told.checks if one.result is CheckResult.FAIL] == [CheckName.LOG]


async def test_one_that_many_look_at(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is canonicalised once; what can change is looked up each time, and so is the document itself."""
    issued, asked = await certify(parts, faculty), 0
    check = workers.proofs_to_check

    async def counted(document: dict[str, Any], *, strange: bool = True) -> Any:
        nonlocal asked
        asked += 1
        return await check(document, strange=strange)

    monkeypatch.setattr(workers, "proofs_to_check", counted)
    first = [await parts.validation.verify_code(issued.verification_code, {}) for _ in range(5)]
    await parts.statuses.suspend_credential(
        faculty.educator, issued.credential_id, "Copied", expected_version=None
    )
    second = await parts.validation.verify_code(issued.verification_code, {})
    changed = strict_json.serialise(await document_of(pool, issued) | {"name": "Doctor of Everything"})
    await pool.execute(
        "update credential.document set json = $2 where credential_id = $1", issued.credential_id, changed
    )
    third = await parts.validation.verify_code(issued.verification_code, {})

    assert [one.verdict for one in first] == [Verdict.VALID] * 5
    assert (second.verdict, third.verdict, asked) == (Verdict.SUSPENDED, Verdict.INVALID, 2)


async def test_keys_sign_what_they_are_for(parts: CredentialParts, faculty: Faculty) -> None:
    """What the key for documents has signed is no token of ours, and no document what the other signed."""
    issued = await certify(parts, faculty)
    signing = await parts.issuers.signing()
    token = (await parts.files.file_of(issued, FileFormat.JWT)).content
    key = OKPKey.import_key(signing.document_key.key)
    header = {"alg": "Ed25519", "typ": "vc+jwt", "kid": signing.document_key.method}
    claims = strict_json.serialise(jose.read(token)[1])
    signed = jws.serialize_compact(header, claims, key, ["Ed25519"]).encode()
    document = strict_json.parse((await parts.files.file_of(issued, FileFormat.JSON)).content)
    document["proof"]["verificationMethod"] = signing.token_key.method

    told = [
        await parts.validation.verify_document(one, {}) for one in (signed, strict_json.serialise(document))
    ]

    assert [one.verdict for one in told] == [Verdict.INVALID, Verdict.INVALID]
    assert [one.checks[-1].name for one in told] == [CheckName.ISSUER, CheckName.ISSUER]


async def test_a_row_that_somebody_reinstated_in_secret(
    parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """The log remembers that it was revoked, so the rows alone do not make it valid again."""
    issued = await certify(parts, faculty)
    await parts.statuses.revoke_credential(
        faculty.educator, issued.credential_id, "Copied the exam", expected_version=None
    )
    await pool.execute(
        "update credential.credential set state = 1, revoke_time = null where credential_id = $1",
        issued.credential_id,
    )
    await pool.execute(
        "update credential.status_entry set state = 1 where credential_id = $1", issued.credential_id
    )

    told = await parts.validation.verify_code(issued.verification_code, {})

    assert told.verdict is Verdict.INVALID
    assert [one.name for one in told.checks if one.result is CheckResult.FAIL] == [CheckName.LOG]


async def test_a_document_that_somebody_exchanged_in_secret(
    parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Who has the key and the database may sign another and put it in its place; the log has its digest."""
    issued = await certify(parts, faculty)
    exchanged = await document_of(pool, issued) | {"name": "Doctor of Everything"}
    content = sign_as(await parts.issuers.signing(), exchanged)
    await pool.execute(
        "update credential.document set json = $2 where credential_id = $1", issued.credential_id, content
    )

    told = [
        await parts.validation.verify_document(content, {}),
        await parts.validation.verify_code(issued.verification_code, {}),
    ]

    assert [one.verdict for one in told] == [Verdict.INVALID, Verdict.INVALID]
    assert {one.name for one in told[0].checks if one.result is CheckResult.FAIL} == {CheckName.LOG}


async def test_by_its_id(parts: CredentialParts, faculty: Faculty) -> None:
    """The address in the document; an address of somebody else is unknown, and is not asked for."""
    issued = await certify(parts, faculty)

    known = await parts.validation.verify_uri(credential_uri(BASE_URI, issued.verification_code), {})
    other = await parts.validation.verify_uri("https://oxford.example/credentials/1", {})

    assert known.verdict is Verdict.VALID
    assert (other.verdict, other.statement) == (Verdict.UNKNOWN, None)


async def test_after_the_school_moved(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers, elsewhere: Elsewhere
) -> None:
    """At another address it is another issuer; what the first one issued is not called forged, and as long as
    its lists are nowhere to be had it is not called valid either."""
    issued = await certify(parts, faculty)
    file = await parts.files.file_of(issued, FileFormat.JSON)
    async with opened(
        pool, faculty, workers=workers, fetcher=elsewhere, base_uri="https://moved.example"
    ) as moved:
        told = await moved.validation.verify_document(file.content, {})

        assert (told.verdict, [one.name for one in told.checks if one.result is not CheckResult.PASS]) == (
            Verdict.UNKNOWN,
            [CheckName.STATUS],
        )
        by_code = await moved.validation.verify_code(issued.verification_code, {})
        assert by_code.checks == told.checks
