"""The rules of issuing a credential."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from academe.caller import Caller
from academe.errors import AcademeError
from academe.services.credential.errors import EnrollmentNotCompleted
from academe.services.credential.issuance.awarding import Awarding
from academe.services.credential.issuance.awards import Award
from academe.services.credential.issuance.gathering import SingleAwards
from academe.services.credential.model import Credential, CredentialType, Evidence, Replay, Result
from academe.services.credential.ports import (
    Account,
    CourseFacts,
    Courses,
    EnrollmentFacts,
    EnrollmentNotFound,
    Enrollments,
    EnrollmentState,
    NotCourseEducator,
    Users,
)
from academe.services.credential.rights import ONLY_EDUCATORS, teaches
from academe.services.credential.templates import Template, Templates
from academe.services.credential.web_address import check_web_address


class IssuanceService:
    """Credentials for completed enrollments: asked for by an educator, by a job, or by the completion."""

    def __init__(
        self,
        awarding: Awarding,
        singly: SingleAwards,
        templates: Templates,
        enrollments: Enrollments,
        courses: Courses,
        users: Users,
    ) -> None:
        self._awarding = awarding
        self._singly = singly
        self._templates = templates
        self._enrollments = enrollments
        self._courses = courses
        self._users = users

    async def issue_credential(
        self,
        caller: Caller,
        enrollment_id: UUID,
        kind: CredentialType,
        *,
        results: Sequence[Result] = (),
        evidence: Sequence[Evidence] = (),
        replaces_revoked: bool = False,
        replay: Replay | None,
    ) -> Credential:
        """Issues a credential of a type for a completed enrollment, or answers with the one of that type;
        with one that is revoked, too, unless it is to be replaced.

        Raises EnrollmentNotFound, also to educators of other courses; NotCourseEducator to somebody who
        learns in the course; EnrollmentNotCompleted; InvalidArgument for evidence that is not on the web;
        CredentialUnsignable; RequestIdReused.
        """
        enrollment = (await self._enrollments.get_enrollment_facts([enrollment_id])).get(enrollment_id)
        course = await self._course(enrollment.course_id) if enrollment is not None else None
        if enrollment is None or course is None:
            raise EnrollmentNotFound(enrollment_id=enrollment_id)
        if not teaches(caller, course):
            if caller.user_id == enrollment.learner_id:
                raise NotCourseEducator(ONLY_EDUCATORS, course_id=enrollment.course_id)
            raise EnrollmentNotFound(enrollment_id=enrollment_id)
        for number, one in enumerate(evidence):
            check_web_address(f"evidence[{number}].uri", one.uri)
        if replay is not None and (answered := await self._awarding.answered(replay)) is not None:
            return answered
        (award,) = await self._awards([enrollment], course, kind, caller.user_id)
        if isinstance(award, AcademeError):
            raise award
        award = award.with_work(results, evidence, replaces_revoked=replaces_revoked)
        return await self._singly.issue(award, replay)

    async def issue_many(
        self, course_id: UUID, enrollment_ids: Sequence[UUID], kind: CredentialType, awarder_id: UUID | None
    ) -> dict[UUID, tuple[Credential, bool] | AcademeError]:
        """Credentials of a type for enrollments of a course: each and whether it is new, or why it was not
        issued. Whether the awarder may is for the caller to know."""
        outcomes: dict[UUID, tuple[Credential, bool] | AcademeError] = {}
        found = await self._enrollments.get_enrollment_facts(enrollment_ids)
        course = await self._course(course_id)
        known = [one for one in found.values() if one.course_id == course_id and course is not None]
        for enrollment_id in set(enrollment_ids) - {one.enrollment_id for one in known}:
            outcomes[enrollment_id] = EnrollmentNotFound(enrollment_id=enrollment_id)
        if course is None:
            return outcomes
        prepared = await self._awards(known, course, kind, awarder_id)
        awards = [award for award in prepared if isinstance(award, Award)]
        for enrollment, award in zip(known, prepared, strict=True):
            if isinstance(award, AcademeError):
                outcomes[enrollment.enrollment_id] = award
        issued = await self._awarding.issue(awards)
        return outcomes | {
            award.enrollment.enrollment_id: outcome for award, outcome in zip(awards, issued, strict=True)
        }

    async def _awards(
        self,
        enrollments: Sequence[EnrollmentFacts],
        course: CourseFacts,
        kind: CredentialType,
        awarder_id: UUID | None,
    ) -> list[Award | AcademeError]:
        """In the order of the enrollments."""
        template = await self._templates.find(course.course_id, kind)
        accounts = await self._users.get_accounts(list(_people(enrollments, awarder_id)))
        return [_award(one, course, kind, template, accounts, awarder_id) for one in enrollments]

    async def _course(self, course_id: UUID) -> CourseFacts | None:
        return (await self._courses.get_course_facts([course_id])).get(course_id)


def _people(enrollments: Sequence[EnrollmentFacts], awarder_id: UUID | None) -> Iterable[UUID]:
    yield from {one.learner_id for one in enrollments} - {awarder_id}
    if awarder_id is not None:
        yield awarder_id


def _award(
    enrollment: EnrollmentFacts,
    course: CourseFacts,
    kind: CredentialType,
    template: Template | None,
    accounts: Mapping[UUID, Account],
    awarder_id: UUID | None,
) -> Award | AcademeError:
    if enrollment.state is not EnrollmentState.COMPLETED:
        return EnrollmentNotCompleted(state=enrollment.state.name)
    learner = accounts.get(enrollment.learner_id)
    awarder = accounts.get(awarder_id) if awarder_id is not None else None
    if learner is None or (awarder is None and awarder_id is not None):
        return EnrollmentNotFound(enrollment_id=enrollment.enrollment_id)  # somebody's account is gone
    return Award(enrollment, course, kind, learner, awarder, template)
