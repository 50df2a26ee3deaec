"""Imports as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from academe.services.course.model import CourseView


class ImportOutcome(IntEnum):
    """Numbers as in ImportOutcome of the contract; a test holds the two together."""

    IMPORTED = 1
    DEGRADED = 2
    LEFT_OUT = 3


@dataclass(frozen=True, slots=True)
class ImportItem:
    """One row of an import's report; `position` counts from 1 in archive order."""

    position: int
    path: str
    item_type: str
    source_id: str
    title: str
    outcome: ImportOutcome
    reason: str
    """Empty exactly when imported whole."""
    detail: str


@dataclass(frozen=True, slots=True)
class Import:
    """What an archive became: the course whose draft it is, and how much of it was taken."""

    course_id: UUID
    import_id: UUID
    imported_count: int
    degraded_count: int
    left_out_count: int
    create_time: datetime


@dataclass(frozen=True, slots=True)
class UploadHeader:
    """How an upload begins: the course whose draft is replaced, None for a new one."""

    course_id: UUID | None
    request_id: UUID | None


@dataclass(frozen=True, slots=True)
class Archive:
    """The bytes that were sent, by what tells them from others."""

    sha256: bytes
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """`unchanged` says that these bytes were imported before and nothing was written now."""

    course: CourseView
    done: Import
    unchanged: bool
