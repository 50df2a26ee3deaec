"""Makes the cluster on the first start and recognises it on every later one."""

from __future__ import annotations

import errno
import os
import shutil
import struct
from pathlib import Path

from academe.db.embedded.account import Account
from academe.db.embedded.binaries import MAJOR_VERSION
from academe.db.embedded.diagnosis import explain
from academe.db.embedded.layout import Layout, create_private, unusable
from academe.db.embedded.log_file import LogFile
from academe.db.embedded.options import initdb_arguments
from academe.db.embedded.process import run_program
from academe.db.embedded.runtime import Runtime
from academe.startup import StartupError

# global/pg_control holds the state of the cluster as a native int after an 8-byte and two 4-byte numbers. The
# two states that need no recovery are DB_SHUTDOWNED and DB_SHUTDOWNED_IN_RECOVERY (PostgreSQL's
# catalog/pg_control.h).
STATE_OFFSET = 16
STATES_SHUT_DOWN = (1, 2)


def is_initialised(layout: Layout, account: Account) -> bool:
    """Whether there is a cluster which this PostgreSQL and this user can serve.

    Raises StartupError when there is one that they cannot.
    """
    try:
        major = (layout.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        if not layout.cluster.exists():
            return False
        raise StartupError(
            f"{layout.cluster} exists but holds no PostgreSQL database; "
            "move it away or restore it from a backup."
        ) from None
    except PermissionError as error:
        raise StartupError(
            f"{layout.cluster} belongs to another user than {os.geteuid()}; "
            "start academe as its owner or as root, or give it away with chown."
        ) from error
    if major != str(MAJOR_VERSION):
        raise StartupError(
            f"{layout.cluster} was made by PostgreSQL {major}, but this academe brings {MAJOR_VERSION}; "
            "dump it with the academe that made it and restore it into an empty ACADEME_DATA_DIR."
        )
    if layout.cluster.stat().st_uid != account.uid:
        raise StartupError(
            f"{layout.cluster} belongs to user {layout.cluster.stat().st_uid}, but PostgreSQL would run as "
            f"user {account.uid}; start academe as the owner, or give the directory away with chown."
        )
    return True


def needs_recovery(cluster: Path) -> bool:
    """Whether the last PostgreSQL was killed, so that the next one replays the write-ahead log first."""
    with open(cluster / "global" / "pg_control", "rb") as control:
        (state,) = struct.unpack_from("=i", control.read(STATE_OFFSET + 4), STATE_OFFSET)
    return state not in STATES_SHUT_DOWN


def initialise(runtime: Runtime, password: str, lock: int, log_file: LogFile) -> None:
    """Make the cluster beside its final place and move it there when it is complete; takes about a second.

    The lock is inherited by initdb, so that a later start waits for one that outlives a killed server. Raises
    StartupError when initdb fails.
    """
    layout = runtime.layout
    worker = runtime.account.initdb_account
    password_file = runtime.socket_dir / "initdb.password"
    shutil.rmtree(layout.unfinished_cluster, ignore_errors=True)
    try:
        runtime.clear_sockets()
        layout.unfinished_cluster.mkdir(mode=0o700)
        worker.own(layout.unfinished_cluster)
        worker.own(runtime.socket_dir)  # and thereby the file that is made in it
        with open(create_private(password_file, os.O_EXCL), "w", encoding="utf-8") as file:
            file.write(password)
        argument = runtime.cluster_argument(layout.unfinished_cluster)
        command = [str(runtime.binaries.initdb), *initdb_arguments(argument, password_file)]
        done = run_program(command, account=worker, cwd=layout.unfinished_cluster, lock=lock)
        if done.returncode != 0:
            log_file.append(done.stdout)
            raise StartupError(explain(layout, done.stdout, "initdb could not make the database"))
        runtime.account.own(layout.unfinished_cluster)
        layout.unfinished_cluster.rename(layout.cluster)
        _sync_directory(layout.data_dir)
    except OSError as error:
        raise unusable(layout.data_dir, error) from error
    finally:
        password_file.unlink(missing_ok=True)
        shutil.rmtree(layout.unfinished_cluster, ignore_errors=True)


def _sync_directory(folder: Path) -> None:
    """Make the rename outlive a power cut; some file systems cannot sync directories and say EINVAL."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)
