"""Credentials as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID


class CredentialType(IntEnum):
    """What kind of achievement. Numbers as in academe.api.credential.v1.CredentialType and in the table."""

    CERTIFICATE = 1
    BADGE = 2
    MICRO_DEGREE = 3
    DEGREE = 4


class CredentialState(IntEnum):
    """Numbers as in academe.api.credential.v1.CredentialState and in the table."""

    VALID = 1
    REVOKED = 2


class Verdict(IntEnum):
    """What a verification says. Numbers as in academe.api.credential.v1.Verdict."""

    VALID = 1
    REVOKED = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Credential:
    """A statement that a learner completed a course. Title and names are those of the day of issue."""

    credential_id: UUID
    enrollment_id: UUID
    course_id: UUID
    learner_id: UUID
    issuer_id: UUID
    type: CredentialType
    course_title: str
    learner_name: str
    issuer_name: str
    verification_code: str
    """As stored, without dashes."""
    state: CredentialState
    issue_time: datetime
    revoke_time: datetime | None
    revoke_reason: str
    version: int
    """What the etag says."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A request_id with the digest of what it asked for."""

    request_id: UUID
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to somebody who asks about a code; without a credential when it is unknown."""

    verdict: Verdict
    credential: Credential | None


def verification_of(credential: Credential | None) -> Verification:
    if credential is None:
        return Verification(Verdict.UNKNOWN, None)
    revoked = credential.state is CredentialState.REVOKED
    return Verification(Verdict.REVOKED if revoked else Verdict.VALID, credential)
