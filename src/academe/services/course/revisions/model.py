"""What a revision holds, as the numbers that others rely on: its outline and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OutlineLesson:
    """A lesson of a revision; required ones complete the course."""

    lesson_id: UUID
    required: bool


@dataclass(frozen=True, slots=True)
class RevisionOutline:
    """The lessons of a published revision in course order. Never changes once it exists."""

    course_id: UUID
    revision: int
    lessons: tuple[OutlineLesson, ...]


def tree_hash(
    course: Sequence[Any], modules: Sequence[Sequence[Any]], lessons: Sequence[Sequence[Any]]
) -> bytes:
    """SHA-256 of what a learner sees: the course's own fields, then its modules and lessons in order.

    Ids and content hashes stand for what they name. Drafts with one hash are the same course to a learner.
    """
    tree = [list(course), [list(module) for module in modules], [list(lesson) for lesson in lessons]]
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).digest()


def _plain(value: UUID | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
