"""Templates: set whole, read as they were set, and refused where nothing could be signed with them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from academe.caller import Caller, Role
from academe.errors import AcademeError, EtagMismatch, InvalidArgument, RoleRequired
from academe.ids import new_id
from academe.services.course import CourseNotFound
from academe.services.credential.errors import (
    CredentialUnsignable,
    ImageRefused,
    IssuerNotFound,
    TemplateNotFound,
)
from academe.services.credential.issuance.draft import Alignment, achievement_uri
from academe.services.credential.model import CredentialType
from academe.services.credential.templates import Signatory, Template
from tests.integration.credential.templates.conftest import Desk
from tests.support.enrollments import make_learner
from tests.support.graduates import template_for
from tests.support.issuers import ADDRESS, at_once

ADMINISTRATOR = Caller(new_id(), new_id(), frozenset({Role.ADMINISTRATOR}), datetime.now(UTC))
CERTIFICATE, BADGE, DEGREE = CredentialType.CERTIFICATE, CredentialType.BADGE, CredentialType.DEGREE
SIGNATURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4"/></svg>'
KNOTS = Alignment("Knots", "https://skills.example/knots", "K-1", "Skills", "Tying them")


def full(course_id: UUID, issuer_id: UUID | None) -> Template:
    return template_for(
        course_id,
        issuer_id=issuer_id,
        title="Zertifikat über Knoten «🪢» شهادة",
        description="Two lines\r\nand\ta tab",
        criteria="**Tie** <b>all</b> of them\n\n- reef\n- bowline \u2028 and \u00a0 so on",
        criteria_uri="https://school.example/knots?level=1&of=3#criteria",
        alignments=(KNOTS, Alignment("Ropes", "http://data.europa.eu/esco/skill/1", "", "", "")),
        tags=("ropes", "knots", "Привет"),
        language_code="de-CH",
        validity_days=730,
        signatories=(Signatory("Ada", "Dean", SIGNATURE), Signatory("Grace", "", b"")),
        issued_on_completion=True,
        achievement_type="CertificateOfCompletion",
    )


async def test_a_template_comes_back_as_it_was_set(desk: Desk) -> None:
    """Every field, with the time and an etag."""
    issuer = await desk.issuers.create("templates")
    wanted = full(desk.course_id, issuer.issuer_id)
    stored = await desk.templates.set_template(ADMINISTRATOR, wanted, expected_version=None)

    assert stored == replace(wanted, update_time=desk.issuers.clock.now, version=stored.version)
    assert await desk.templates.get_template(desk.educator, desk.course_id, CERTIFICATE) == stored
    assert await desk.templates.find(desk.course_id, CERTIFICATE) == stored
    assert stored.signatories[0].as_json().keys() == {"name", "role", "image"}


async def test_only_the_school_lets_others_sign(desk: Desk) -> None:
    """An educator keeps the issuer that an administrator chose; not even the school takes its place."""
    issuer, other = await desk.issuers.create("chosen"), await desk.issuers.create("wished-for")
    chosen = full(desk.course_id, issuer.issuer_id)
    with pytest.raises(RoleRequired):
        await desk.templates.set_template(desk.educator, chosen, expected_version=None)
    await desk.templates.set_template(ADMINISTRATOR, chosen, expected_version=None)
    reworded = replace(chosen, title="In other words")

    kept = await desk.templates.set_template(desk.educator, reworded, expected_version=None)

    assert (kept.title, kept.issuer_id) == ("In other words", issuer.issuer_id)
    for wished in (other.issuer_id, None):
        with pytest.raises(RoleRequired):
            await desk.templates.set_template(
                desk.educator, replace(chosen, issuer_id=wished), expected_version=None
            )


async def test_only_the_school_takes_an_issuer_away(desk: Desk) -> None:
    """An educator who deletes the template would let the school sign, and could write another."""
    issuer = await desk.issuers.create("stays")
    chosen = full(desk.course_id, issuer.issuer_id)
    await desk.templates.set_template(ADMINISTRATOR, chosen, expected_version=None)
    with pytest.raises(RoleRequired):
        await desk.templates.delete_template(desk.educator, desk.course_id, chosen.type)
    kept = await desk.templates.get_template(desk.educator, desk.course_id, chosen.type)
    await desk.templates.delete_template(ADMINISTRATOR, desk.course_id, chosen.type)
    await desk.templates.delete_template(desk.educator, desk.course_id, chosen.type)

    assert kept.issuer_id == issuer.issuer_id


async def test_an_issuer_is_withdrawn_while_an_educator_writes(desk: Desk) -> None:
    """Whichever of the two comes first: what an administrator said last of the issuer stands."""
    issuer = await desk.issuers.create("withdrawn")
    for number in range(20):
        chosen = full(desk.course_id, issuer.issuer_id)
        await desk.templates.set_template(ADMINISTRATOR, chosen, expected_version=None)
        withdrawn = replace(chosen, issuer_id=None)
        reworded = replace(chosen, title=f"In {number} other words")
        asked = [
            desk.templates.set_template(desk.educator, reworded, expected_version=None) for _ in range(3)
        ]
        asked.insert(number % 4, desk.templates.set_template(ADMINISTRATOR, withdrawn, expected_version=None))
        told = await asyncio.gather(*asked, return_exceptions=True)
        now = await desk.templates.get_template(desk.educator, desk.course_id, chosen.type)

        assert now.issuer_id is None
        assert {type(one) for one in told} <= {Template, RoleRequired}


async def test_an_empty_template_is_fine(desk: Desk) -> None:
    """Then the course has its say."""
    for kind in CredentialType:
        await desk.templates.set_template(
            desk.educator, template_for(desk.course_id, type=kind), expected_version=None
        )
    listed = await desk.templates.list_templates(desk.educator, desk.course_id)

    assert [template.type for template in listed] == list(CredentialType)


async def test_it_is_replaced_whole(desk: Desk) -> None:
    """What the second does not say is gone; without an etag whatever is there is replaced."""
    first = await desk.templates.set_template(
        desk.educator, full(desk.course_id, None), expected_version=None
    )
    second = await desk.templates.set_template(
        desk.educator, template_for(desk.course_id, title="Knots"), expected_version=None
    )

    assert second == template_for(
        desk.course_id, title="Knots", update_time=desk.issuers.clock.now, version=first.version + 1
    )


async def test_of_two_who_read_the_same_one_is_told(desk: Desk) -> None:
    """An etag must be the current one; where nothing is stored none is."""
    with pytest.raises(EtagMismatch):
        await desk.templates.set_template(desk.educator, template_for(desk.course_id), expected_version=1)
    stored = await desk.templates.set_template(
        desk.educator, template_for(desk.course_id), expected_version=None
    )
    answers = await at_once(
        *(
            desk.templates.set_template(
                desk.educator,
                template_for(desk.course_id, title=title),
                expected_version=stored.version,
            )
            for title in "ab"
        )
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["EtagMismatch", "Template"]


async def test_an_etag_from_before_a_deletion_fits_nothing(desk: Desk) -> None:
    """Somebody else may have made another template meanwhile."""
    old = await desk.templates.set_template(
        desk.educator, template_for(desk.course_id), expected_version=None
    )
    await desk.templates.delete_template(desk.educator, desk.course_id, CERTIFICATE)
    await desk.templates.delete_template(desk.educator, desk.course_id, CERTIFICATE)
    desk.issuers.clock.forward(seconds=1)
    await desk.templates.set_template(
        desk.educator, template_for(desk.course_id, title="New"), expected_version=None
    )

    with pytest.raises(EtagMismatch):
        await desk.templates.set_template(
            desk.educator, template_for(desk.course_id, title="Old"), expected_version=old.version
        )


async def test_a_template_that_is_not_there(desk: Desk) -> None:
    """Reading says so; who issues takes the course's words."""
    with pytest.raises(TemplateNotFound) as missing:
        await desk.templates.get_template(desk.educator, desk.course_id, DEGREE)

    assert missing.value.metadata == {"course_id": str(desk.course_id), "type": "DEGREE"}
    assert await desk.templates.find(desk.course_id, DEGREE) is None
    assert await desk.templates.find(new_id(), DEGREE) is None


async def test_what_a_completion_brings(desk: Desk) -> None:
    """The templates that say so, by type."""
    for kind, issued in ((DEGREE, True), (BADGE, True), (CERTIFICATE, False)):
        template = template_for(desk.course_id, type=kind, issued_on_completion=issued)
        await desk.templates.set_template(desk.educator, template, expected_version=None)

    assert [one.type for one in await desk.templates.issued_on_completion(desk.course_id)] == [BADGE, DEGREE]
    assert await desk.templates.issued_on_completion(new_id()) == []


async def test_only_who_teaches_the_course(desk: Desk) -> None:
    """To everybody else it is not there, whatever they ask; an administrator may."""
    template = template_for(desk.course_id)
    stranger = make_learner()
    administrator = Caller(new_id(), new_id(), frozenset({Role.ADMINISTRATOR}), datetime.now(UTC))
    for caller, course_id in ((stranger, desk.course_id), (desk.educator, new_id())):
        for call in (
            desk.templates.set_template(
                caller, replace(template, course_id=course_id), expected_version=None
            ),
            desk.templates.get_template(caller, course_id, CERTIFICATE),
            desk.templates.list_templates(caller, course_id),
            desk.templates.delete_template(caller, course_id, CERTIFICATE),
            desk.templates.check(caller, replace(template, course_id=course_id)),
        ):
            with pytest.raises(CourseNotFound):
                await call

    assert await desk.templates.set_template(administrator, template, expected_version=None)


UNFIT: list[tuple[dict[str, Any], type[AcademeError], str]] = [
    ({"title": "Bell\x07"}, CredentialUnsignable, "template.title"),
    ({"description": "Null\0"}, CredentialUnsignable, "template.description"),
    ({"criteria": "Form\x0cfeed"}, CredentialUnsignable, "template.criteria"),
    ({"criteria_uri": "javascript:alert(1)"}, InvalidArgument, "template.criteria_uri"),
    ({"criteria_uri": "https://a.example/../b"}, CredentialUnsignable, "template.criteria_uri"),
    ({"criteria_uri": "https://a.example/a b"}, InvalidArgument, "template.criteria_uri"),
    ({"tags": ("a", "b\x1b")}, CredentialUnsignable, "template.tags[1]"),
    ({"tags": ("twice", "twice")}, CredentialUnsignable, "template.tags[1]"),
    (
        {"alignments": (KNOTS, replace(KNOTS, name="\x7f"))},
        CredentialUnsignable,
        "template.alignments[1].name",
    ),
    ({"alignments": (replace(KNOTS, uri="urn:x:y"),)}, InvalidArgument, "template.alignments[0].uri"),
    ({"alignments": (replace(KNOTS, code="\x01"),)}, CredentialUnsignable, "template.alignments[0].code"),
    ({"achievement_type": "Knighthood"}, InvalidArgument, "template.achievement_type"),
    ({"achievement_type": "bachelordegree"}, InvalidArgument, "template.achievement_type"),
    (
        {"signatories": (Signatory("Ada", "", b""), Signatory("Eve", "\n", b""))},
        InvalidArgument,
        "template.signatories[1].role",
    ),
    ({"signatories": (Signatory("A\0", "", b""),)}, InvalidArgument, "template.signatories[0].name"),
    (
        {"signatories": (Signatory("Ada", "", b"GIF89a"),)},
        ImageRefused,
        "template.signatories[0].image",
    ),
]


@pytest.mark.parametrize(("fields", "error", "field"), UNFIT, ids=[row[2] for row in UNFIT])
async def test_what_could_never_be_signed_is_refused_at_once(
    desk: Desk, fields: dict[str, Any], error: type[AcademeError], field: str
) -> None:
    """By the field that its author can correct; nothing is stored."""
    with pytest.raises(error) as refused:
        await desk.templates.set_template(
            desk.educator, template_for(desk.course_id, **fields), expected_version=None
        )

    assert [violation.field for violation in refused.value.violations] == [field]
    assert await desk.templates.find(desk.course_id, CERTIFICATE) is None


async def test_criteria_at_the_address_of_the_achievement(desk: Desk) -> None:
    """As somebody copies it from an issued credential: in the next one two things would have one address."""
    criteria_uri = achievement_uri(ADDRESS, desk.course_id, CERTIFICATE)
    with pytest.raises(CredentialUnsignable) as refused:
        await desk.templates.set_template(
            desk.educator, template_for(desk.course_id, criteria_uri=criteria_uri), expected_version=None
        )

    assert [violation.field for violation in refused.value.violations] == ["template.criteria_uri"]


async def test_in_nobodys_name(desk: Desk) -> None:
    """An issuer that does not exist is refused; the school and a partner are answered for."""
    with pytest.raises(IssuerNotFound):
        await desk.templates.set_template(
            desk.educator, template_for(desk.course_id, issuer_id=new_id()), expected_version=None
        )
    partner = await desk.issuers.create("partner-of-templates")

    assert await desk.templates.check(desk.educator, template_for(desk.course_id)) == (
        await desk.issuers.issuers.school()
    )
    assert partner == await desk.templates.check(
        desk.educator, template_for(desk.course_id, issuer_id=partner.issuer_id)
    )


@pytest.mark.parametrize("field", ["title", "description", "criteria"])
async def test_words_that_say_nothing_are_refused(desk: Desk, field: str) -> None:
    """Empty is fine: then the course has its say. A degree of "   " is not."""
    template = template_for(desk.course_id, **{field: " \n "})

    with pytest.raises(InvalidArgument) as refusal:
        await desk.templates.set_template(desk.educator, template, expected_version=None)

    assert refusal.value.violations[0].field == f"template.{field}"
