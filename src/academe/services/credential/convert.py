"""Credentials between messages and values."""

from __future__ import annotations

from uuid import UUID

from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.etags import etag
from academe.rpc.convert import fingerprint, timestamp
from academe.services.credential.codes import printed
from academe.services.credential.model import Credential, Replay, Verification


def replay_of(request: pb.IssueCredentialRequest) -> Replay | None:
    return Replay(UUID(request.request_id), fingerprint(request)) if request.request_id else None


def credential_message(credential: Credential) -> pb.Credential:
    """A credential for those who may see all of it."""
    return pb.Credential(
        credential_id=str(credential.credential_id),
        enrollment_id=str(credential.enrollment_id),
        course_id=str(credential.course_id),
        learner_id=str(credential.learner_id),
        issuer_id=str(credential.issuer_id),
        type=pb.CredentialType.Name(credential.type),
        course_title=credential.course_title,
        learner_name=credential.learner_name,
        issuer_name=credential.issuer_name,
        verification_code=printed(credential.verification_code),
        state=pb.CredentialState.Name(credential.state),
        issue_time=timestamp(credential.issue_time),
        revoke_time=timestamp(credential.revoke_time),
        revoke_reason=credential.revoke_reason,
        etag=etag(credential.version),
    )


def verification_message(verification: Verification) -> pb.VerifyCredentialResponse:
    """What anybody gets to see: the statement, without ids of accounts."""
    credential = verification.credential
    return pb.VerifyCredentialResponse(
        verdict=pb.Verdict.Name(verification.verdict),
        credential=_verified(credential) if credential is not None else None,
    )


def _verified(credential: Credential) -> pb.VerifiedCredential:
    return pb.VerifiedCredential(
        type=pb.CredentialType.Name(credential.type),
        course_title=credential.course_title,
        learner_name=credential.learner_name,
        issuer_name=credential.issuer_name,
        issue_time=timestamp(credential.issue_time),
        revoke_time=timestamp(credential.revoke_time),
        revoke_reason=credential.revoke_reason,
    )
