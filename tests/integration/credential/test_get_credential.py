"""GetCredential: for its holder, the course's educators and administrators."""

from __future__ import annotations

from academe.api.course.v1 import course_service_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.errors import TokenMissing
from academe.ids import new_id
from academe.services.credential.errors import CredentialNotFound
from tests.integration.credential.graduation import certified, enrolled, published_course
from tests.support.errors import expect_error
from tests.support.school import School


async def test_holder_educator_and_administrator_see_the_same(school: School) -> None:
    """Exactly what IssueCredential answered."""
    learner, educator, administrator = (
        await school.learner(),
        await school.educator(),
        await school.administrator(),
    )
    issued = await certified(learner, educator)
    request = pb.GetCredentialRequest(credential_id=issued.credential_id)

    seen = [await person.credentials.GetCredential(request) for person in (learner, educator, administrator)]
    assert seen == [issued] * 3


async def test_to_others_a_credential_does_not_exist(school: School) -> None:
    """Neither to a fellow learner nor to an educator of another course."""
    learner, educator = await school.learner(), await school.educator()
    course = await published_course(educator)
    fellow, other = await school.learner(), await school.educator()
    await enrolled(fellow, course)
    issued = await certified(learner, educator, course)

    for person in (fellow, other):
        for credential_id in (issued.credential_id, str(new_id())):
            with expect_error(CredentialNotFound) as refusal:
                await person.credentials.GetCredential(pb.GetCredentialRequest(credential_id=credential_id))
            assert refusal.error is not None
            assert refusal.error.metadata == {"credential_id": credential_id}


async def test_a_credential_outlives_its_course(school: School) -> None:
    """The course is deleted; who earned something keeps it."""
    learner, educator = await school.learner(), await school.educator()
    issued = await certified(learner, educator)
    await educator.courses.DeleteCourse(course_service_pb2.DeleteCourseRequest(course_id=issued.course_id))
    request = pb.GetCredentialRequest(credential_id=issued.credential_id)

    assert [await person.credentials.GetCredential(request) for person in (learner, educator)] == [issued] * 2


async def test_nobody_reads_without_signing_in(school: School) -> None:
    """Who holds only the code verifies it instead."""
    with expect_error(TokenMissing):
        await school.anonymous.credentials.GetCredential(pb.GetCredentialRequest(credential_id=str(new_id())))
