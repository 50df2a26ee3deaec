"""What cannot be signed without doubt is refused with the field to correct; all else is signed as it is."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest

from academe.api.credential.v1 import credential_pb2
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.services.credential.errors import CredentialUnsignable
from academe.services.credential.issuance.draft import Alignment
from academe.services.credential.keys.model import IssuerChange
from academe.services.credential.model import CredentialType, Evidence, Result
from academe.services.credential.parts import CredentialParts
from academe.services.credential.validation.model import Verdict
from tests.integration.credential.graduation import certificate_for, completed, published_course
from tests.integration.credential.issuance.rows import halves
from tests.support.errors import expect_error
from tests.support.graduates import BASE_URI, Faculty, certify, set_template
from tests.support.school import School

ODD = "a\x0bb"
CERTIFICATE, BADGE = CredentialType.CERTIFICATE, CredentialType.BADGE


async def refusal(parts: CredentialParts, faculty: Faculty, **fields: Any) -> InvalidArgument:
    with pytest.raises(InvalidArgument) as refused:
        await certify(parts, faculty, **fields)
    return refused.value


FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "a vertical tab": ({"results": [Result("Grade", ODD)]}, "results[0].value"),
    "a bell": ({"results": [Result("Grade", "1"), Result("\a", "1")]}, "results[1].name"),
    "delete": ({"evidence": [Evidence("a\x7f", "", "")]}, "evidence[0].name"),
    "a null": ({"evidence": [Evidence("a", "", ""), Evidence("b", "", "\0")]}, "evidence[1].narrative"),
    "half a letter": ({"results": [Result("Grade", "\ud83c")]}, "results[0].value"),
    "no letter": ({"results": [Result("Grade", "\uffff")]}, "results[0].value"),
    "the address of the credential's achievement": ({}, "evidence[0].uri"),
    "one address twice": (
        {
            "evidence": [
                Evidence("a", "https://work.example/1", ""),
                Evidence("b", "https://work.example/1", ""),
            ]
        },
        "evidence[1].uri",
    ),
}


@pytest.mark.parametrize(("fields", "field"), FIELDS.values(), ids=FIELDS)
async def test_the_field_of_the_request_is_named(
    parts: CredentialParts, faculty: Faculty, pool: Pool, fields: dict[str, Any], field: str
) -> None:
    """Nothing is stored, and the same enrollment can be certified without it."""
    enrollment = faculty.graduate()
    if not fields:
        uri = f"{BASE_URI}/achievements/{faculty.course.course_id}/certificate"
        fields = {"evidence": [Evidence("Doctor", uri, "")]}
    refused = await refusal(parts, faculty, enrollment=enrollment, **fields)

    assert isinstance(refused, CredentialUnsignable)
    (violation,) = refused.violations
    assert violation.field == field
    assert violation.reason
    assert refused.message == f"{violation.field}: cannot be signed: {violation.description}"
    assert (await certify(parts, faculty, enrollment)).enrollment_id == enrollment.enrollment_id
    assert await halves(pool) == 0


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "data:text/html,hi",
        "mailto:ada@example.org",
        "urn:isbn:1",
        "//work.example/1",
        "work/1",
        "_:b0",
        "https://work.example/a b",
        "https://work.example/{1}",
        "https://",
        "http://[::1",
        "https://work.example/\u2028",
    ],
)
async def test_work_is_shown_on_the_web(parts: CredentialParts, faculty: Faculty, uri: str) -> None:
    """Whatever else an address may be, somebody will be led there."""
    evidence = [Evidence("a", "https://work.example/1", ""), Evidence("b", uri, "")]
    refused = await refusal(parts, faculty, evidence=evidence)

    assert [violation.field for violation in refused.violations] == ["evidence[1].uri"]


@pytest.mark.parametrize(
    "uri", ["https://work.example/%zz", "https://work.example/a[1]", "https://a.example/../b"]
)
async def test_addresses_that_are_hardly_any(parts: CredentialParts, faculty: Faculty, uri: str) -> None:
    """Are refused, if only by the rules of the signature."""
    refused = await refusal(parts, faculty, evidence=[Evidence("a", uri, "")])

    assert isinstance(refused, CredentialUnsignable)
    assert [violation.field for violation in refused.violations] in (["evidence[0].uri"], ["credential"])


KEPT = {
    "decomposed letters": unicodedata.normalize("NFD", "Überprüfung"),
    "line ends": "a\tb\r\nc\nd\re",
    "separators of lines": "a\u2028b\u2029c\x85d",
    "from right to left": "\u202eشهادة\u2066 ✓",
    "pictures": "🎓👩🏽‍🎓",
    "quotes": "\"'\\ <b>&amp;</b>",
    "numbers": "1e-7 9007199254740993 0.30000000000000004",
    "spaces": "  a \u00a0\u3000 b  ",
    "controls of another kind": "a\x80\x9fb",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
async def test_any_other_text_is_signed_as_it_is(
    parts: CredentialParts, faculty: Faculty, pool: Pool, text: str
) -> None:
    """Letter by letter, in both forms; and both are believed."""
    enrollment = faculty.graduate(text)
    await set_template(
        parts,
        faculty,
        title=f"T{text}",
        description=f"D{text}",
        criteria=f"C{text}",
        tags=[text, "plain"],
        alignments=[Alignment(f"N{text}", "https://skills.example/1", text, text, text)],
    )
    credential = await certify(
        parts,
        faculty,
        enrollment,
        results=[Result(text, text)],
        evidence=[Evidence(text, "https://work.example/1", text)],
    )
    row = await pool.fetchrow(
        "select json, jwt from credential.document where credential_id = $1", credential.credential_id
    )
    document = json.loads(row["json"])
    achievement = document["credentialSubject"]["achievement"]

    assert (document["name"], achievement["description"]) == (f"T{text}", f"D{text}")
    assert achievement["criteria"]["narrative"] == f"C{text}"
    assert (achievement["tag"], achievement["alignment"][0]["targetCode"]) == ([text, "plain"], text)
    assert document["credentialSubject"]["result"][0]["value"] == text
    assert document["evidence"][0]["narrative"] == text
    for content in (row["json"], row["jwt"]):
        verified = await parts.validation.verify_document(content, {"name": text})
        assert verified.verdict is Verdict.VALID
    assert credential.title == f"T{text}"


TEMPLATES: dict[str, str] = {
    "title": "title = 'a' || chr(11)",
    "description": "description = chr(127)",
    "criteria": "criteria = chr(1)",
    "criteria_uri": "criteria_uri = 'https://a b'",
    "language_code": "language_code = chr(7)",
    "tags[1]": "tags = array['a', chr(7)]",
    "alignments[0].uri": """
        alignments = '[{"name": "a", "uri": "\\u0007", "code": "", "framework": "", "description": ""}]'
    """,
}


@pytest.mark.parametrize(("field", "change"), TEMPLATES.items(), ids=TEMPLATES)
async def test_the_field_of_the_template_is_named(
    parts: CredentialParts, faculty: Faculty, pool: Pool, field: str, change: str
) -> None:
    """Of one that was stored under other rules, whoever asks for a credential by it."""
    await set_template(parts, faculty, BADGE)
    await pool.execute(
        f"update credential.template set {change} where course_id = $1", faculty.course.course_id
    )
    refused = await refusal(parts, faculty, kind=BADGE)

    assert isinstance(refused, CredentialUnsignable)
    assert [violation.field for violation in refused.violations] == [f"template.{field}"]


async def test_the_title_of_the_course_is_named(parts: CredentialParts, faculty: Faculty) -> None:
    """Where no template says another."""
    faculty.courses[faculty.course.course_id] = replace(faculty.course, title=ODD)
    for kind in (CERTIFICATE, BADGE):
        refused = await refusal(parts, faculty, kind=kind)
        assert [violation.field for violation in refused.violations] == ["course.title"]
        await set_template(parts, faculty, BADGE, description="Words")
    await set_template(parts, faculty, BADGE, title="Loops")

    assert (await certify(parts, faculty, kind=BADGE)).title == "Loops"


async def test_the_field_of_the_issuer_is_named(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """Of one that was stored under other rules; others go on."""
    change = IssuerChange(name="Law", uri="", email="", logo=b"", primary_color="", accent_color="")
    issuer = await parts.administration.create_issuer("law", "", change)
    await set_template(parts, faculty, BADGE)
    await pool.execute(
        "update credential.template set issuer_id = $2 where course_id = $1",
        faculty.course.course_id,
        issuer.issuer_id,
    )
    await pool.execute("update credential.issuer set name = chr(7) where issuer_id = $1", issuer.issuer_id)
    await parts.issuers.reload()
    refused = await refusal(parts, faculty, kind=BADGE)

    assert [violation.field for violation in refused.violations] == ["issuer.name"]
    assert (await certify(parts, faculty)).type is CERTIFICATE


async def test_over_the_wire(school: School) -> None:
    """The status names the field for clients; half a letter does not even get that far."""
    educator = await school.educator()
    enrollment = await completed(await school.learner(), await published_course(educator))
    odd = certificate_for(enrollment, results=[credential_pb2.CredentialResult(name="Grade", value="\x0b")])
    with expect_error(CredentialUnsignable) as refused:
        await educator.credentials.IssueCredential(odd)
    nowhere = certificate_for(
        enrollment, evidence=[credential_pb2.CredentialEvidence(name="Work", uri="urn:isbn:1")]
    )
    with expect_error("FIELD_INVALID") as unseen:
        await educator.credentials.IssueCredential(nowhere)
    with pytest.raises((ValueError, UnicodeEncodeError)):
        credential_pb2.CredentialResult(name="Grade", value="\ud800").SerializeToString()

    assert refused.error is not None
    assert unseen.error is not None
    assert [violation.field for violation in refused.error.violations] == ["results[0].value"]
    assert refused.error.metadata == {"path": "/credentialSubject/result/0/value"}
    assert [violation.field for violation in unseen.error.violations] == ["evidence[0].uri"]
