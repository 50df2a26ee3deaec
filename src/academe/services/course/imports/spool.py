"""Where an archive lands while it arrives: a file without a name, gone with the process that holds it."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from academe.errors import StorageFull
from academe.services.course.errors import ArchiveRefused
from academe.services.course.imports.model import Archive

RESERVE_BYTES = 1 << 30
RESERVE_PART = 0.1
"""What uploads leave free on their disk: a gibibyte, or a tenth of the disk when that is less. The folder may
be on the disk of the embedded database, which must not be stopped by an archive that is still on its way."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Spool:
    """Takes bytes up to a limit and hashes them on the way.

    The file has no name in any directory, so a cancelled upload or a kill leaves nothing behind. `close` it.
    """

    def __init__(self, max_bytes: int, folder: Path | None = None) -> None:
        """`folder` is on the disk that has the room; None is the system's folder for temporary files."""
        self._max_bytes = max_bytes
        self._size = 0
        self._hash = hashlib.sha256()
        # Unbuffered: pieces are large already, and a full disk is told at the write that meets it.
        self._file: Any = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115 - closed by `close`

    @property
    def path(self) -> Path:
        """Opens the file from its beginning while the spool is open, though it has no name."""
        return Path(f"/dev/fd/{self._file.fileno()}")

    def write(self, piece: bytes) -> None:
        """Adds a piece of at most a few hundred kilobytes, which costs well under a millisecond.

        Raises ArchiveRefused beyond the limit, and StorageFull.
        """
        self._size += len(piece)
        if self._size > self._max_bytes:
            raise ArchiveRefused(
                f"The archive is larger than the {self._max_bytes:,} bytes that this server takes.",
                archive_reason="TOO_LARGE",
            )
        self._hash.update(piece)
        try:
            self._check_room(len(piece))
            view = memoryview(piece)
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            raise StorageFull(
                "The server has no room on its disk to receive the archive; nothing was stored."
            ) from error

    def _check_room(self, size: int) -> None:
        """Asked for every piece, because others fill the disk, too; it takes microseconds."""
        disk = os.fstatvfs(self._file.fileno())
        reserve = min(RESERVE_BYTES, int(RESERVE_PART * disk.f_blocks * disk.f_frsize))
        if disk.f_bavail * disk.f_frsize - size < reserve:
            raise OSError(errno.ENOSPC, "the rest of the disk is not for uploads")

    def archive(self) -> Archive:
        """What has arrived so far."""
        return Archive(self._hash.digest(), self._size)

    def close(self) -> None:
        """Gives the room back."""
        self._file.close()
