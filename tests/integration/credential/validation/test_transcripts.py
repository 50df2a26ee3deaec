"""Transcripts are in no log: they say nothing of their own, and are as good as what is in them."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from academe.caller import Role
from academe.services.credential.errors import CredentialNotFound
from academe.services.credential.issuance.compose import identity_object
from academe.services.credential.issuance.draft import Identity
from academe.services.credential.keys import KeyUse
from academe.services.credential.model import CredentialType
from academe.services.credential.parts import CredentialParts
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.standards import strict_json
from academe.services.credential.templates import Template
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict, Verification
from academe.services.enrollment import EnrollmentFacts
from tests.integration.credential.validation.signing import sign_as
from tests.support.graduates import Faculty, certify
from tests.support.ledger import caller


async def transcript_of(parts: CredentialParts, enrollment: EnrollmentFacts) -> dict[str, Any]:
    file = await parts.files.download_transcript(caller(enrollment.learner_id, Role.LEARNER), None)
    return strict_json.parse(file.content)


async def verify(parts: CredentialParts, document: dict[str, Any]) -> Verification:
    return await parts.validation.verify_document(strict_json.serialise(document), {})


def faults(told: Verification) -> list[CheckName]:
    return [one.name for one in told.checks if one.result is not CheckResult.PASS]


def _an_achievement(forged: dict[str, Any]) -> None:
    forged["credentialSubject"]["achievement"] = {
        "id": "urn:uuid:2a1a2b4e-0000-4000-8000-000000000001",
        "type": ["Achievement"],
        "achievementType": "DoctoralDegree",
        "name": "Doctor of Everything",
        "description": "Everything",
        "criteria": {"narrative": "None"},
    }


def _another_name(forged: dict[str, Any]) -> None:
    forged["name"] = "Doctor of Everything"


def _another_type(forged: dict[str, Any]) -> None:
    forged["type"] = ["VerifiableCredential", "OpenBadgeCredential", "ClrCredential"]


@pytest.mark.parametrize("change", [_an_achievement, _another_name, _another_type])
async def test_a_stolen_key_adds_nothing_to_a_transcript(
    parts: CredentialParts, faculty: Faculty, change: Any
) -> None:
    """Else it would be a way to sign what no log knows, around a credential that anybody can have."""
    enrollment = faculty.graduate()
    await certify(parts, faculty, enrollment)
    forged = await transcript_of(parts, enrollment)
    change(forged)

    told = await parts.validation.verify_document(sign_as(await parts.issuers.signing(), forged), {})

    assert told.verdict is Verdict.INVALID
    assert faults(told) == [CheckName.LOG]


async def test_a_stolen_key_makes_it_somebody_else_s(parts: CredentialParts, faculty: Faculty) -> None:
    """Whose it is say the credentials in it, which the log knows, and not what stands around them."""
    enrollment = faculty.graduate("Ada")
    await certify(parts, faculty, enrollment)
    genuine = await transcript_of(parts, enrollment)
    forged = copy.deepcopy(genuine)
    forged["credentialSubject"]["identifier"] = [identity_object(Identity.of("name", "Mallory"))]
    signed = sign_as(await parts.issuers.signing(), forged)

    verdicts = {
        name: (await parts.validation.verify_document(signed, {"name": name})).verdict
        for name in ("Ada", "Mallory", "Charles")
    }

    assert verdicts == {"Ada": Verdict.VALID, "Mallory": Verdict.UNKNOWN, "Charles": Verdict.INVALID}
    for name, verdict in (("Ada", Verdict.VALID), ("Mallory", Verdict.INVALID)):
        told = await parts.validation.verify_document(strict_json.serialise(genuine), {"name": name})
        assert told.verdict is verdict


async def test_a_stolen_key_gathers_what_others_achieved(parts: CredentialParts, faculty: Faculty) -> None:
    """A transcript is one learner's."""
    ada, charles = faculty.graduate("Ada"), faculty.graduate("Charles")
    await certify(parts, faculty, ada)
    others = await certify(parts, faculty, charles)
    forged = await transcript_of(parts, ada)
    file = await parts.files.file_of(others, FileFormat.JSON)
    forged["credentialSubject"]["verifiableCredential"].append(strict_json.parse(file.content))

    told = await parts.validation.verify_document(sign_as(await parts.issuers.signing(), forged), {})

    assert (told.verdict, faults(told)) == (Verdict.INVALID, [CheckName.LOG])


async def test_a_key_of_something_in_it_was_stolen(parts: CredentialParts, faculty: Faculty) -> None:
    """Nothing that the key signed is good any more, wherever it is found; a new transcript is without it."""
    enrollment = faculty.graduate()
    await certify(parts, faculty, enrollment)
    issuer = await parts.issuers.school()
    before = (await parts.issuers.signing()).document_key.number
    await parts.administration.rotate_key(issuer.issuer_id, KeyUse.DOCUMENT, before)
    transcript = await transcript_of(parts, enrollment)
    assert (await verify(parts, transcript)).verdict is Verdict.VALID

    await parts.administration.compromise_key(issuer.issuer_id, before)

    told = await verify(parts, transcript)
    assert (told.verdict, faults(told)) == (Verdict.INVALID, [CheckName.ISSUER])
    with pytest.raises(CredentialNotFound):
        await transcript_of(parts, enrollment)


async def test_something_in_it_has_expired_since(
    parts: CredentialParts, faculty: Faculty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transcript is shown for months; it makes nothing last longer than it does by itself."""
    enrollment = faculty.graduate()
    template = Template(
        course_id=faculty.course.course_id,
        type=CredentialType.CERTIFICATE,
        issuer_id=None,
        title="",
        description="",
        criteria="",
        criteria_uri="",
        alignments=(),
        tags=(),
        language_code="",
        validity_days=30,
        signatories=(),
        issued_on_completion=False,
        achievement_type="",
        update_time=datetime.now(UTC),
        version=0,
    )
    await parts.templates.set_template(faculty.educator, template, expected_version=None)
    await certify(parts, faculty, enrollment)
    transcript = await transcript_of(parts, enrollment)
    now = await verify(parts, transcript)
    monkeypatch.setattr(parts.validation, "_clock", lambda: datetime.now(UTC) + timedelta(days=40))

    later = await verify(parts, transcript)

    assert now.verdict is Verdict.VALID, now.checks
    assert (later.verdict, faults(later)) == (Verdict.EXPIRED, [CheckName.VALIDITY])
