"""What a credential says of its learner: to who knows them, that it is they; to everybody else, nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import EtagMismatch
from academe.services.credential.errors import CredentialNotFound, NotCredentialHolder
from academe.services.credential.model import (
    Credential,
    CredentialType,
    CredentialVisibility,
    Document,
    Evidence,
    Result,
)
from academe.services.credential.parts import CredentialParts
from academe.services.credential.ports import EnrollmentFacts
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict, Verification
from tests.integration.credential.issuance.rows import history
from tests.support.graduates import Faculty, certify
from tests.support.ledger import caller

HOLDER, CODE, PUBLIC = CredentialVisibility.HOLDER, CredentialVisibility.CODE, CredentialVisibility.PUBLIC
KINDS = (CredentialType.CERTIFICATE, CredentialType.BADGE)
NAMES = (
    "Wilhelmina Quackenbush",
    "Βασιλική Παπαδοπούλου",
    'O\'Zoë "Zed" <b>Łącka</b>',
    "山田太郎",
    "فاطمة الزهراء",
)


def learner(faculty: Faculty, name: str, email: str = "W.Quackenbush@Example.ORG") -> EnrollmentFacts:
    """A graduate with an e-mail address."""
    enrollment = faculty.graduate(name)
    accounts = faculty.people.accounts
    accounts[enrollment.learner_id] = replace(accounts[enrollment.learner_id], email=email)
    return enrollment


async def document_of(pool: Pool, credential: Credential) -> Document:
    found = await CredentialRepository(pool).get_document(credential)
    assert found is not None
    return found


def payload(token: bytes) -> bytes:
    part = token.split(b".")[1]
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def identities(document: bytes) -> dict[str, Mapping[str, str]]:
    found = json.loads(document)["credentialSubject"]["identifier"]
    return {one["identityType"]: one for one in found}


def spellings(text: str) -> set[bytes]:
    """Every way in which a text may stand in JSON, in any of its halves."""
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")} | {text.lower(), text.upper()}
    words = forms | {word for form in forms for word in form.split() if len(word) > 3}
    return {
        spelt
        for word in words
        for spelt in (word.encode(), json.dumps(word)[1:-1].encode(), base64.b64encode(word.encode()))
    }


def holder(credential: Credential) -> Caller:
    return caller(credential.learner_id, Role.LEARNER)


@pytest.mark.parametrize("name", NAMES)
async def test_nothing_of_the_learner_is_in_the_signed_bytes(
    parts: CredentialParts, faculty: Faculty, pool: Pool, name: str
) -> None:
    """No name, no address, no id of an account or an enrollment, in neither form, however it is spelt."""
    enrollment = learner(faculty, name)
    account = faculty.people.accounts[enrollment.learner_id]
    credential = await certify(
        parts,
        faculty,
        enrollment,
        results=[Result("Grade", "A")],
        evidence=[Evidence("Work", "", "An essay")],
    )
    document = await document_of(pool, credential)
    shown = document.json + b"\n" + document.jwt + b"\n" + payload(document.jwt)
    secrets = {
        *spellings(name),
        *spellings(account.email),
        account.username.encode(),
        *(str(one).encode() for one in (enrollment.learner_id, enrollment.enrollment_id)),
        str(faculty.educator_id).encode(),
    }

    assert {secret for secret in secrets if secret in shown} == set()
    assert str(faculty.course.course_id).encode() in shown  # what is looked for would be found
    assert json.loads(document.json)["credentialSubject"].keys() == {
        "type",
        "identifier",
        "achievement",
        "result",
    }


@pytest.mark.parametrize("name", NAMES)
async def test_who_knows_them_can_compare(
    parts: CredentialParts, faculty: Faculty, pool: Pool, name: str
) -> None:
    """By the rule of Open Badges, with nothing of ours; with the address in lower case."""
    credential = await certify(parts, faculty, learner(faculty, name))
    document = await document_of(pool, credential)
    for content in (document.json, payload(document.jwt)):
        stated = identities(content)
        assert stated.keys() == {"name", "emailAddress"}
        for kind, value in (
            ("name", unicodedata.normalize("NFC", name)),
            ("emailAddress", "w.quackenbush@example.org"),
        ):
            one = stated[kind]
            assert one["hashed"] is True
            digest = hashlib.sha256((value + one["salt"]).encode()).hexdigest()
            assert one["identityHash"] == f"sha256${digest}"
        assert stated == identities(document.json)


async def test_salts_are_never_used_twice(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """So that two credentials of one learner have nothing in common, and no table of hashes helps."""
    enrollments = [learner(faculty, "Ada") for _ in range(5)]
    salts, hashes = [], []
    for enrollment in enrollments:
        for kind in KINDS:
            credential = await certify(parts, faculty, enrollment, kind)
            for one in identities((await document_of(pool, credential)).json).values():
                salts.append(one["salt"])
                hashes.append(one["identityHash"])

    assert len(salts) == len(set(salts)) == len(set(hashes)) == 20
    assert all(len(base64.urlsafe_b64decode(salt + "==")) >= 16 for salt in salts)


async def test_somebody_without_an_address(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """Is known by their name alone, and not by the hash of nothing."""
    credential = await certify(parts, faculty, learner(faculty, "Ada", email=""))

    assert identities((await document_of(pool, credential)).json).keys() == {"name"}


def recipient(verification: Verification) -> CheckResult:
    (check,) = [one for one in verification.checks if one.name is CheckName.RECIPIENT]
    return check.result


async def mentions(pool: Pool, text: str) -> list[str]:
    """The tables of the slice that have a text in any column, bytes included."""
    tables = await pool.fetch(
        "select table_name from information_schema.tables where table_schema = 'credential'"
    )
    found = []
    for row in tables:
        table = row["table_name"]
        count = await pool.fetchval(
            f"""
            select count(*) from credential.{table} t
            where t::text ilike '%' || $1 || '%' or t::text ilike '%' || $2 || '%'
            """,
            text,
            text.encode().hex(),
        )
        if count:
            found.append(table)
    return found


async def test_a_name_that_is_erased(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """Is nowhere in the database; the documents verify as before, for who knows the name as well."""
    name = "Ottoline Featherstonehaugh"
    enrollment = learner(faculty, name)
    made = [await certify(parts, faculty, enrollment, kind) for kind in KINDS]
    other = await certify(parts, faculty)
    documents = [await document_of(pool, one) for one in made]
    assert await mentions(pool, name) == ["credential"]

    assert await parts.credentials.erase_holder(holder(made[0]), None) == (2, 0)
    assert await parts.credentials.erase_holder(holder(made[0]), enrollment.learner_id) == (2, 0)

    assert await mentions(pool, name) == []
    for one, document in zip(made, documents, strict=True):
        erased = await parts.credentials.get_credential(holder(one), one.credential_id)
        assert erased == replace(one, learner_name="", version=2)
        assert await document_of(pool, erased) == document
        by_code = await parts.validation.verify_code(one.verification_code, {"name": name})
        assert (by_code.verdict, recipient(by_code)) == (Verdict.VALID, CheckResult.PASS)
        assert by_code.statement is not None
        assert by_code.statement.learner_name == ""
        for content in (document.json, document.jwt):
            by_document = await parts.validation.verify_document(content, {"name": name})
            assert (by_document.verdict, recipient(by_document)) == (Verdict.VALID, CheckResult.PASS)
        for form in FileFormat:
            file = await parts.files.download_credential(holder(one), one.credential_id, form)
            assert name.encode() not in file.content
    assert len(await history(pool, made[0])) == 1
    untouched = await parts.credentials.get_credential(holder(other), other.credential_id)
    assert untouched == other


async def test_a_name_that_is_to_stay(parts: CredentialParts, faculty: Faculty) -> None:
    """On the credentials whose holder said so, until they say otherwise."""
    enrollment = learner(faculty, "Ada")
    kept, erased = [await certify(parts, faculty, enrollment, kind) for kind in KINDS]
    who = holder(kept)
    chosen = await parts.credentials.update_credential(
        who, kept.credential_id, None, True, expected_version=None
    )

    assert (chosen.keeps_name, chosen.visibility) == (True, CODE)
    assert await parts.credentials.erase_holder(who, None) == (1, 1)
    assert (await parts.credentials.get_credential(who, kept.credential_id)).learner_name == "Ada"
    assert (await parts.credentials.get_credential(who, erased.credential_id)).learner_name == ""
    await parts.credentials.update_credential(who, kept.credential_id, None, False, expected_version=None)
    assert await parts.credentials.erase_holder(who, None) == (2, 0)
    assert (await parts.credentials.get_credential(who, kept.credential_id)).learner_name == ""


async def test_who_may_erase_a_name(parts: CredentialParts, faculty: Faculty) -> None:
    """The learner and administrators, not the educator, nor another learner."""
    credential = await certify(parts, faculty)
    administrator = caller(faculty.people.add(Role.ADMINISTRATOR), Role.ADMINISTRATOR)
    for who in (faculty.educator, caller(faculty.people.add(), Role.LEARNER)):
        with pytest.raises(NotCredentialHolder):
            await parts.credentials.erase_holder(who, credential.learner_id)
        assert await parts.credentials.erase_holder(who, None) == (0, 0)

    assert await parts.credentials.erase_holder(administrator, credential.learner_id) == (1, 0)


async def test_only_the_holder_chooses(parts: CredentialParts, faculty: Faculty) -> None:
    """Who may see it, and whether the name stays; not even administrators do it for them."""
    credential = await certify(parts, faculty)
    administrator = caller(faculty.people.add(Role.ADMINISTRATOR), Role.ADMINISTRATOR)
    stranger = caller(faculty.people.add(Role.EDUCATOR), Role.EDUCATOR)

    async def choose(who: Caller, visibility: Any, version: int | None = None) -> Credential:
        return await parts.credentials.update_credential(
            who, credential.credential_id, visibility, None, expected_version=version
        )

    for who, refusal in (
        (faculty.educator, NotCredentialHolder),
        (administrator, NotCredentialHolder),
        (stranger, CredentialNotFound),
    ):
        with pytest.raises(refusal):
            await choose(who, PUBLIC)
    chosen = await choose(holder(credential), PUBLIC, credential.version)
    with pytest.raises(EtagMismatch):
        await choose(holder(credential), HOLDER, credential.version)

    assert (chosen.visibility, chosen.version) == (PUBLIC, 2)
    assert await choose(holder(credential), None) == chosen


@pytest.mark.parametrize("visibility", [HOLDER, CODE, PUBLIC])
async def test_what_a_stranger_with_the_code_learns(
    parts: CredentialParts, faculty: Faculty, visibility: CredentialVisibility
) -> None:
    """That it is in force always; what it says and of whom, only if the holder lets them."""
    credential = await certify(parts, faculty)
    await parts.credentials.update_credential(
        holder(credential), credential.credential_id, visibility, None, expected_version=None
    )
    seen = await parts.validation.verify_code(credential.verification_code, {})
    await parts.statuses.revoke_credential(
        faculty.educator, credential.credential_id, "copied", expected_version=None
    )
    later = await parts.validation.verify_code(credential.verification_code, {})

    assert (seen.verdict, later.verdict) == (Verdict.VALID, Verdict.REVOKED)
    if visibility is HOLDER:
        assert seen.statement is later.statement is None
    else:
        assert seen.statement is not None
        assert later.statement is not None
        assert (seen.statement.learner_name, later.statement.status_reason) == ("Ada", "copied")
    # Those who may know it anyway know it still.
    for who in (holder(credential), faculty.educator):
        found = await parts.credentials.get_credential(who, credential.credential_id)
        assert (found.learner_name, found.visibility) == ("Ada", visibility)
