"""From a course that was read to the rows of a draft. Pure, so that all of it can run in a thread.

Ids are derived from the course and the ids in the archive. A module or lesson that comes again, in this
archive or a changed one, is then the same module or lesson, whatever happened to the draft in between, and
learners keep what they have done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from academe.services.course.imports.model import ImportItem, ImportOutcome
from academe.services.course.lessons.blocks import Block, Content, Html, Placeholder, Video, content_of
from academe.services.course.model import CourseFields
from academe.services.course.olx import BlockKind, ImportedBlock, ImportedCourse, ImportedLesson, Outcome

OUTCOMES = {
    Outcome.IMPORTED: ImportOutcome.IMPORTED,
    Outcome.DEGRADED: ImportOutcome.DEGRADED,
    Outcome.LEFT_OUT: ImportOutcome.LEFT_OUT,
}


@dataclass(frozen=True, slots=True)
class PlannedModule:
    module_id: UUID
    title: str


@dataclass(frozen=True, slots=True)
class PlannedLesson:
    lesson_id: UUID
    module_id: UUID
    title: str
    section: str
    optional: bool
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """A whole draft, with the report of what became of the archive; modules and lessons in course order."""

    fields: CourseFields
    modules: tuple[PlannedModule, ...]
    lessons: tuple[PlannedLesson, ...]
    contents: dict[bytes, bytes] = field(repr=False)
    """Bodies by their hash."""
    items: tuple[ImportItem, ...] = field(repr=False)

    def count(self, outcome: ImportOutcome) -> int:
        return sum(item.outcome is outcome for item in self.items)


def plan_draft(course_id: UUID, imported: ImportedCourse) -> DraftPlan:
    """The rows that the course's draft will consist of."""
    modules: list[PlannedModule] = []
    lessons: list[PlannedLesson] = []
    contents: dict[bytes, bytes] = {}
    for module in imported.modules:
        module_id = derived_id(course_id, "module", module.source_id)
        modules.append(PlannedModule(module_id, storable(module.title)))
        for lesson in module.lessons:
            lesson_id = derived_id(course_id, "lesson", lesson.source_id)
            content = _content(lesson_id, lesson)
            contents[content.content_hash] = content.body
            lessons.append(
                PlannedLesson(
                    lesson_id,
                    module_id,
                    storable(lesson.title),
                    storable(lesson.section),
                    not lesson.required,
                    content.content_hash,
                )
            )
    fields = CourseFields(
        storable(imported.title), storable(imported.description), storable(imported.language)
    )
    return DraftPlan(fields, tuple(modules), tuple(lessons), contents, tuple(_items(imported)))


def derived_id(parent: UUID, *names: str) -> UUID:
    """A UUIDv7 that is always the same for the same names: the parent's time, then 74 bits of a hash."""
    digest = hashlib.sha256(parent.bytes + "\0".join(names).encode("utf-8", "replace")).digest()
    bits = int.from_bytes(digest) >> (256 - 74)
    milliseconds = parent.int >> 80
    value = milliseconds << 80 | 0x7 << 76 | (bits >> 62) << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    return UUID(int=value)


def storable(text: str) -> str:
    """The text without what PostgreSQL's text cannot hold: U+0000 and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _content(lesson_id: UUID, lesson: ImportedLesson) -> Content:
    return content_of([_block(lesson_id, block) for block in lesson.blocks])


def _block(lesson_id: UUID, block: ImportedBlock) -> Block:
    source: dict[str, object] = {"id": block.source_id, "type": block.source_type}
    if block.source is not None:
        source["xml"] = block.source
    content: Html | Video | Placeholder
    if block.kind is BlockKind.VIDEO and block.video is not None:
        video = block.video
        content = Video(video.urls, video.youtube_id)
        source |= {
            "transcripts": video.transcripts,
            "start_seconds": video.start_seconds,
            "end_seconds": video.end_seconds,
        }
    elif block.kind is BlockKind.HTML:
        content = Html(block.html)
    else:
        content = Placeholder(block.source_type, block.html)
    return Block(derived_id(lesson_id, "block", block.source_id), block.title, content, source)


def _items(imported: ImportedCourse) -> Iterator[ImportItem]:
    for position, item in enumerate(imported.items, start=1):
        yield ImportItem(
            position,
            storable(item.path),
            storable(item.item_type),
            storable(item.source_id),
            storable(item.title),
            OUTCOMES[item.outcome],
            item.reason or "",
            storable(item.detail),
        )
