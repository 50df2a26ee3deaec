"""Courses as values, and who sees and changes what of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.errors import InvalidArgument

TITLE_CHARS_MAX = 200
"""Characters, as in course.proto, which can only say it for requests that always carry a title."""


@dataclass(frozen=True, slots=True)
class CourseVersion:
    """A course's own fields as one kind of reader sees them: the draft's, or the published revision's."""

    title: str
    description: str
    """As the author gave it; sanitised on its way out."""
    language: str
    module_count: int
    lesson_count: int
    version: int
    """What the etag says. Of a revision: the draft's version when it was published."""
    update_time: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """A course, with both of its versions."""

    course_id: UUID
    educator_ids: tuple[UUID, ...]
    """The creator first."""
    draft: CourseVersion
    published: CourseVersion | None
    published_revision: int
    """0 when never published."""
    first_publish_time: datetime | None
    create_time: datetime
    delete_time: datetime | None

    def is_editable_by(self, caller: Caller) -> bool:
        """Whether the caller may change the course, and so sees its draft, deleted or not."""
        return caller.user_id in self.educator_ids or caller.is_administrator

    def version_for(self, caller: Caller) -> CourseVersion | None:
        """What the caller sees of the course; None when it does not exist for them."""
        if self.is_editable_by(caller):
            return self.draft
        return self.published if self.delete_time is None else None


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course and the version of it that the reader sees; `description` is that version's, sanitised."""

    course: Course
    version: CourseVersion
    description: str


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What other slices need to know of a course. `title` is the published one, the draft's before that."""

    course_id: UUID
    title: str
    educator_ids: tuple[UUID, ...]
    published_revision: int
    deleted: bool


def facts_of(course: Course) -> CourseFacts:
    return CourseFacts(
        course.course_id,
        (course.published or course.draft).title,
        course.educator_ids,
        course.published_revision,
        course.delete_time is not None,
    )


@dataclass(frozen=True, slots=True)
class CourseFields:
    """What an author gives."""

    title: str
    description: str
    language: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A request_id with the digest of what it asked for; absent when the client sent none."""

    request_id: UUID
    request_hash: bytes


def check_texts(fields: Mapping[str, object], *, of: str) -> None:
    """Holds an author's texts against what the contract's annotations cannot say.

    `fields` are those that are given, by name; `of` is the resource's field in the request. Raises
    InvalidArgument that names the field.
    """
    for name, value in fields.items():
        if not isinstance(value, str):
            continue
        if name == "title" and not value.strip():
            raise InvalidArgument.field(f"{of}.title", f"must be 1 to {TITLE_CHARS_MAX} characters")
        # Of one line, and copied to certificates: nothing in them may move the cursor.
        if name in ("title", "section") and any(unicodedata.category(sign) == "Cc" for sign in value):
            raise InvalidArgument.field(f"{of}.{name}", "must not contain control characters")
        if "\0" in value:
            raise InvalidArgument.field(f"{of}.{name}", "must not contain the character U+0000")
