"""Verifications as values, and what verdict the checks make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from academe.services.credential.model import CredentialType


class Verdict(IntEnum):
    """Numbers as in academe.api.credential.v1.Verdict."""

    VALID = 1
    REVOKED = 2
    UNKNOWN = 3
    SUSPENDED = 4
    EXPIRED = 5
    NOT_YET_VALID = 6
    INVALID = 7


class CheckName(IntEnum):
    """Numbers as in academe.api.credential.v1.CheckName; the order in which they are looked at."""

    STRUCTURE = 1
    CONTEXTS = 2
    PROOF = 3
    ISSUER = 4
    VALIDITY = 5
    STATUS = 6
    LOG = 7
    RECIPIENT = 8


class CheckResult(IntEnum):
    """Numbers as in academe.api.credential.v1.CheckResult."""

    PASS = 1
    FAIL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `verdict` is what a failure means, where it is not INVALID."""

    name: CheckName
    result: CheckResult
    reason: str = ""
    """A sentence; may be empty."""
    verdict: Verdict = Verdict.INVALID


@dataclass(frozen=True, slots=True)
class Statement:
    """What a credential says, for its readers; empty where it says nothing or may not be told."""

    type: CredentialType | None = None
    course_title: str = ""
    title: str = ""
    description: str = ""
    criteria: str = ""
    learner_name: str = ""
    issuer_name: str = ""
    issuer_did: str = ""
    uri: str = ""
    issue_time: datetime | None = None
    expire_time: datetime | None = None
    revoke_time: datetime | None = None
    status_reason: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to somebody who asks; without a statement when nothing could be read or found."""

    verdict: Verdict
    statement: Statement | None
    checks: Sequence[Check] = field(default_factory=tuple)


GENUINE = (CheckName.STRUCTURE, CheckName.CONTEXTS, CheckName.PROOF, CheckName.ISSUER)
"""What must be known before anything the credential says is worth a look."""

_ORDER = (
    Verdict.INVALID,
    Verdict.REVOKED,
    Verdict.SUSPENDED,
    Verdict.EXPIRED,
    Verdict.NOT_YET_VALID,
)


def verdict_of(checks: Sequence[Check]) -> Verdict:
    """The worst of the checks. What is not known to be genuine is never called revoked or expired, and what
    is not known to be in force is never called valid."""
    results: Mapping[CheckName, CheckResult] = {check.name: check.result for check in checks}
    failed = {check.verdict for check in checks if check.result is CheckResult.FAIL}
    if Verdict.INVALID in failed:
        return Verdict.INVALID
    if any(results.get(name) is not CheckResult.PASS for name in GENUINE):
        return Verdict.UNKNOWN
    for verdict in _ORDER:
        if verdict in failed:
            return verdict
    unknown = any(result is CheckResult.UNKNOWN for result in results.values())
    missing = any(results.get(name) is None for name in (CheckName.VALIDITY, CheckName.STATUS))
    return Verdict.UNKNOWN if unknown or missing else Verdict.VALID
