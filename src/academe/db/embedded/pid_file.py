"""Reads postmaster.pid, in which PostgreSQL says who serves a cluster and how far its start has come."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from academe.startup import StartupError

# Line 8 of the file, counted from 0 here; PostgreSQL pads it with spaces.
STATUS_LINE = 7
STATUS_READY = "ready"

# The name of a setting that PostgreSQL accepts and does not know.
MARKER = "academe.cluster="

# Missing on macOS, where `ps` answers instead.
PROCFS = Path("/proc")


def running_postmaster(cluster: Path) -> int | None:
    """The process id of a live PostgreSQL of this cluster; None if there is none.

    A zombie has no command line any more and so counts as dead. Raises StartupError when a PostgreSQL has the
    recorded process id and it cannot be told which cluster it serves.
    """
    pid = recorded_pid(cluster)
    command = command_line(pid) if pid is not None else []
    if pid is None or not command or Path(command[0]).name != "postgres":
        return None
    return pid if _serves(pid, command, cluster) else None


def _serves(pid: int, command: list[str], cluster: Path) -> bool:
    """Whether a PostgreSQL works in the cluster, by its working directory or else by its arguments."""
    try:
        return os.path.samefile(PROCFS / str(pid) / "cwd", cluster)
    except OSError:  # another user's process, or no procfs
        pass
    if any(argument.startswith(MARKER) for argument in command):
        return cluster_marker(cluster) in command
    named = command[command.index("-D") + 1] if "-D" in command[:-1] else ""
    if os.path.isabs(named):
        return os.path.realpath(named) == os.path.realpath(cluster)
    raise StartupError(
        f"Process {pid} is a PostgreSQL that may use the data directory {cluster.parent}; "
        f"stop it, or delete {cluster / 'postmaster.pid'} if it serves another database."
    )


def cluster_marker(cluster: Path) -> str:
    """An argument that tells every user which cluster a PostgreSQL serves, even where `-D` does not."""
    return f"{MARKER}{cluster}"


def remove_misleading_pid(cluster: Path) -> None:
    """Remove the postmaster.pid of a dead server whose process id now belongs to a zombie or another program.

    PostgreSQL would take that process for a live server and refuse to start. Needs postgres.lock.
    """
    pid = recorded_pid(cluster)
    if pid is not None and running_postmaster(cluster) is None and _exists(pid):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def recorded_pid(cluster: Path) -> int | None:
    """The process id in postmaster.pid, if there is a readable one."""
    lines = postmaster_lines(cluster)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def accepts_connections(cluster: Path, pid: int) -> bool:
    """Whether this postmaster has finished its recovery."""
    lines = postmaster_lines(cluster)
    return (
        recorded_pid(cluster) == pid
        and lines[STATUS_LINE:] != []
        and lines[STATUS_LINE].strip() == STATUS_READY
    )


def postmaster_lines(cluster: Path) -> list[str]:
    """postmaster.pid: process id, directory, start time, port, socket directory, address, memory, status."""
    try:
        return (cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def command_line(pid: int) -> list[str]:
    """The arguments a process was started with; empty when it is dead, or a zombie."""
    if not PROCFS.exists():
        ask = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        return subprocess.run(ask, capture_output=True, text=True, check=False).stdout.split()  # noqa: S603 - a number
    try:
        return (PROCFS / str(pid) / "cmdline").read_text(encoding="utf-8", errors="replace").split("\0")[:-1]
    except OSError:
        return []


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
