"""The course that was read: plain values, ready to be stored. Lengths keep to what the contract allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from academe.services.course.olx.report import ImportItem

# From proto/academe/api/course/v1/course.proto.
TITLE_CHARS = 200
DESCRIPTION_CHARS = 20_000
HTML_CHARS = 250_000
LESSON_BLOCKS = 500
# Of a lesson as readers get it. It is one reply, and clients take 4 MiB; the rest is room for what a later
# sanitiser might write longer.
LESSON_BYTES = 2 * 1024 * 1024
VIDEO_URLS = 20
VIDEO_URL_CHARS = 2_000


class BlockKind(StrEnum):
    HTML = "html"
    VIDEO = "video"
    # The statement of a question; it is not graded.
    PROBLEM = "problem"
    # Stands for something that this version cannot show or run.
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True)
class ImportedVideo:
    # Absolute http or https addresses, best first.
    urls: tuple[str, ...]
    youtube_id: str
    # Language tag and file name in the archive; the files are not stored.
    transcripts: tuple[tuple[str, str], ...]
    # Part of the film to be shown, whole seconds; None for its beginning or end.
    start_seconds: int | None
    end_seconds: int | None


@dataclass(frozen=True, slots=True)
class ImportedBlock:
    # Unique within its lesson, and the same in every export of the course.
    source_id: str
    kind: BlockKind
    # The OLX tag, such as "html", "problem" or "openassessment".
    source_type: str
    title: str
    # As the archive has it for HTML, of our making for the rest; sanitise before serving. "" for videos.
    html: str
    video: ImportedVideo | None = None
    # A problem's own XML, with answers and hints: kept for grading, never to be served or logged.
    source: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ImportedLesson:
    # Unique within the course.
    source_id: str
    title: str
    # Title of the sequential that the lesson was in, "" when in none.
    section: str
    required: bool
    blocks: tuple[ImportedBlock, ...]


@dataclass(frozen=True, slots=True)
class ImportedModule:
    # Unique within the course.
    source_id: str
    title: str
    lessons: tuple[ImportedLesson, ...]


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """What the archive holds, before any of it is left out."""

    chapters: int
    sequentials: int
    verticals: int
    # Directly in units, and inside a component that holds others (a content library's questions).
    components: int
    nested_components: int
    files: int
    # Sum of the file sizes.
    bytes: int


@dataclass(frozen=True, slots=True)
class ImportedCourse:
    title: str
    # org+course+run
    course_key: str
    # BCP 47, "" when the archive names none.
    language: str
    # HTML as the archive has it, or plain text; sanitise before serving.
    description: str
    modules: tuple[ImportedModule, ...]
    items: tuple[ImportItem, ...]
    source_counts: SourceCounts
