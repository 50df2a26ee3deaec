"""What one run of PostgreSQL needs outside its cluster: reachable binaries and a place for the socket."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from academe.db.embedded.account import Account
from academe.db.embedded.binaries import Binaries, installed_binaries
from academe.db.embedded.layout import Layout, create_private
from academe.startup import StartupError

# The path of a Unix socket has 104 bytes on macOS and 108 on Linux, of which the last is a NUL; the smaller
# counts.
SOCKET_PATH_BYTES_MAX = 103
SOCKET_NAME = "/.s.PGSQL.5432"

# Both PostgreSQL's setting and asyncpg's DSN take a list of directories; these characters separate or quote
# it.
SOCKET_DIR_FORBIDDEN = frozenset(',"@')

# A directory that the kernel resolves without walking its parents, which the ordinary user may not enter when
# the data lies below /root, for instance. Opening the parents' modes instead would expose the neighbours.
WORKING_DIRECTORY = Path("/proc/self/cwd")

TEMPORARY_PREFIX = "academe-"


@dataclass(frozen=True, slots=True)
class Runtime:
    """Decided at each start, because the data directory may have moved since the last one."""

    layout: Layout
    account: Account
    binaries: Binaries
    socket_dir: Path
    cluster_by_path: bool
    temporary: Path | None

    def cluster_argument(self, cluster: Path) -> str:
        """The cluster for `-D`, given that the program starts inside it."""
        return str(cluster if self.cluster_by_path else WORKING_DIRECTORY)

    def clear_sockets(self) -> None:
        """Make the socket directory afresh, so that no lock file of a dead server is left in it."""
        shutil.rmtree(self.socket_dir, ignore_errors=True)
        self.socket_dir.mkdir(mode=0o700)
        self.account.own(self.socket_dir)


def prepare_runtime(layout: Layout, account: Account) -> Runtime:
    """Decide on paths that the account can reach, copying and making what it cannot.

    Raises StartupError when there is no way to reach the data directory or the binaries.
    """
    remove_temporary(layout)
    binaries = installed_binaries()
    data_reachable = account.can_enter(layout.data_dir)
    if not data_reachable and not sys.platform.startswith("linux"):
        raise StartupError(
            f"The data directory {layout.data_dir} lies below a directory that user {account.uid}, which "
            "PostgreSQL must run as, may not enter; set ACADEME_DATA_DIR to another one, or start academe as "
            "an ordinary user."
        )
    binaries_reachable = account.can_enter(binaries.postgres)
    socket_dir, temporary = layout.socket_dir, None
    if not (data_reachable and binaries_reachable and fits_a_socket(socket_dir)):
        temporary = _make_temporary(layout, account)
    if temporary is not None and not binaries_reachable:
        binaries = binaries.copied_into(temporary)
        if not account.can_enter(binaries.postgres):
            raise StartupError(
                f"User {account.uid} may run PostgreSQL neither where it is installed nor from {temporary}; "
                "set TMPDIR to a directory from which programs may run, or start academe as an ordinary user."
            )
    if temporary is not None and not (data_reachable and fits_a_socket(socket_dir)):
        socket_dir = temporary / "socket"
    return Runtime(layout, account, binaries, socket_dir, data_reachable, temporary)


def fits_a_socket(folder: Path) -> bool:
    """Whether a socket in this directory can be named to the kernel, to PostgreSQL and to asyncpg."""
    short_enough = len(os.fsencode(f"{folder}{SOCKET_NAME}")) <= SOCKET_PATH_BYTES_MAX
    return short_enough and not SOCKET_DIR_FORBIDDEN & set(str(folder))


def temporary_parents() -> tuple[str, ...]:
    """Where a temporary directory may be made, the preferred place first."""
    return tempfile.gettempdir(), "/tmp", "/var/tmp"  # noqa: S108 - mkdtemp makes private ones


def _make_temporary(layout: Layout, account: Account) -> Path:
    for parent in temporary_parents():
        if not account.can_enter(Path(parent)) or not fits_a_socket(
            Path(parent) / f"{TEMPORARY_PREFIX}12345678" / "socket"
        ):
            continue
        temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=parent))
        if not account.is_ours:
            # Entered, but not written or listed, by the ordinary user's group alone.
            os.chown(temporary, os.geteuid(), account.gid)
            temporary.chmod(0o710)
        descriptor = create_private(layout.runtime_note, os.O_TRUNC)
        with open(descriptor, "w", encoding="utf-8") as note:
            note.write(str(temporary))
        return temporary
    raise StartupError(
        f"User {account.uid} may enter no temporary directory; "
        "set TMPDIR to one with a short name that it may enter."
    )


def remove_temporary(layout: Layout) -> None:
    """Remove the directory named in the note of this run or of one that was killed."""
    try:
        named = layout.runtime_note.read_text(encoding="utf-8")
    except OSError:  # as a rule there is none; what else is wrong with the directory shows at the next step
        return
    temporary = Path(named)
    # The owner of the data directory may have written the note, and must not have root remove other
    # directories.
    expected = temporary.name.startswith(TEMPORARY_PREFIX) and str(temporary.parent) in temporary_parents()
    if expected and temporary.is_dir() and temporary.lstat().st_uid == os.geteuid():
        shutil.rmtree(temporary, ignore_errors=True)
    layout.runtime_note.unlink(missing_ok=True)
