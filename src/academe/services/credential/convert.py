"""Credentials between messages and values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from google.protobuf.message import Message

from academe.api.credential.v1 import credential_pb2 as pb
from academe.api.credential.v1 import issue_job_pb2
from academe.etags import etag
from academe.rpc.call import current_caller
from academe.rpc.convert import fingerprint, timestamp
from academe.services.credential.codes import printed
from academe.services.credential.issuance.draft import credential_uri
from academe.services.credential.issuance.model import Dealt, IssueJob
from academe.services.credential.model import Credential, Evidence, Replay, Result


class Repeatable(Protocol):
    """A request that names itself."""

    request_id: str


def replay_of(request: Repeatable) -> Replay | None:
    if not request.request_id or not isinstance(request, Message):
        return None
    return Replay(current_caller().user_id, UUID(request.request_id), fingerprint(request))


def results_of(messages: Sequence[pb.CredentialResult]) -> list[Result]:
    return [Result(one.name, one.value) for one in messages]


def evidence_of(messages: Sequence[pb.CredentialEvidence]) -> list[Evidence]:
    return [Evidence(one.name, one.uri, one.narrative) for one in messages]


def credential_message(credential: Credential, base_uri: str) -> pb.Credential:
    """A credential for those who may see all of it; `base_uri` is the school's address."""
    return pb.Credential(
        credential_id=str(credential.credential_id),
        enrollment_id=str(credential.enrollment_id),
        course_id=str(credential.course_id),
        learner_id=str(credential.learner_id),
        awarder_id=str(credential.awarder_id or ""),
        type=pb.CredentialType.Name(credential.type),
        course_title=credential.course_title,
        learner_name=credential.learner_name,
        awarder_name=credential.awarder_name,
        verification_code=printed(credential.verification_code),
        state=pb.CredentialState.Name(credential.state),
        issue_time=timestamp(credential.issue_time),
        revoke_time=timestamp(credential.revoke_time),
        status_reason=credential.status_reason,
        etag=etag(credential.version),
        suspend_time=timestamp(credential.suspend_time),
        expire_time=timestamp(credential.expire_time),
        visibility=pb.CredentialVisibility.Name(credential.visibility),
        keeps_name=credential.keeps_name,
        issuer_id=str(credential.issuer_id or ""),
        issuer_name=credential.issuer_name,
        issuer_did=credential.issuer_did,
        title=credential.title,
        uri=credential_uri(base_uri, credential.verification_code),
        document_sha256=(credential.document_sha256 or b"").hex(),
    )


def issue_job_message(job: IssueJob) -> issue_job_pb2.IssueJob:
    return issue_job_pb2.IssueJob(
        issue_job_id=str(job.issue_job_id),
        course_id=str(job.course_id),
        type=pb.CredentialType.Name(job.type),
        state=issue_job_pb2.IssueJobState.Name(job.state),
        total_count=job.total_count,
        issued_count=job.issued_count,
        existing_count=job.existing_count,
        failed_count=job.failed_count,
        create_time=timestamp(job.create_time),
        finish_time=timestamp(job.finish_time),
    )


def failure_message(dealt: Dealt) -> issue_job_pb2.IssueFailure:
    return issue_job_pb2.IssueFailure(
        enrollment_id=str(dealt.enrollment_id), reason=dealt.reason, message=dealt.message
    )
