"""IssueCredential: for completed enrollments, by those who teach the course, once per type."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from academe.api.course.v1 import course_pb2, course_service_pb2
from academe.api.credential.v1 import credential_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.api.enrollment.v1 import enrollment_service_pb2
from academe.api.user.v1 import user_service_pb2
from academe.db.pool import Pool
from academe.errors import RequestIdReused, RoleRequired
from academe.ids import new_id
from academe.services.credential.errors import EnrollmentNotCompleted
from academe.services.enrollment import EnrollmentNotFound
from tests.integration.credential.graduation import certificate_for, completed, enrolled, published_course
from tests.support.errors import expect_error
from tests.support.school import School

BADGE = credential_pb2.CREDENTIAL_TYPE_BADGE


async def test_an_educator_certifies_a_learner(school: School) -> None:
    """The credential says who learned what from whom, under a code in four groups."""
    learner, educator = await school.learner("ada"), await school.educator("grace")
    course = await published_course(educator, "Thinking in Loops")
    enrollment = await completed(learner, course)

    issued = await educator.credentials.IssueCredential(certificate_for(enrollment))

    assert issued.credential_id[14] == "7"
    assert [len(group) for group in issued.verification_code.split("-")] == [5, 5, 5, 5]
    assert issued.etag
    assert issued == credential_pb2.Credential(
        credential_id=issued.credential_id,
        enrollment_id=enrollment,
        course_id=course,
        learner_id=learner.user_id,
        awarder_id=educator.user_id,
        type=credential_pb2.CREDENTIAL_TYPE_CERTIFICATE,
        course_title="Thinking in Loops",
        learner_name="Ada",
        awarder_name="Grace",
        verification_code=issued.verification_code,
        state=credential_pb2.CREDENTIAL_STATE_VALID,
        issue_time=issued.issue_time,
        etag=issued.etag,
        visibility=credential_pb2.CREDENTIAL_VISIBILITY_CODE,
        issuer_id=issued.issuer_id,
        issuer_name="localhost",
        issuer_did="did:web:localhost%3A50080",
        title="Thinking in Loops",
        uri=f"http://localhost:50080/credentials/{issued.verification_code.replace('-', '')}",
        document_sha256=issued.document_sha256,
    )
    assert len(issued.document_sha256) == 64


async def test_an_administrator_certifies_for_any_course(school: School) -> None:
    """And is named as the issuer."""
    learner, educator, administrator = (
        await school.learner(),
        await school.educator(),
        await school.administrator(),
    )
    enrollment = await completed(learner, await published_course(educator))

    issued = await administrator.credentials.IssueCredential(certificate_for(enrollment))

    assert issued.awarder_id == administrator.user_id
    assert issued.awarder_name


async def test_the_same_type_again_is_answered_with_the_first(school: School) -> None:
    """Whoever asks, and whether or not they send a request_id."""
    learner, educator, administrator = (
        await school.learner(),
        await school.educator(),
        await school.administrator(),
    )
    enrollment = await completed(learner, await published_course(educator))
    first = await educator.credentials.IssueCredential(certificate_for(enrollment))

    for person, request_id in ((educator, ""), (educator, str(uuid4())), (administrator, "")):
        request = certificate_for(enrollment, request_id=request_id)
        assert await person.credentials.IssueCredential(request) == first


async def test_each_type_is_a_credential_of_its_own(school: School) -> None:
    """One enrollment may earn all four, with four codes."""
    learner, educator = await school.learner(), await school.educator()
    enrollment = await completed(learner, await published_course(educator))

    issued = [
        await educator.credentials.IssueCredential(certificate_for(enrollment, type=number))
        for number in (1, 2, 3, 4)
    ]

    assert [credential.type for credential in issued] == [1, 2, 3, 4]
    assert len({credential.verification_code for credential in issued}) == 4


async def test_a_hundred_at_once_make_one(school: School, pool: Pool) -> None:
    """From two people, some with request ids: one credential, one code, one answer."""
    learner, educator, administrator = (
        await school.learner(),
        await school.educator(),
        await school.administrator(),
    )
    enrollment = await completed(learner, await published_course(educator))
    requests = [
        certificate_for(enrollment, request_id=str(uuid4()) if number % 3 else "") for number in range(100)
    ]

    issued = await asyncio.gather(
        *(
            (educator, administrator)[number % 2].credentials.IssueCredential(request)
            for number, request in enumerate(requests)
        )
    )
    stored = await pool.fetch(
        "select verification_code from credential.credential where enrollment_id = $1::text::uuid", enrollment
    )
    codes = await pool.fetch(
        "select code from credential.verification_code where learner_id = $1::text::uuid", learner.user_id
    )

    assert len({credential.SerializeToString() for credential in issued}) == 1
    assert [row["verification_code"] for row in stored] == [row["code"] for row in codes]
    assert len(codes) == 1


async def test_a_request_repeated_answers_the_same(school: School) -> None:
    """An educator who got no answer asks again."""
    learner, educator = await school.learner(), await school.educator()
    enrollment = await completed(learner, await published_course(educator))
    request = certificate_for(enrollment, request_id=str(uuid4()))

    assert await educator.credentials.IssueCredential(request) == (
        await educator.credentials.IssueCredential(request)
    )


@pytest.mark.parametrize("issued_before", [False, True])
async def test_a_request_id_with_another_type_is_refused(
    school: School, pool: Pool, issued_before: bool
) -> None:
    """Also when a credential of that type exists: the client has mixed something up."""
    learner, educator = await school.learner(), await school.educator()
    enrollment = await completed(learner, await published_course(educator))
    request = certificate_for(enrollment, request_id=str(uuid4()))
    await educator.credentials.IssueCredential(request)
    if issued_before:
        await educator.credentials.IssueCredential(certificate_for(enrollment, type=BADGE))
    request.type = BADGE

    with expect_error(RequestIdReused):
        await educator.credentials.IssueCredential(request)
    stored = await pool.fetchval(
        "select count(*) from credential.credential where enrollment_id = $1::text::uuid", enrollment
    )
    assert stored == 1 + issued_before


async def test_an_enrollment_under_way_earns_nothing(school: School) -> None:
    """The state is told, so that a client can say why."""
    learner, educator = await school.learner(), await school.educator()
    enrollment = await enrolled(learner, await published_course(educator))

    with expect_error(EnrollmentNotCompleted) as refusal:
        await educator.credentials.IssueCredential(certificate_for(enrollment))
    assert refusal.error is not None
    assert refusal.error.metadata == {"state": "ACTIVE"}


async def test_a_learner_who_left_earns_nothing(school: School) -> None:
    """Not even from an administrator."""
    learner, educator, administrator = (
        await school.learner(),
        await school.educator(),
        await school.administrator(),
    )
    enrollment = await enrolled(learner, await published_course(educator))
    await learner.enrollments.Unenroll(enrollment_service_pb2.UnenrollRequest(enrollment_id=enrollment))

    with expect_error(EnrollmentNotCompleted) as refusal:
        await administrator.credentials.IssueCredential(certificate_for(enrollment))
    assert refusal.error is not None
    assert refusal.error.metadata == {"state": "DROPPED"}


async def test_to_an_educator_of_another_course_the_enrollment_does_not_exist(school: School) -> None:
    """They are told the same as about an id that nobody has, completed or not."""
    learner, educator, other = await school.learner(), await school.educator(), await school.educator()
    course = await published_course(educator)
    begun = await enrolled(await school.learner(), course)

    for enrollment in (await completed(learner, course), begun, str(new_id())):
        with expect_error(EnrollmentNotFound) as refusal:
            await other.credentials.IssueCredential(certificate_for(enrollment))
        assert refusal.error is not None
        assert refusal.error.metadata == {"enrollment_id": enrollment}


async def test_nobody_certifies_themselves_for_another_s_course(school: School) -> None:
    """An educator who learned with a colleague knows of the enrollment, but does not teach the course."""
    learner, educator = await school.educator(), await school.educator()
    enrollment = await completed(learner, await published_course(educator))

    with expect_error("NOT_COURSE_EDUCATOR"):
        await learner.credentials.IssueCredential(certificate_for(enrollment))


async def test_learners_do_not_issue(school: School) -> None:
    """Their role is not enough, whatever they ask for."""
    learner, educator = await school.learner(), await school.educator()
    enrollment = await completed(learner, await published_course(educator))

    with expect_error(RoleRequired):
        await learner.credentials.IssueCredential(certificate_for(enrollment))


async def test_names_and_title_stay_as_they_were_on_the_day(school: School) -> None:
    """People marry and courses are renamed; what was issued stays what it was."""
    learner, educator = await school.learner("ada"), await school.educator("grace")
    course = await published_course(educator, "Loops")
    issued = await educator.credentials.IssueCredential(certificate_for(await completed(learner, course)))
    for person in (learner, educator):
        rename = user_service_pb2.UpdateUserRequest(
            user=user_service_pb2.User(user_id=person.user_id, display_name="Somebody Else")
        )
        rename.update_mask.paths.append("display_name")
        await person.users.UpdateUser(rename)
    retitle = course_service_pb2.UpdateCourseRequest(
        course=course_pb2.Course(course_id=course, title="Recursion")
    )
    retitle.update_mask.paths.append("title")
    await educator.courses.UpdateCourse(retitle)
    await educator.courses.PublishCourse(course_service_pb2.PublishCourseRequest(course_id=course))

    now = await learner.credentials.GetCredential(pb.GetCredentialRequest(credential_id=issued.credential_id))

    assert (now.course_title, now.learner_name, now.awarder_name) == ("Loops", "Ada", "Grace")


async def test_a_type_must_be_given(school: School) -> None:
    """There is no default achievement."""
    educator = await school.educator()

    with expect_error("FIELD_INVALID"):
        await educator.credentials.IssueCredential(certificate_for(str(new_id()), type=0))
