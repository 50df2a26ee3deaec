"""A preview: what a template's certificates will look like, before anything is issued with it."""

from __future__ import annotations

import pytest

from academe.ids import new_id
from academe.services.credential.errors import CredentialUnsignable, ImageRefused
from academe.services.credential.parts import CredentialParts
from academe.services.credential.ports import CourseNotFound
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.templates import Signatory
from tests.support.graduates import Faculty, template_for


@pytest.mark.parametrize(
    ("form", "begins"),
    [(FileFormat.PNG, b"\x89PNG"), (FileFormat.SVG, b"<"), (FileFormat.PDF, b"%PDF")],
)
async def test_every_picture_can_be_previewed(
    parts: CredentialParts, faculty: Faculty, form: FileFormat, begins: bytes
) -> None:
    """At any moment, and without leaving anything behind."""
    template = template_for(faculty.course.course_id, title="Certificate of Loops", language_code="de")

    file = await parts.files.preview_credential(faculty.educator, template, form)

    assert file.content.startswith(begins)
    assert (file.content_type, file.name) == (form.content_type, f"preview.{form.suffix}")
    assert not await parts.templates.list_templates(faculty.educator, faculty.course.course_id)


async def test_what_could_not_be_set_cannot_be_previewed(parts: CredentialParts, faculty: Faculty) -> None:
    """The same is refused for the same reasons, so that who previews knows."""
    course_id, form = faculty.course.course_id, FileFormat.PNG
    drawn = Signatory("Grace Hopper", "Dean", b"not a picture")
    for template, refusal in (
        (template_for(course_id, title="a\x07b"), CredentialUnsignable),
        (template_for(course_id, signatories=(drawn,)), ImageRefused),
        (template_for(new_id()), CourseNotFound),
    ):
        with pytest.raises(refusal):
            await parts.files.preview_credential(faculty.educator, template, form)
