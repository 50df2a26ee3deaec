"""The rules of issuing, reading, verifying and revoking credentials."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.pagination import Page, page_of, page_request
from academe.services.course import CourseFacts, CourseNotFound, NotCourseEducator
from academe.services.credential.codes import new_code, read_code
from academe.services.credential.errors import CredentialNotFound, EnrollmentNotCompleted
from academe.services.credential.model import (
    Credential,
    CredentialState,
    CredentialType,
    Replay,
    Verification,
    verification_of,
)
from academe.services.credential.ports import Courses, Enrollments, Users
from academe.services.credential.repository import CredentialRepository
from academe.services.enrollment import EnrollmentFacts, EnrollmentNotFound, EnrollmentState

ONLY_EDUCATORS = "Only the course's own educators or an administrator issue and revoke its credentials."


class CredentialService:
    """Credentials: issued by a course's educators, held by learners, verified by anybody."""

    def __init__(
        self,
        repository: CredentialRepository,
        enrollments: Enrollments,
        courses: Courses,
        users: Users,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._enrollments = enrollments
        self._courses = courses
        self._users = users
        self._clock = clock

    async def issue_credential(
        self, caller: Caller, enrollment_id: UUID, kind: CredentialType, *, replay: Replay | None
    ) -> Credential:
        """Issues a credential of a type for a completed enrollment, or answers with the first of that type.

        Raises EnrollmentNotFound, also to educators of other courses; NotCourseEducator to somebody who
        learns in the course; EnrollmentNotCompleted; RequestIdReused.
        """
        enrollment, course = await self._issuable(caller, enrollment_id)
        if enrollment.state is not EnrollmentState.COMPLETED:
            raise EnrollmentNotCompleted(state=enrollment.state.name)
        accounts = await self._users.get_accounts([enrollment.learner_id, caller.user_id])
        learner, issuer = accounts.get(enrollment.learner_id), accounts.get(caller.user_id)
        if learner is None or issuer is None:
            raise EnrollmentNotFound(enrollment_id=enrollment_id)  # somebody's account is gone
        credential = Credential(
            credential_id=new_id(),
            enrollment_id=enrollment_id,
            course_id=enrollment.course_id,
            learner_id=enrollment.learner_id,
            issuer_id=caller.user_id,
            type=kind,
            course_title=course.title,
            learner_name=learner.display_name or learner.username,
            issuer_name=issuer.display_name or issuer.username,
            verification_code=new_code(),
            state=CredentialState.VALID,
            issue_time=self._clock(),
            revoke_time=None,
            revoke_reason="",
            version=1,
        )
        return await self._repository.add_credential(credential, replay)

    async def _issuable(self, caller: Caller, enrollment_id: UUID) -> tuple[EnrollmentFacts, CourseFacts]:
        enrollment = (await self._enrollments.get_enrollment_facts([enrollment_id])).get(enrollment_id)
        course = await self._course(enrollment.course_id) if enrollment is not None else None
        if enrollment is None or course is None:
            raise EnrollmentNotFound(enrollment_id=enrollment_id)
        if not _teaches(caller, course):
            if caller.user_id == enrollment.learner_id:
                raise NotCourseEducator(ONLY_EDUCATORS, course_id=enrollment.course_id)
            raise EnrollmentNotFound(enrollment_id=enrollment_id)
        return enrollment, course

    async def get_credential(self, caller: Caller, credential_id: UUID) -> Credential:
        """One credential, for its holder, the course's educators and administrators.

        Raises CredentialNotFound, also for a credential that the caller may not see.
        """
        credential, _ = await self._visible(caller, credential_id)
        return credential

    async def _visible(self, caller: Caller, credential_id: UUID) -> tuple[Credential, bool]:
        """A credential that the caller may see, and whether they may revoke it."""
        credential = await self._repository.get_credential(credential_id)
        if credential is None:
            raise CredentialNotFound(credential_id=credential_id)
        course = None if caller.is_administrator else await self._course(credential.course_id)
        revocable = caller.is_administrator or (course is not None and _teaches(caller, course))
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
            course = await self._course(course_id)
            if course is None or not _teaches(caller, course):
                raise CourseNotFound(course_id=course_id)
            rows = await self._repository.list_of_course(course_id, request)
        return page_of(rows, request, lambda credential: (credential.credential_id,))

    async def verify_code(self, text: str) -> Verification:
        """What there is to say about a code, however it was typed. Raises nothing: what cannot be a code of
        ours is unknown, like one that was never given out."""
        code = read_code(text)
        return verification_of(await self._repository.find_by_code(code) if code is not None else None)

    async def revoke_credential(
        self, caller: Caller, credential_id: UUID, reason: str, *, expected_version: int | None
    ) -> Credential:
        """Declares a credential void, for good. One that is void already is answered as it is, whatever
        version is expected, so that repeating the call is safe.

        Raises CredentialNotFound, NotCourseEducator to its holder, EtagMismatch.
        """
        if "\0" in reason:
            raise InvalidArgument.field("reason", "must not contain the character U+0000")
        credential, revocable = await self._visible(caller, credential_id)
        if not revocable:
            raise NotCourseEducator(ONLY_EDUCATORS, course_id=credential.course_id)
        return await self._repository.revoke_credential(credential, reason, expected_version, self._clock())

    async def _course(self, course_id: UUID) -> CourseFacts | None:
        return (await self._courses.get_course_facts([course_id])).get(course_id)


def _teaches(caller: Caller, course: CourseFacts) -> bool:
    return caller.is_administrator or caller.user_id in course.educator_ids
