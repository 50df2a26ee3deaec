"""Bulk issues, and what holders decide, as clients see them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from academe.api.credential.v1 import credential_pb2, issue_job_pb2, verification_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.errors import EtagMismatch, RequestIdReused, RoleRequired
from academe.ids import new_id
from academe.services.credential.errors import IssueJobNotFound, NotCredentialHolder
from tests.integration.credential.graduation import certified, completed, enrolled, published_course
from tests.support.errors import expect_error
from tests.support.school import Person, School

BADGE = credential_pb2.CREDENTIAL_TYPE_BADGE


async def begin(person: Person, course_id: str, **fields: Any) -> issue_job_pb2.IssueJob:
    request = issue_job_pb2.BulkIssueCredentialsRequest(course_id=course_id, type=BADGE, **fields)
    job: issue_job_pb2.IssueJob = await person.credentials.BulkIssueCredentials(request)
    return job


async def get(person: Person, job: issue_job_pb2.IssueJob) -> issue_job_pb2.IssueJob:
    request = issue_job_pb2.GetIssueJobRequest(issue_job_id=job.issue_job_id)
    found: issue_job_pb2.IssueJob = await person.credentials.GetIssueJob(request)
    return found


async def over(person: Person, job: issue_job_pb2.IssueJob) -> issue_job_pb2.IssueJob:
    async with asyncio.timeout(30):
        while (now := await get(person, job)).state == issue_job_pb2.ISSUE_JOB_STATE_RUNNING:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return now


async def test_a_bulk_issue(school: School) -> None:
    """Begun by one call, carried out by the server, looked at by others; repeated it is the same one."""
    educator = await school.educator("grace")
    course = await published_course(educator)
    learners = [await school.learner(f"ada{number}") for number in range(4)]
    enrollments = [await completed(learner, course) for learner in learners]
    begun = await enrolled(await school.learner(), course)
    request_id, unknown = str(uuid4()), str(new_id())
    asked = [*enrollments, begun, unknown]

    job = await begin(educator, course, enrollment_ids=asked, request_id=request_id)
    assert job.issue_job_id[14] == "7"
    assert (job.course_id, job.type, job.total_count) == (course, BADGE, 6)
    done = await over(educator, job)

    assert (done.state, done.issued_count, done.existing_count, done.failed_count) == (
        issue_job_pb2.ISSUE_JOB_STATE_DONE,
        4,
        0,
        2,
    )
    assert done.finish_time.ToDatetime() >= done.create_time.ToDatetime()
    assert await begin(educator, course, enrollment_ids=asked, request_id=request_id) == done
    with expect_error(RequestIdReused):
        await begin(educator, course, enrollment_ids=asked[:1], request_id=request_id)
    failures = await educator.credentials.ListIssueFailures(
        issue_job_pb2.ListIssueFailuresRequest(issue_job_id=job.issue_job_id, page_size=1)
    )
    rest = await educator.credentials.ListIssueFailures(
        issue_job_pb2.ListIssueFailuresRequest(
            issue_job_id=job.issue_job_id, page_size=1, page_token=failures.next_page_token
        )
    )
    assert {(one.enrollment_id, one.reason) for page in (failures, rest) for one in page.failures} == {
        (begun, "ENROLLMENT_NOT_COMPLETED"),
        (unknown, "ENROLLMENT_NOT_FOUND"),
    }
    assert rest.next_page_token == ""
    everybody = await over(educator, await begin(educator, course))
    assert (everybody.total_count, everybody.existing_count) == (4, 4)
    held = await learners[0].credentials.ListCredentials(pb.ListCredentialsRequest())
    assert [(one.type, one.awarder_name) for one in held.credentials] == [(BADGE, "Grace")]


async def test_who_sees_a_bulk_issue(school: School) -> None:
    """Its course's educators and administrators: to others it does not exist, and learners may not ask."""
    educator, colleague, learner = await school.educator(), await school.educator(), await school.learner()
    job = await begin(educator, await published_course(educator))
    cancel = issue_job_pb2.CancelIssueJobRequest(issue_job_id=job.issue_job_id)
    failures = issue_job_pb2.ListIssueFailuresRequest(issue_job_id=job.issue_job_id)

    for call, request in (
        ("GetIssueJob", issue_job_pb2.GetIssueJobRequest(issue_job_id=job.issue_job_id)),
        ("CancelIssueJob", cancel),
        ("ListIssueFailures", failures),
    ):
        with expect_error(IssueJobNotFound):
            await getattr(colleague.credentials, call)(request)
        with expect_error(RoleRequired):
            await getattr(learner.credentials, call)(request)
    with expect_error("COURSE_NOT_FOUND"):
        await begin(colleague, job.course_id)
    with expect_error(RoleRequired):
        await begin(learner, job.course_id)
    with expect_error("PAGE_TOKEN_INVALID"):
        failures.page_token = "x"
        await educator.credentials.ListIssueFailures(failures)
    administrator = await school.administrator()
    assert await get(administrator, job) == job
    assert await educator.credentials.CancelIssueJob(cancel) == job  # nobody had completed it: it is done


async def verify(
    school: School, issued: credential_pb2.Credential
) -> verification_pb2.VerifyCredentialResponse:
    request = verification_pb2.VerifyCredentialRequest(verification_code=issued.verification_code)
    answer: verification_pb2.VerifyCredentialResponse = await school.anonymous.credentials.VerifyCredential(
        request
    )
    return answer


async def test_a_holder_decides(school: School) -> None:
    """Who may see it, and whether the name outlives the account; nobody decides for them."""
    learner, educator = await school.learner("ada"), await school.educator()
    issued = await certified(learner, educator)

    async def choose(person: Person, **fields: Any) -> credential_pb2.Credential:
        request = pb.UpdateCredentialRequest(credential_id=issued.credential_id, **fields)
        changed: credential_pb2.Credential = await person.credentials.UpdateCredential(request)
        return changed

    for person in (educator, await school.administrator()):
        with expect_error(NotCredentialHolder):
            await choose(person, visibility=credential_pb2.CREDENTIAL_VISIBILITY_PUBLIC)
    with expect_error("CREDENTIAL_NOT_FOUND"):
        await choose(await school.learner(), keeps_name=True)
    hidden = await choose(
        learner, visibility=credential_pb2.CREDENTIAL_VISIBILITY_HOLDER, keeps_name=True, etag=issued.etag
    )
    with expect_error(EtagMismatch):
        await choose(learner, keeps_name=False, etag=issued.etag)
    seen = await verify(school, issued)
    shown = await choose(learner, visibility=credential_pb2.CREDENTIAL_VISIBILITY_CODE)

    assert (hidden.visibility, hidden.keeps_name) == (credential_pb2.CREDENTIAL_VISIBILITY_HOLDER, True)
    assert seen.verdict == verification_pb2.VERDICT_VALID
    assert not seen.HasField("credential")
    assert "Ada" not in str(seen)
    assert shown.keeps_name
    assert (await verify(school, issued)).credential.learner_name == "Ada"


@pytest.mark.parametrize("by_administrator", [False, True])
async def test_a_name_is_erased(school: School, by_administrator: bool) -> None:
    """By the learner, or by an administrator for them; it verifies as before."""
    learner, educator = await school.learner("ada"), await school.educator()
    issued = await certified(learner, educator)
    with expect_error(NotCredentialHolder):
        await educator.credentials.EraseHolder(pb.EraseHolderRequest(learner_id=learner.user_id))
    who = await school.administrator() if by_administrator else learner
    learner_id = learner.user_id if by_administrator else ""
    erased = await who.credentials.EraseHolder(pb.EraseHolderRequest(learner_id=learner_id))
    seen = await verify(school, issued)

    assert (erased.erased_count, erased.kept_count) == (1, 0)
    assert (seen.verdict, seen.credential.learner_name) == (verification_pb2.VERDICT_VALID, "")
    now = await learner.credentials.GetCredential(pb.GetCredentialRequest(credential_id=issued.credential_id))
    assert (now.learner_name, now.document_sha256) == ("", issued.document_sha256)
