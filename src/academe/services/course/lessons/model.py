"""Lessons as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from academe.services.course.lessons.blocks import Block


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson of the draft or of a revision."""

    course_id: UUID
    lesson_id: UUID
    module_id: UUID
    title: str
    section: str
    optional: bool
    version: int
    create_time: datetime
    update_time: datetime


@dataclass(frozen=True, slots=True)
class StoredLesson:
    """A lesson with the blocks that it holds, as they are stored."""

    lesson: Lesson
    content_hash: bytes
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListedLesson:
    """A lesson with what lists are sorted by: ranks in a draft, the position in a revision."""

    lesson: Lesson
    order: tuple[int | UUID, ...]


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson with its blocks as they are served."""

    lesson: Lesson
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class LessonFields:
    """What an author gives of a lesson besides its blocks; None leaves a field as it is in an update."""

    title: str | None
    section: str | None
    optional: bool | None
