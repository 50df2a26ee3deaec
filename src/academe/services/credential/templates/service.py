"""The rules of setting, reading and deleting templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.errors import RoleRequired
from academe.services.credential.errors import TemplateNotFound
from academe.services.credential.issuance.draft import IssuerProfile
from academe.services.credential.keys import Issuer, Issuers
from academe.services.credential.model import CredentialType
from academe.services.credential.ports import Courses
from academe.services.credential.rights import taught_course
from academe.services.credential.templates.checks import check_template
from academe.services.credential.templates.model import Template
from academe.services.credential.templates.repository import IssuerChosen, TemplateRepository


class Templates:
    """What the credentials of courses say from now on. Issued ones stay as they are."""

    def __init__(
        self,
        repository: TemplateRepository,
        issuers: Issuers,
        courses: Courses,
        *,
        base_uri: str,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._issuers = issuers
        self._courses = courses
        self._base_uri = base_uri
        self._clock = clock

    async def set_template(
        self, caller: Caller, template: Template, *, expected_version: int | None
    ) -> Template:
        """Stores a whole template. Raises as `check`, RoleRequired to an educator who would have others sign
        than those who did before, and EtagMismatch."""
        await self.check(caller, template)
        now = self._clock()
        # The first version is one that no template had: etags from before a deletion never fit a later one.
        first_version = round(now.timestamp() * 1_000)
        template = replace(template, update_time=now, version=first_version)
        with _only_administrators_choose():
            return await self._repository.set_template(
                template, expected_version, may_choose_issuer=caller.is_administrator
            )

    async def check(self, caller: Caller, template: Template) -> Issuer:
        """In whose name the template's credentials are signed, once it is certain that they can be.

        Raises CourseNotFound for a course that the caller does not teach; InvalidArgument, ImageRefused and
        CredentialUnsignable, naming the field; IssuerNotFound.
        """
        await taught_course(self._courses, caller, template.course_id)
        issuer = await self._issuers.get(template.issuer_id)
        await check_template(template, IssuerProfile.of(issuer, self._base_uri), self._base_uri)
        return issuer

    async def get_template(self, caller: Caller, course_id: UUID, kind: CredentialType) -> Template:
        """Raises CourseNotFound for a course that the caller does not teach, and TemplateNotFound."""
        await taught_course(self._courses, caller, course_id)
        template = await self.find(course_id, kind)
        if template is None:
            raise TemplateNotFound(course_id=course_id, type=kind.name)
        return template

    async def list_templates(self, caller: Caller, course_id: UUID) -> Sequence[Template]:
        """By type. Raises CourseNotFound for a course that the caller does not teach."""
        await taught_course(self._courses, caller, course_id)
        return await self._repository.list_of_course(course_id)

    async def delete_template(self, caller: Caller, course_id: UUID, kind: CredentialType) -> None:
        """Takes a template away; none is fine. Raises CourseNotFound for a course that the caller does not
        teach, and RoleRequired to an educator when it has an issuer."""
        await taught_course(self._courses, caller, course_id)
        with _only_administrators_choose():
            await self._repository.delete_template(course_id, kind, may_choose_issuer=caller.is_administrator)

    async def find(self, course_id: UUID, kind: CredentialType) -> Template | None:
        """The template of a course and type, for who issues; None where the course has its say."""
        templates = await self._repository.list_of_course(course_id)
        return next((template for template in templates if template.type is kind), None)

    async def issued_on_completion(self, course_id: UUID) -> list[Template]:
        """The templates of what a learner is given when they complete the course, by type."""
        templates = await self._repository.list_of_course(course_id)
        return [template for template in templates if template.issued_on_completion]


@contextmanager
def _only_administrators_choose() -> Iterator[None]:
    """In whose name a course certifies is not for its educators to say, but for the school."""
    try:
        yield
    except IssuerChosen as chosen:
        raise RoleRequired(
            f"Only an administrator changes the issuer; leave issuer_id at {chosen.issuer_id or 'nothing'}.",
            roles="ADMINISTRATOR",
        ) from None
