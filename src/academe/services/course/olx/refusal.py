"""Why an archive is refused whole, and the limits that an archive has to keep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MIB = 1024 * 1024

# Longest path that a sentence quotes, in characters: enough to find the file, no use for flooding a log.
QUOTED_PATH_CHARS = 120


class Refusal(StrEnum):
    """Stable codes; docs/imports.md explains them to authors."""

    NOT_AN_ARCHIVE = "NOT_AN_ARCHIVE"
    TRUNCATED = "TRUNCATED"
    DAMAGED = "DAMAGED"
    PATH_ESCAPES = "PATH_ESCAPES"
    BAD_NAME = "BAD_NAME"
    LINK_ENTRY = "LINK_ENTRY"
    DEVICE_ENTRY = "DEVICE_ENTRY"
    DUPLICATE_ENTRY = "DUPLICATE_ENTRY"
    TOO_MANY_ENTRIES = "TOO_MANY_ENTRIES"
    TOO_LARGE = "TOO_LARGE"
    ENTRY_TOO_LARGE = "ENTRY_TOO_LARGE"
    RATIO_TOO_HIGH = "RATIO_TOO_HIGH"
    XML_ENTITIES = "XML_ENTITIES"
    XML_TOO_DEEP = "XML_TOO_DEEP"
    XML_TOO_LARGE = "XML_TOO_LARGE"
    XML_MALFORMED = "XML_MALFORMED"
    BAD_ENCODING = "BAD_ENCODING"
    NO_COURSE = "NO_COURSE"
    TOO_MANY_ITEMS = "TOO_MANY_ITEMS"
    TOO_MANY_LESSONS = "TOO_MANY_LESSONS"


class ArchiveRefused(ValueError):
    """The archive is hostile, broken, or not a course; nothing of it may be kept.

    `reason` is a `Refusal` code; the message is one sentence for the person who sent the archive. It names
    entries of the archive and never quotes their content.
    """

    def __init__(self, reason: Refusal, sentence: str) -> None:
        super().__init__(sentence)
        self.reason: str = reason
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may cost. The defaults take the largest courses and bound memory to about 150 MB."""

    # Compressed courses are mostly pictures and films, which do not shrink: real ones unpack to 1.1-10 times
    # their size. Gzip reaches 1,000 on zeros.
    ratio: int = 100
    # Below this many unpacked bytes no ratio is judged: small text archives legitimately shrink a lot.
    ratio_free_bytes: int = 16 * MIB
    # Files and folders; the Open edX demo course has 817.
    entries: int = 20_000
    total_bytes: int = 2048 * MIB
    entry_bytes: int = 512 * MIB
    # Text is the only thing held in memory, so its sum is what bounds it.
    text_bytes: int = 24 * MIB
    # Characters of all blocks. Components may share one file, so a few kilobytes could ask for gigabytes;
    # with a text for each it is about twice the text of the archive at most, as problems keep their source.
    built_chars: int = 64 * MIB
    # One XML or HTML file. Exports write an XML file for each item, of a few kilobytes.
    text_file_bytes: int = 4 * MIB
    # Elements of one XML file: a tree costs about 300 bytes each.
    xml_elements: int = 100_000
    # Attributes of one element. Reading them takes the square of their number; components have up to 60.
    xml_attributes: int = 1_000
    # Levels of elements in one XML file, and of items in the course tree. OLX itself needs five.
    xml_depth: int = 100
    # Rows of the report: every file and every component.
    items: int = 50_000
    # Modules, and lessons of all modules together. A course's outline is one reply of at most 4 MiB: with
    # titles of 200 characters of four bytes a lesson may cost 1.7 KB of it, a module 0.9 KB.
    modules: int = 500
    lessons: int = 2_000
    # Content items, each of which is built and inspected: ten for each of the most lessons.
    components: int = 20_000


def quoted(path: str) -> str:
    """A path of the archive as a sentence names it."""
    return path if len(path) <= QUOTED_PATH_CHARS else path[:QUOTED_PATH_CHARS] + "…"
