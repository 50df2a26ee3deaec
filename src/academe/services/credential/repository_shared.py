"""What every repository of credentials reads rows with."""

from __future__ import annotations

from typing import Any

from academe.services.credential.model import (
    Credential,
    CredentialState,
    CredentialType,
    CredentialVisibility,
)


def credential_of(row: Any) -> Credential:
    """From a row with every column of credential.credential."""
    return Credential(
        credential_id=row["credential_id"],
        enrollment_id=row["enrollment_id"],
        course_id=row["course_id"],
        learner_id=row["learner_id"],
        awarder_id=row["awarder_id"],
        type=CredentialType(row["type"]),
        course_title=row["course_title"],
        learner_name=row["learner_name"],
        awarder_name=row["awarder_name"],
        verification_code=row["verification_code"],
        state=CredentialState(row["state"]),
        issue_time=row["issue_time"],
        revoke_time=row["revoke_time"],
        status_reason=row["status_reason"],
        version=row["version"],
        issuer_id=row["issuer_id"],
        issuer_name=row["issuer_name"],
        issuer_did=row["issuer_did"],
        title=row["title"] or row["course_title"],
        expire_time=row["expire_time"],
        suspend_time=row["suspend_time"],
        visibility=CredentialVisibility(row["visibility"]),
        keeps_name=row["keeps_name"],
        document_sha256=row["document_sha256"],
    )
