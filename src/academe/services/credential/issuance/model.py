"""Issuing to many, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from academe.services.credential.model import CredentialType


class IssueJobState(IntEnum):
    """Numbers as in academe.api.credential.v1.IssueJobState and in the table."""

    RUNNING = 1
    DONE = 2
    CANCELED = 3


class Outcome(IntEnum):
    """What became of an enrollment in a job. Numbers as in the table."""

    WAITING = 0
    ISSUED = 1
    EXISTING = 2
    FAILED = 3


@dataclass(frozen=True, slots=True)
class IssueJob:
    """Credentials of one type for many enrollments of a course."""

    issue_job_id: UUID
    course_id: UUID
    type: CredentialType
    state: IssueJobState
    awarder_id: UUID
    total_count: int
    issued_count: int
    existing_count: int
    failed_count: int
    create_time: datetime
    finish_time: datetime | None


@dataclass(frozen=True, slots=True)
class Dealt:
    """An enrollment that a job has dealt with; reason and message are of the error it failed with."""

    enrollment_id: UUID
    outcome: Outcome
    reason: str = ""
    message: str = ""
