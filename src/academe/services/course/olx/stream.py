"""The bytes of an archive, unpacked piece by piece and never more of them than the limits allow."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from academe.services.course.olx.refusal import ArchiveLimits, ArchiveRefused, Refusal

# Bytes read from the file, and unpacked, at a time: all that is in memory of a stream.
PIECE_BYTES = 64 * 1024

# Parallel packers write a file as many gzip members. Each costs a new decompressor, so a file of nothing but
# empty members would cost time out of proportion; this many are over before they are felt.
GZIP_MEMBERS = 1_000

# zlib's window size for "32 KiB, with a gzip header".
GZIP_WBITS = 31

GZIP_MAGIC = b"\x1f\x8b"

OTHER_FORMATS = {
    b"PK": "a zip file",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstandard",
}


class UnpackedStream:
    """Reads a `.tar.gz` or `.tar` as its tar bytes.

    Raises ArchiveRefused with NOT_AN_ARCHIVE, TRUNCATED, DAMAGED, TOO_LARGE or RATIO_TOO_HIGH.
    """

    def __init__(
        self,
        file: BinaryIO,
        file_bytes: int,
        limits: ArchiveLimits,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._file = file
        self._file_bytes = file_bytes
        self._limits = limits
        self._progress = progress
        self._packed_bytes = 0
        self._unpacked_bytes = 0
        self._buffer = bytearray()
        first = self._read_packed()
        for magic, what in OTHER_FORMATS.items():
            if first.startswith(magic):
                raise ArchiveRefused(
                    Refusal.NOT_AN_ARCHIVE, f"The file is {what}; a course comes as .tar.gz."
                )
        self._pieces = self._inflate(first) if first.startswith(GZIP_MAGIC) else self._plain(first)

    def read(self, size: int) -> bytes:
        """The next `size` bytes, at most PIECE_BYTES; fewer only at the end."""
        while len(self._buffer) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._count(len(piece))
            self._buffer += piece
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _count(self, size: int) -> None:
        self._unpacked_bytes += size
        limits = self._limits
        if self._unpacked_bytes > limits.total_bytes:
            raise ArchiveRefused(
                Refusal.TOO_LARGE, f"The archive unpacks to more than {limits.total_bytes:,} bytes."
            )
        allowed = max(limits.ratio_free_bytes, limits.ratio * self._packed_bytes)
        if self._unpacked_bytes > allowed:
            raise ArchiveRefused(
                Refusal.RATIO_TOO_HIGH,
                f"The archive unpacks to more than {limits.ratio} times its size, as decompression bombs do.",
            )

    def _read_packed(self) -> bytes:
        piece = self._file.read(PIECE_BYTES)
        self._packed_bytes += len(piece)
        if self._progress is not None:
            self._progress(self._packed_bytes, max(self._file_bytes, self._packed_bytes))
        return piece

    def _plain(self, first: bytes) -> Iterator[bytes]:
        piece = first
        while piece:
            yield piece
            piece = self._read_packed()

    def _inflate(self, first: bytes) -> Iterator[bytes]:
        packed = first
        for _ in range(GZIP_MEMBERS):
            member = zlib.decompressobj(wbits=GZIP_WBITS)
            while not member.eof:
                packed = packed or self._read_packed()
                ended = not packed
                try:
                    piece = member.decompress(packed, PIECE_BYTES)
                except zlib.error as error:
                    raise ArchiveRefused(
                        Refusal.DAMAGED, "The archive is damaged: its gzip data does not unpack."
                    ) from error
                packed = member.unconsumed_tail
                if piece:
                    yield piece
                elif ended and not member.eof:
                    raise ArchiveRefused(
                        Refusal.TRUNCATED, "The archive ends in the middle of its gzip data."
                    )
            packed = self._after_padding(member.unused_data)
            if not packed:
                return
        raise ArchiveRefused(Refusal.DAMAGED, f"The archive has more than {GZIP_MEMBERS:,} gzip members.")

    def _after_padding(self, packed: bytes) -> bytes:
        """What follows a gzip member; tapes and some tools pad with zeros, which mean nothing."""
        packed = packed.lstrip(b"\0")
        while not packed:
            piece = self._read_packed()
            if not piece:
                return b""
            packed = piece.lstrip(b"\0")
        return packed
