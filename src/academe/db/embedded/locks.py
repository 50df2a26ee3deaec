"""The two locks of a data directory.

PostgreSQL's own protection asks whether the process id in postmaster.pid is alive and whether its shared
memory is in use. Both questions are answered wrongly for a server in another container on the same volume.
`flock` is kept by the kernel with the file, so it is right there too.

- server.lock: held by the academe server. A second one is refused.
- postgres.lock: inherited by PostgreSQL and all its children, and held by nobody else. When it can be taken,
  no process of an earlier PostgreSQL is left, not even one whose parent was killed.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import time
from pathlib import Path

from academe.db.embedded.layout import create_private, unusable
from academe.startup import StartupError

# A server that was killed a moment ago holds its lock until the last of its threads is gone, although its
# process already counts as dead.
PATIENCE_SECONDS = 1.0
POLL_SECONDS = 0.02


class ServerLock:
    """Held from start to stop by the one server of a data directory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    async def acquire(self) -> None:
        """Take the lock, or raise StartupError naming the server that holds it."""
        gives_up = time.monotonic() + PATIENCE_SECONDS
        try:
            while (descriptor := try_lock(self._path)) is None:
                if time.monotonic() > gives_up:
                    break
                await asyncio.sleep(POLL_SECONDS)
        except OSError as error:
            raise unusable(self._path.parent, error) from error
        if descriptor is None:
            holder = self._path.read_text(encoding="utf-8").strip() or "unknown"
            raise StartupError(
                f"Another academe server (process {holder}) uses the data directory {self._path.parent}; "
                "stop it first, or set ACADEME_DATA_DIR to another directory."
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()} on {socket.gethostname()}\n".encode())
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def try_lock(path: Path) -> int | None:
    """Lock a file until the returned descriptor and all inherited copies of it are closed; None if taken."""
    descriptor = create_private(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
