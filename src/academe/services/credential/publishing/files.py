"""Credentials as files: the signed forms as they are stored, pictures drawn when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.ids import new_id
from academe.services.credential.errors import CredentialNotFound, NotCredentialHolder
from academe.services.credential.issuance.awards import Award
from academe.services.credential.model import Credential, Document
from academe.services.credential.ports import (
    Account,
    CourseFacts,
    Courses,
    EnrollmentFacts,
    EnrollmentState,
)
from academe.services.credential.publishing.formats import File, FileFormat
from academe.services.credential.publishing.pictures import Pictures
from academe.services.credential.publishing.transcripts import Transcripts
from academe.services.credential.publishing.views import certificate_view
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.service import CredentialService
from academe.services.credential.templates import Template, Templates

SPECIMEN = "Ada Lovelace"
"""Whose name a preview shows."""


class FileService:
    """Hands out files to those who may have them."""

    def __init__(
        self,
        repository: CredentialRepository,
        credentials: CredentialService,
        transcripts: Transcripts,
        pictures: Pictures,
        templates: Templates,
        courses: Courses,
        *,
        base_uri: str,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._credentials = credentials
        self._transcripts = transcripts
        self._pictures = pictures
        self._templates = templates
        self._courses = courses
        self._base_uri = base_uri
        self._clock = clock

    async def download_credential(self, caller: Caller, credential_id: UUID, form: FileFormat) -> File:
        """A credential as a file. Raises CredentialNotFound, also for one that the caller may not see."""
        credential, _ = await self._credentials.visible(caller, credential_id)
        return await self.file_of(credential, form)

    async def file_of(self, credential: Credential, form: FileFormat) -> File:
        """The same for who was let in already. Raises CredentialNotFound for one that is not signed yet."""
        document = await self._document(credential)
        match form:
            case FileFormat.JSON:
                content = document.json
            case FileFormat.JWT:
                content = document.jwt
            case _:
                content = await self._pictures.baked(credential, document, form)
        return File(content, form.content_type, f"{_name(credential)}.{form.suffix}")

    async def thumbnail_of(self, credential: Credential) -> File:
        """A small picture. Raises CredentialNotFound for one that is not signed yet."""
        content = await self._pictures.thumbnail(credential, await self._document(credential))
        return File(content, FileFormat.PNG.content_type, f"{_name(credential)}.thumbnail.png")

    async def download_transcript(self, caller: Caller, learner_id: UUID | None) -> File:
        """Every credential of a learner that is in force, in one signed document (CLR 2.0).

        Raises CredentialNotFound when there is none, TranscriptTooLong, and NotCredentialHolder to
        somebody who is neither the learner nor an administrator.
        """
        learner_id = learner_id or caller.user_id
        if learner_id != caller.user_id and not caller.is_administrator:
            raise NotCredentialHolder("Only the learner or an administrator has a learner's transcript.")
        content = await self._transcripts.compose(learner_id)
        return File(content, FileFormat.JSON.content_type, "transcript.json")

    async def preview_credential(self, caller: Caller, template: Template, form: FileFormat) -> File:
        """What a template's certificates look like, for an invented learner.

        Raises CourseNotFound for a course that the caller does not teach, and what is wrong with the
        template, as when it is set.
        """
        issuer = await self._templates.check(caller, template)
        (course,) = (await self._courses.get_course_facts([template.course_id])).values()
        now = self._clock()
        award = _specimen(template, course, now)
        view = certificate_view(award.credential(issuer, now), award.design(issuer), self._base_uri)
        return File(await self._pictures.draw(view, form), form.content_type, f"preview.{form.suffix}")

    async def _document(self, credential: Credential) -> Document:
        document = await self._repository.get_document(credential)
        if document is None:
            raise CredentialNotFound(
                "The credential is not signed yet; ask again in a minute.",
                credential_id=credential.credential_id,
            )
        return document


def _name(credential: Credential) -> str:
    """Of a file, with no letter that anybody's file system stumbles over."""
    return f"{credential.type.name.lower()}-{credential.verification_code.lower()}"


def _specimen(template: Template, course: CourseFacts, now: datetime) -> Award:
    learner_id = new_id()
    learner = Account(
        user_id=learner_id,
        username="ada",
        email="",
        display_name=SPECIMEN,
        biography="",
        roles=frozenset(),
        version=1,
        create_time=now,
        update_time=now,
    )
    enrollment = EnrollmentFacts(new_id(), course.course_id, learner_id, EnrollmentState.COMPLETED, now)
    return Award(enrollment, course, template.type, learner, None, template)
