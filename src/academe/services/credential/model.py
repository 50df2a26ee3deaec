"""Credentials as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any
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
    """For good."""
    SUSPENDED = 3
    """Until it is reinstated."""


class CredentialVisibility(IntEnum):
    """Who may see it. Numbers as in academe.api.credential.v1.CredentialVisibility and in the table."""

    HOLDER = 1
    CODE = 2
    """Whoever has the code; so it is until the holder chooses."""
    PUBLIC = 3


@dataclass(frozen=True, slots=True)
class Credential:
    """A statement that a learner completed a course. Titles and names are those of the day of issue."""

    credential_id: UUID
    enrollment_id: UUID
    course_id: UUID
    learner_id: UUID
    awarder_id: UUID | None
    """None where it was issued on completion."""
    type: CredentialType
    course_title: str
    learner_name: str
    """Empty once it was erased."""
    awarder_name: str
    verification_code: str
    """As stored, without dashes."""
    state: CredentialState
    issue_time: datetime
    """In whole seconds, as the signed document has it."""
    revoke_time: datetime | None
    status_reason: str
    version: int
    """What the etag says."""
    issuer_id: UUID | None
    """None, as document_sha256, for one from before credentials were signed, until it is."""
    issuer_name: str
    issuer_did: str
    title: str
    expire_time: datetime | None
    suspend_time: datetime | None
    visibility: CredentialVisibility
    keeps_name: bool
    document_sha256: bytes | None


@dataclass(frozen=True, slots=True)
class Result:
    """A result that was achieved, such as a grade."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Work that the learner showed; `uri` and `narrative` may be empty."""

    name: str
    uri: str
    narrative: str


@dataclass(frozen=True, slots=True)
class Document:
    """The signed bytes of a credential, exactly as they are handed out, and what its picture needs."""

    json: bytes
    json_key_number: int
    jwt: bytes
    jwt_key_number: int
    design: Mapping[str, Any]
    """Of the day of issue: description, criteria, language_code, signatories and the issuer's brand."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Somebody's request_id with the digest of what it asked for."""

    awarder_id: UUID
    request_id: UUID
    request_hash: bytes
