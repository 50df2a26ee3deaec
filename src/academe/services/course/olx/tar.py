"""Walks a tar stream entry by entry. Nothing is ever written to disk.

The headers are decoded by the standard library; the walking is ours, because `tarfile` takes extended headers
of any size into memory and follows rules (links, devices, sparse files) that a course has no use for.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass

from academe.services.course.olx.paths import safe_path
from academe.services.course.olx.refusal import ArchiveLimits, ArchiveRefused, Refusal, quoted
from academe.services.course.olx.stream import PIECE_BYTES, UnpackedStream

BLOCK_BYTES = 512
END_BLOCK = bytes(BLOCK_BYTES)

# An extended header holds a path and some times; anything longer is made to be held in memory.
EXTENDED_BYTES = 64 * 1024
# A path in both dialects, global and of its own: an entry needs no more extended headers than this.
EXTENDED_HEADERS = 4

FILE_TYPES = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE})
LINK_TYPES = frozenset({tarfile.SYMTYPE, tarfile.LNKTYPE})
PAX_TYPES = frozenset({tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE})
LONG_TYPES = frozenset({tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK})

PAX_RECORD = re.compile(rb"([1-9][0-9]{0,5}) ([^=]+)=")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder of the archive; `path` is safe and has no empty or `.` part."""

    path: str
    size: int
    is_folder: bool
    pieces: Iterator[bytes]


def walk(stream: UnpackedStream, limits: ArchiveLimits) -> Iterator[Entry]:
    """Every file and folder in order. Content not taken before the next entry is skipped.

    Raises ArchiveRefused as UnpackedStream does, and with PATH_ESCAPES, BAD_NAME, LINK_ENTRY, DEVICE_ENTRY,
    TOO_MANY_ENTRIES or ENTRY_TOO_LARGE.
    """
    count = 0
    while (header := _next_header(stream, first=count == 0)) is not None:
        count += 1
        if count > limits.entries:
            raise ArchiveRefused(
                Refusal.TOO_MANY_ENTRIES, f"The archive has more than {limits.entries:,} files and folders."
            )
        path = safe_path(header.name)
        if header.type in LINK_TYPES:
            raise ArchiveRefused(
                Refusal.LINK_ENTRY, f"{quoted(path)} is a link; archives with links are refused."
            )
        is_folder = header.type == tarfile.DIRTYPE
        if not is_folder and header.type not in FILE_TYPES:
            raise ArchiveRefused(Refusal.DEVICE_ENTRY, f"{quoted(path)} is neither a file nor a folder.")
        size = 0 if is_folder else header.size
        if not is_folder and not path:
            raise ArchiveRefused(Refusal.BAD_NAME, "A file of the archive has no name.")
        if size > limits.entry_bytes:
            raise ArchiveRefused(
                Refusal.ENTRY_TOO_LARGE, f"{quoted(path)} is larger than {limits.entry_bytes:,} bytes."
            )
        content = _content(stream, size)
        yield Entry(path, size, is_folder, content)
        for _ in content:
            pass
    _expect_nothing_more(stream)


def _next_header(stream: UnpackedStream, *, first: bool) -> tarfile.TarInfo | None:
    """The next entry's header with its extended headers applied, None at the end mark."""
    path: str | None = None
    size: int | None = None
    for _ in range(EXTENDED_HEADERS + 1):
        block = stream.read(BLOCK_BYTES)
        if block == END_BLOCK and path is None and size is None:
            return None
        header = _decode(block, first=first)
        if header.type in PAX_TYPES:
            # A global header (as git writes, with a comment) must not rename or resize what follows.
            changed = _pax_records(_extension(stream, header))
            if header.type == tarfile.XGLTYPE:
                if changed:
                    raise _damaged("a global header renames entries")
                continue
            path = _pax_text(changed.get("path")) or path
            size = _pax_size(changed.get("size"), size)
        elif header.type in LONG_TYPES:
            text = _extension(stream, header).split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
            path = text if header.type == tarfile.GNUTYPE_LONGNAME else path
        else:
            header.name = header.name if path is None else path
            header.size = header.size if size is None else size
            return header
        first = False
    raise _damaged("an entry has too many extended headers")


def _decode(block: bytes, *, first: bool) -> tarfile.TarInfo:
    if len(block) < BLOCK_BYTES:
        if first:
            raise ArchiveRefused(Refusal.NOT_AN_ARCHIVE, "The file is not a tar archive.")
        raise ArchiveRefused(Refusal.TRUNCATED, "The archive ends before its last entry does.")
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError) as error:
        if first:
            raise ArchiveRefused(Refusal.NOT_AN_ARCHIVE, "The file is not a tar archive.") from error
        raise _damaged("a header is not readable") from error
    if header.size < 0:
        raise _damaged("an entry has a negative size")
    return header


def _extension(stream: UnpackedStream, header: tarfile.TarInfo) -> bytes:
    if header.size > EXTENDED_BYTES:
        raise ArchiveRefused(
            Refusal.ENTRY_TOO_LARGE, "The archive has an extended header of more than 64 KiB."
        )
    return b"".join(_content(stream, header.size))


def _pax_records(data: bytes) -> dict[str, bytes]:
    """The records that change how an entry is read; times, owners and comments do not matter here."""
    records: dict[str, bytes] = {}
    position = 0
    while position < len(data):
        match = PAX_RECORD.match(data, position)
        end = position + int(match[1]) if match else 0
        if match is None or end > len(data) or end <= match.end() or data[end - 1 : end] != b"\n":
            raise _damaged("an extended header is not readable")
        if match[2].startswith(b"GNU.sparse"):
            raise ArchiveRefused(Refusal.DEVICE_ENTRY, "The archive holds a sparse file, which is refused.")
        if match[2] in (b"path", b"size"):
            records[match[2].decode()] = data[match.end() : end - 1]
        position = end
    return records


def _pax_text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "surrogateescape")


def _pax_size(value: bytes | None, otherwise: int | None) -> int | None:
    if value is None:
        return otherwise
    if not re.fullmatch(rb"[0-9]{1,18}", value):
        raise _damaged("an extended header gives no usable size")
    return int(value)


def _content(stream: UnpackedStream, size: int) -> Iterator[bytes]:
    """The entry's bytes, then the padding to the next block, which is dropped."""
    left = size
    while left:
        piece = stream.read(min(left, PIECE_BYTES))
        if not piece:
            raise ArchiveRefused(Refusal.TRUNCATED, "The archive ends in the middle of a file.")
        left -= len(piece)
        yield piece
    padding = -size % BLOCK_BYTES
    if len(stream.read(padding)) < padding:
        raise ArchiveRefused(Refusal.TRUNCATED, "The archive ends in the middle of a file.")


def _expect_nothing_more(stream: UnpackedStream) -> None:
    """Reads to the end: the checksum of the gzip data is there, and nothing may hide behind the end mark."""
    while piece := stream.read(PIECE_BYTES):
        if piece.strip(b"\0"):
            raise _damaged("there is data behind its end mark")


def _damaged(how: str) -> ArchiveRefused:
    return ArchiveRefused(Refusal.DAMAGED, f"The archive is damaged: {how}.")
