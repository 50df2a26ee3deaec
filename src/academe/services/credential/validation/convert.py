"""Verifications as messages."""

from __future__ import annotations

from academe.api.credential.v1 import credential_pb2
from academe.api.credential.v1 import verification_pb2 as pb
from academe.rpc.convert import timestamp
from academe.services.credential.validation.model import Statement, Verification


def verification_message(verification: Verification) -> pb.VerifyCredentialResponse:
    statement = verification.statement
    return pb.VerifyCredentialResponse(
        verdict=pb.Verdict.Name(verification.verdict),
        credential=_statement_message(statement) if statement is not None else None,
        checks=[
            pb.CredentialCheck(
                name=pb.CheckName.Name(check.name),
                result=pb.CheckResult.Name(check.result),
                reason=check.reason,
            )
            for check in verification.checks
        ],
    )


def _statement_message(statement: Statement) -> pb.VerifiedCredential:
    return pb.VerifiedCredential(
        type=credential_pb2.CredentialType.Name(statement.type or 0),
        course_title=statement.course_title,
        learner_name=statement.learner_name,
        issuer_name=statement.issuer_name,
        issue_time=timestamp(statement.issue_time),
        revoke_time=timestamp(statement.revoke_time),
        status_reason=statement.status_reason,
        expire_time=timestamp(statement.expire_time),
        issuer_did=statement.issuer_did,
        title=statement.title,
        description=statement.description,
        criteria=statement.criteria,
        uri=statement.uri,
    )
