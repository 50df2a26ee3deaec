"""The rules of reading credentials, and of what their holders decide."""

from __future__ import annotations

from uuid import UUID

from academe.caller import Caller
from academe.pagination import Page, page_of, page_request
from academe.services.credential.errors import CredentialNotFound, NotCredentialHolder
from academe.services.credential.model import Credential, CredentialVisibility
from academe.services.credential.ports import CourseFacts, Courses
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.rights import taught_course, teaches


class CredentialService:
    """Credentials: issued by a course's educators, held by learners, verified by anybody."""

    def __init__(
        self,
        repository: CredentialRepository,
        courses: Courses,
    ) -> None:
        self._repository = repository
        self._courses = courses

    async def get_credential(self, caller: Caller, credential_id: UUID) -> Credential:
        """One credential, for its holder, the course's educators and administrators.

        Raises CredentialNotFound, also for a credential that the caller may not see.
        """
        credential, _ = await self.visible(caller, credential_id)
        return credential

    async def visible(self, caller: Caller, credential_id: UUID) -> tuple[Credential, bool]:
        """A credential that the caller may see, and whether they may revoke it."""
        credential = await self._repository.get_credential(credential_id)
        if credential is None:
            raise CredentialNotFound(credential_id=credential_id)
        course = None if caller.is_administrator else await self._course(credential.course_id)
        revocable = caller.is_administrator or (course is not None and teaches(caller, course))
        if not revocable and caller.user_id != credential.learner_id:
            raise CredentialNotFound(credential_id=credential_id)
        return credential, revocable

    async def list_credentials(
        self, caller: Caller, course_id: UUID | None, *, page_size: int, page_token: str
    ) -> Page[Credential]:
        """The caller's own credentials, or with `course_id` those of a course; newest first.

        Raises CourseNotFound for a course that the caller does not teach, and PageTokenInvalid.
        """
        request = page_request(
            page_size,
            page_token,
            arguments=("credentials", str(caller.user_id), str(course_id)),
            key=(UUID,),
        )
        if course_id is None:
            rows = await self._repository.list_of_learner(caller.user_id, request)
        else:
            await taught_course(self._courses, caller, course_id)
            rows = await self._repository.list_of_course(course_id, request)
        return page_of(rows, request, lambda credential: (credential.credential_id,))

    async def update_credential(
        self,
        caller: Caller,
        credential_id: UUID,
        visibility: CredentialVisibility | None,
        keeps_name: bool | None,
        *,
        expected_version: int | None,
    ) -> Credential:
        """What the holder decides: who may see it, and whether the name outlives the account.

        Raises CredentialNotFound, NotCredentialHolder to educators and administrators, EtagMismatch.
        """
        credential, _ = await self.visible(caller, credential_id)
        if caller.user_id != credential.learner_id:
            raise NotCredentialHolder(credential_id=credential_id)
        return await self._repository.update_choices(credential, visibility, keeps_name, expected_version)

    async def erase_holder(self, caller: Caller, learner_id: UUID | None) -> tuple[int, int]:
        """Takes a learner's name out of the credentials whose holder did not want it kept: how many state
        none now, and how many keep it. Raises NotCredentialHolder."""
        learner_id = learner_id or caller.user_id
        if learner_id != caller.user_id and not caller.is_administrator:
            raise NotCredentialHolder("Only the learner or an administrator erases a learner's name.")
        return await self._repository.erase_names(learner_id)

    async def _course(self, course_id: UUID) -> CourseFacts | None:
        return (await self._courses.get_course_facts([course_id])).get(course_id)
