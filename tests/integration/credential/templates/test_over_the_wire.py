"""Templates as educators have them: over gRPC."""

from __future__ import annotations

from typing import Any

import pytest

from academe.api.credential.v1 import credential_pb2
from academe.api.credential.v1 import template_pb2 as pb
from academe.errors import EtagMismatch, InvalidArgument, RoleRequired
from academe.services.course import CourseNotFound
from academe.services.credential.errors import (
    CredentialUnsignable,
    ImageRefused,
    IssuerNotFound,
    TemplateNotFound,
)
from tests.support.courses import make_course
from tests.support.errors import expect_error
from tests.support.school import Person, School

BADGE, DEGREE = credential_pb2.CREDENTIAL_TYPE_BADGE, credential_pb2.CREDENTIAL_TYPE_DEGREE
SIGNATURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4"/></svg>'
NOBODY = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
async def educator(school: School) -> Person:
    return await school.educator()


@pytest.fixture
async def course_id(educator: Person) -> str:
    return str((await make_course(educator)).course_id)


async def set_template(person: Person, course_id: str, **fields: Any) -> pb.CredentialTemplate:
    template = pb.CredentialTemplate(course_id=course_id, **{"type": DEGREE, **fields})
    request = pb.SetCredentialTemplateRequest(template=template)
    stored: pb.CredentialTemplate = await person.credentials.SetCredentialTemplate(request)
    return stored


async def get(person: Person, course_id: str, kind: int = DEGREE) -> pb.CredentialTemplate:
    request = pb.GetCredentialTemplateRequest(course_id=course_id, type=kind)
    template: pb.CredentialTemplate = await person.credentials.GetCredentialTemplate(request)
    return template


async def test_a_template_with_everything_in_it(educator: Person, course_id: str) -> None:
    """It comes back as it was set, with its time and etag; the list has it too."""
    wanted = pb.CredentialTemplate(
        course_id=course_id,
        type=DEGREE,
        title="Master of Knots",
        description="For those who tie.",
        criteria="**All** of them",
        criteria_uri="https://knots.example/criteria",
        alignments=[
            pb.CredentialAlignment(
                name="Knots", uri="https://skills.example/1", code="1", framework="Skills", description="x"
            )
        ],
        tags=["knots", "ropes"],
        language_code="de",
        validity_days=365,
        signatories=[pb.CredentialSignatory(name="Ada", role="Dean", image=SIGNATURE)],
        issued_on_completion=True,
        achievement_type="MasterDegree",
    )
    stored = await educator.credentials.SetCredentialTemplate(
        pb.SetCredentialTemplateRequest(template=wanted)
    )
    badge = await set_template(educator, course_id, type=BADGE)
    listed = await educator.credentials.ListCredentialTemplates(
        pb.ListCredentialTemplatesRequest(course_id=course_id)
    )
    plain = pb.CredentialTemplate()
    plain.CopyFrom(stored)
    plain.ClearField("update_time")
    plain.ClearField("etag")

    assert plain == wanted
    assert stored.HasField("update_time")
    assert await get(educator, course_id) == stored
    assert list(listed.templates) == [badge, stored]


async def test_an_etag_that_is_not_the_current_one(educator: Person, course_id: str) -> None:
    """Neither one of before, nor one of what is not there."""
    first = await set_template(educator, course_id)
    await set_template(educator, course_id, title="Second", etag=first.etag)

    with expect_error(EtagMismatch):
        await set_template(educator, course_id, title="Third", etag=first.etag)
    with expect_error(EtagMismatch):
        await set_template(educator, course_id, type=BADGE, etag=first.etag)


async def test_deleting_one(educator: Person, course_id: str) -> None:
    """It is gone; a repeat is fine."""
    await set_template(educator, course_id)
    request = pb.DeleteCredentialTemplateRequest(course_id=course_id, type=DEGREE)
    await educator.credentials.DeleteCredentialTemplate(request)
    await educator.credentials.DeleteCredentialTemplate(request)

    with expect_error(TemplateNotFound):
        await get(educator, course_id)


async def test_refusals_name_the_field(educator: Person, course_id: str) -> None:
    """What cannot be signed, shown or found."""
    with expect_error(CredentialUnsignable) as unsignable:
        await set_template(educator, course_id, title="Bell\x07")
    with expect_error(ImageRefused) as image:
        await set_template(educator, course_id, signatories=[pb.CredentialSignatory(name="A", image=b"x")])
    with expect_error(InvalidArgument) as kind:
        await set_template(educator, course_id, achievement_type="Knighthood")
    with expect_error(IssuerNotFound):
        await set_template(educator, course_id, issuer_id=NOBODY)
    refusals = [refused.error.violations[0].field for refused in (unsignable, image, kind) if refused.error]

    assert refusals == ["template.title", "template.signatories[0].image", "template.achievement_type"]


async def test_templates_of_others(school: School, course_id: str) -> None:
    """Another educator finds no such course, a learner needs the role, and an administrator may."""
    stranger, learner = await school.educator("stranger"), await school.learner()
    administrator = await school.administrator()
    calls = pb.ListCredentialTemplatesRequest(course_id=course_id)

    with expect_error(CourseNotFound):
        await set_template(stranger, course_id)
    with expect_error(CourseNotFound):
        await get(stranger, course_id)
    with expect_error(CourseNotFound):
        await stranger.credentials.ListCredentialTemplates(calls)
    with expect_error(CourseNotFound):
        await stranger.credentials.DeleteCredentialTemplate(
            pb.DeleteCredentialTemplateRequest(course_id=course_id, type=DEGREE)
        )
    with expect_error(RoleRequired):
        await set_template(learner, course_id)
    assert (await set_template(administrator, course_id)).course_id == course_id
