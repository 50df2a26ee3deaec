"""RevokeCredential: declares a credential void, for good and for a stated reason."""

from __future__ import annotations

import asyncio

import pytest

from academe.api.credential.v1 import credential_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.errors import EtagMismatch, InvalidArgument, RoleRequired
from academe.ids import new_id
from academe.services.credential.errors import CredentialNotFound
from tests.integration.credential.graduation import certificate_for, certified
from tests.support.errors import expect_error
from tests.support.school import School


def revocation_of(
    credential: credential_pb2.Credential, reason: str = "Issued in error", etag: str = ""
) -> object:
    return pb.RevokeCredentialRequest(credential_id=credential.credential_id, reason=reason, etag=etag)


async def test_an_educator_of_the_course_revokes(school: School) -> None:
    """State, time and reason are added, and the etag changes; nothing else does."""
    learner, educator = await school.learner(), await school.educator()
    issued = await certified(learner, educator)

    revoked = await educator.credentials.RevokeCredential(revocation_of(issued, "Copied the exam"))

    expected = credential_pb2.Credential()
    expected.CopyFrom(issued)
    expected.state = credential_pb2.CREDENTIAL_STATE_REVOKED
    expected.status_reason = "Copied the exam"
    expected.revoke_time.CopyFrom(revoked.revoke_time)
    expected.etag = revoked.etag
    assert revoked == expected
    assert revoked.etag != issued.etag
    assert revoked.HasField("revoke_time")
    request = pb.GetCredentialRequest(credential_id=issued.credential_id)
    assert await learner.credentials.GetCredential(request) == revoked


async def test_an_administrator_revokes(school: School) -> None:
    """For any course."""
    administrator = await school.administrator()
    issued = await certified(await school.learner(), await school.educator())

    revoked = await administrator.credentials.RevokeCredential(revocation_of(issued))

    assert revoked.state == credential_pb2.CREDENTIAL_STATE_REVOKED


async def test_a_second_call_answers_as_the_first(school: School) -> None:
    """Even with another reason, and with the etag from before the first: it is final, and safe to repeat."""
    educator = await school.educator()
    issued = await certified(await school.learner(), educator)
    revoked = await educator.credentials.RevokeCredential(revocation_of(issued, "One", issued.etag))

    for again in (
        revocation_of(issued, "One", issued.etag),
        revocation_of(issued, "Another"),
        revocation_of(issued, "Another", revoked.etag),
    ):
        assert await educator.credentials.RevokeCredential(again) == revoked


async def test_many_at_once_agree_on_one_reason(school: School) -> None:
    """One of them was first, and everybody is told its reason."""
    educator = await school.educator()
    issued = await certified(await school.learner(), educator)

    replies = await asyncio.gather(
        *(educator.credentials.RevokeCredential(revocation_of(issued, f"Reason {n}")) for n in range(50))
    )

    assert len({reply.SerializeToString() for reply in replies}) == 1


async def test_an_etag_that_is_not_the_current_one(school: School) -> None:
    """The current one is told; nothing changes."""
    educator = await school.educator()
    issued = await certified(await school.learner(), educator)

    with expect_error(EtagMismatch) as refusal:
        await educator.credentials.RevokeCredential(revocation_of(issued, etag="v99"))
    assert refusal.error is not None
    assert refusal.error.metadata == {"etag": issued.etag}
    request = pb.GetCredentialRequest(credential_id=issued.credential_id)
    assert await educator.credentials.GetCredential(request) == issued


async def test_a_revoked_credential_is_not_issued_again(school: School) -> None:
    """Issuing the same type answers with the first one, which is void."""
    educator = await school.educator()
    issued = await certified(await school.learner(), educator)
    revoked = await educator.credentials.RevokeCredential(revocation_of(issued))

    assert await educator.credentials.IssueCredential(certificate_for(issued.enrollment_id)) == revoked


async def test_to_an_educator_of_another_course_it_does_not_exist(school: School) -> None:
    """The same as an id that nobody has."""
    other = await school.educator()
    issued = await certified(await school.learner(), await school.educator())

    for credential in (issued, credential_pb2.Credential(credential_id=str(new_id()))):
        with expect_error(CredentialNotFound):
            await other.credentials.RevokeCredential(revocation_of(credential))


async def test_the_holder_does_not_revoke(school: School) -> None:
    """A learner lacks the role; an educator who learned elsewhere is told that the course is not theirs."""
    learner, colleague, educator = await school.learner(), await school.educator(), await school.educator()

    with expect_error(RoleRequired):
        await learner.credentials.RevokeCredential(revocation_of(await certified(learner, educator)))
    with expect_error("NOT_COURSE_EDUCATOR"):
        await colleague.credentials.RevokeCredential(revocation_of(await certified(colleague, educator)))


@pytest.mark.parametrize("reason", ["", "x" * 501, "a\0b"])
async def test_a_reason_must_be_given_and_readable(school: School, reason: str) -> None:
    """Everybody who verifies the credential will read it."""
    educator = await school.educator()
    issued = await certified(await school.learner(), educator)

    with expect_error(InvalidArgument) as refusal:
        await educator.credentials.RevokeCredential(revocation_of(issued, reason))
    assert refusal.error is not None
    assert [violation.field for violation in refusal.error.violations] == ["reason"]
