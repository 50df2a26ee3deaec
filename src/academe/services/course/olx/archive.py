"""Reads a course archive into memory as far as it is text; of everything else the name and size only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from academe.services.course.olx.refusal import ArchiveLimits, ArchiveRefused, Refusal, quoted
from academe.services.course.olx.stream import UnpackedStream
from academe.services.course.olx.tar import Entry, walk

# What the reader may have to look into. Pictures, films and documents are never held.
TEXT_SUFFIXES = frozenset({".xml", ".html", ".htm", ".json"})

# Where exports put a course's files; HTML and JSON in there are assets like any other.
STATIC_FOLDER = "static"

COURSE_FILE = "course.xml"


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One regular file. `content` is held for text within the limits only."""

    path: str
    size: int
    content: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Archive:
    """Every regular file by its path, in archive order."""

    files: dict[str, ArchiveFile]

    @property
    def total_bytes(self) -> int:
        return sum(file.size for file in self.files.values())

    def root(self) -> str:
        """The folder that holds `course.xml`, as a prefix of paths: "" or such as "course/".

        Raises ArchiveRefused with NO_COURSE when none or more than one could be meant.
        """
        found = [path for path in self.files if _is_course_file(path)]
        if COURSE_FILE in found:
            return ""
        if len(found) == 1:
            return found[0].removesuffix(COURSE_FILE)
        if found:
            raise ArchiveRefused(
                Refusal.NO_COURSE, "The archive holds more than one course.xml; send one course."
            )
        raise ArchiveRefused(
            Refusal.NO_COURSE,
            "The archive holds no course.xml at its top or one folder below; it is no OLX course.",
        )


def read_archive(
    path: Path, limits: ArchiveLimits, progress: Callable[[int, int], None] | None = None
) -> Archive:
    """Reads every entry once, front to back.

    `progress` is called with the bytes of the file read so far and in all; what it raises stops the reading.
    Raises ArchiveRefused, see `tar.walk`, and with DUPLICATE_ENTRY or TOO_LARGE.
    """
    files: dict[str, ArchiveFile] = {}
    folders: set[str] = set()
    text_bytes = 0
    with path.open("rb") as file:
        stream = UnpackedStream(file, path.stat().st_size, limits, progress)
        for entry in walk(stream, limits):
            if entry.is_folder:
                folders.add(entry.path)
                continue
            if entry.path in files:
                raise ArchiveRefused(
                    Refusal.DUPLICATE_ENTRY, f"{quoted(entry.path)} is in the archive twice."
                )
            content = None
            if _is_text(entry, limits):
                text_bytes += entry.size
                if text_bytes > limits.text_bytes:
                    raise ArchiveRefused(
                        Refusal.TOO_LARGE, f"The archive holds more than {limits.text_bytes:,} bytes of text."
                    )
                content = b"".join(entry.pieces)
            files[entry.path] = ArchiveFile(entry.path, entry.size, content)
    _refuse_file_as_folder(files, folders)
    return Archive(files)


def _is_text(entry: Entry, limits: ArchiveLimits) -> bool:
    pure = PurePosixPath(entry.path)
    return (
        STATIC_FOLDER not in pure.parts[:2]
        and pure.suffix.lower() in TEXT_SUFFIXES
        and entry.size <= limits.text_file_bytes
    )


def _is_course_file(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return name == COURSE_FILE and "/" not in folder and folder != "__MACOSX"


def _refuse_file_as_folder(files: dict[str, ArchiveFile], folders: set[str]) -> None:
    """A name that is a file here and a folder there means two things, whichever one a reader believes."""
    used = set(folders)
    for path in files:
        parent = path.rpartition("/")[0]
        while parent and parent not in used:
            used.add(parent)
            parent = parent.rpartition("/")[0]
    for path in files:
        if path in used:
            raise ArchiveRefused(Refusal.DUPLICATE_ENTRY, f"{quoted(path)} is both a file and a folder.")
