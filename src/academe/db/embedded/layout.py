"""Where the embedded PostgreSQL keeps its files below the data directory."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from academe.startup import StartupError

# Root's data directory is entered by the ordinary user that PostgreSQL runs as, who must not list it.
DATA_DIR_MODE_ROOT = 0o711
DATA_DIR_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Layout:
    """The names below one data directory; nothing here touches the disk."""

    data_dir: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own directory (PGDATA), mode 0700."""
        return self.data_dir / "postgres"

    @property
    def unfinished_cluster(self) -> Path:
        """The cluster while initdb works on it, so that a killed initdb is never taken for a database."""
        return self.data_dir / "postgres.new"

    @property
    def socket_dir(self) -> Path:
        """The usual place of the Unix socket, mode 0700."""
        return self.data_dir / "socket"

    @property
    def server_lock(self) -> Path:
        """Locked by the academe server for as long as it lives; holds its process id."""
        return self.data_dir / "server.lock"

    @property
    def postgres_lock(self) -> Path:
        """Locked by every process of PostgreSQL, which inherit the lock, for as long as one of them lives."""
        return self.data_dir / "postgres.lock"

    @property
    def superuser_password(self) -> Path:
        return self.data_dir / "postgres.password"

    @property
    def application_password(self) -> Path:
        return self.data_dir / "academe.password"

    @property
    def log(self) -> Path:
        """What PostgreSQL says on stderr."""
        return self.data_dir / "postgres.log"

    @property
    def runtime_note(self) -> Path:
        """Names the temporary directory in use, so that the start after a kill -9 can remove it."""
        return self.data_dir / "runtime"


def prepare_data_dir(data_dir: Path) -> Layout:
    """Make the data directory if it is missing and return its layout.

    An existing directory and all parents keep their modes. Raises StartupError when it cannot be written.
    """
    layout = Layout(Path(os.path.abspath(data_dir)))
    try:
        if not layout.data_dir.is_dir():
            layout.data_dir.parent.mkdir(parents=True, exist_ok=True)
            layout.data_dir.mkdir(mode=DATA_DIR_MODE_ROOT if os.geteuid() == 0 else DATA_DIR_MODE)
        descriptor = create_private(layout.server_lock)
    except OSError as error:
        raise unusable(layout.data_dir, error) from error
    os.close(descriptor)
    return layout


def create_private(path: Path, flags: int = 0) -> int:
    """Open a file of mode 0600 for reading and writing, made when missing, and return its descriptor.

    A file that root makes is given to the owner of its directory, who may start the server without root next
    time.
    """
    existed = path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | flags, 0o600)
    if not existed and os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def unusable(data_dir: Path, error: OSError) -> StartupError:
    """The sentence for what the system said when the data directory was used."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StartupError(
            f"The data directory {data_dir} is not writable by user {os.geteuid()} ({error.strerror}); "
            "give that user the directory, or set ACADEME_DATA_DIR to another one."
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StartupError(disk_full(data_dir))
    return StartupError(
        f"The data directory {data_dir} cannot be used ({error.strerror}: {error.filename}); "
        "repair it, or set ACADEME_DATA_DIR to another one."
    )


def disk_full(data_dir: Path) -> str:
    """The sentence for a disk without room."""
    return (
        f"The disk of the data directory {data_dir} is full; "
        "free some space, or set ACADEME_DATA_DIR to a directory on another disk."
    )
