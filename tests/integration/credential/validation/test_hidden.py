"""A credential that its holder shows to nobody: who has the code learns whether it is in force, not whose."""

from __future__ import annotations

import json

from academe.caller import Role
from academe.services.credential.issuance.draft import credential_uri
from academe.services.credential.model import Credential, CredentialVisibility
from academe.services.credential.parts import CredentialParts
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict
from tests.integration.credential.validation.signing import sign_as_anybody, statement
from tests.support.graduates import BASE_URI, Faculty, certify
from tests.support.ledger import caller


async def hide(parts: CredentialParts, credential: Credential) -> None:
    await parts.credentials.update_credential(
        caller(credential.learner_id, Role.LEARNER),
        credential.credential_id,
        CredentialVisibility.HOLDER,
        None,
        expected_version=None,
    )


async def test_a_name_cannot_be_tried(parts: CredentialParts, faculty: Faculty) -> None:
    """Whether a guess is right is not said, nor whether it is wrong."""
    issued = await certify(parts, faculty)
    await hide(parts, issued)

    told = [await parts.validation.verify_code(issued.verification_code, {"name": name}) for name in "AB"]
    right = await parts.validation.verify_code(issued.verification_code, {"name": "Ada"})

    assert [one.checks for one in told] == [right.checks, right.checks]
    assert (right.verdict, right.checks[-1].name) == (Verdict.UNKNOWN, CheckName.RECIPIENT)
    assert (await parts.validation.verify_code(issued.verification_code, {})).verdict is Verdict.VALID


async def test_why_it_is_in_force_is_not_said(parts: CredentialParts, faculty: Faculty) -> None:
    """Reasons would tell when it was issued, until when it is good, and whose key has signed it."""
    issued = await certify(parts, faculty)
    shown = await parts.validation.verify_code(issued.verification_code, {})
    await hide(parts, issued)
    uri = credential_uri(BASE_URI, issued.verification_code)

    told = [
        await parts.validation.verify_code(issued.verification_code, {}),
        await parts.validation.verify_uri(uri, {}),
        await parts.validation.verify_code(issued.verification_code, {"name": "Ada"}),
    ]

    assert all(one.reason for one in shown.checks)
    assert [one.statement for one in told] == [None] * 3
    reasons = {check.reason for one in told for check in one.checks if check.name is not CheckName.RECIPIENT}
    assert reasons == {""}


async def test_who_has_the_document_may_ask_whose_it_is(parts: CredentialParts, faculty: Faculty) -> None:
    """It says so itself."""
    issued = await certify(parts, faculty)
    file = await parts.files.file_of(issued, FileFormat.JSON)
    await hide(parts, issued)

    told = await parts.validation.verify_document(file.content, {"name": "Ada"})

    assert told.verdict is Verdict.VALID, told.checks


async def test_something_that_bears_its_id_is_told_nothing(parts: CredentialParts, faculty: Faculty) -> None:
    """Neither when it was revoked nor why, hidden or not: whoever asks has nothing but the id."""
    issued = await certify(parts, faculty)
    reason = "Ada copied the exam"
    await parts.statuses.revoke_credential(
        faculty.educator, issued.credential_id, reason, expected_version=None
    )
    posing = statement(id=credential_uri(BASE_URI, issued.verification_code))

    told = [
        await parts.validation.verify_document(content, {})
        for content in (json.dumps(posing).encode(), sign_as_anybody(posing))
    ]

    statements = [one.statement for one in told if one.statement is not None]
    assert [(one.revoke_time, one.status_reason) for one in statements] == [(None, ""), (None, "")]


async def test_why_a_hidden_one_was_revoked(parts: CredentialParts, faculty: Faculty) -> None:
    """Who has the document learns that it was, and the reason only while it is shown."""
    issued = await certify(parts, faculty)
    file = await parts.files.file_of(issued, FileFormat.JSON)
    await parts.statuses.revoke_credential(
        faculty.educator, issued.credential_id, "Copied the exam", expected_version=None
    )

    shown = await parts.validation.verify_document(file.content, {})
    await hide(parts, issued)
    hidden = await parts.validation.verify_document(file.content, {})

    assert (shown.verdict, hidden.verdict) == (Verdict.REVOKED, Verdict.REVOKED)
    assert [one.statement and one.statement.status_reason for one in (shown, hidden)] == [
        "Copied the exam",
        "",
    ]
    assert all(one.result is CheckResult.PASS for one in hidden.checks if one.name is not CheckName.STATUS)
