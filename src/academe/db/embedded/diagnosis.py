"""Turns what PostgreSQL said before it ended into one sentence for a person."""

from __future__ import annotations

import os
import re
import shutil

from academe.db.embedded.layout import Layout, disk_full

# Below this PostgreSQL cannot add one segment of write-ahead log, and may be unable to write even its
# complaint.
FREE_BYTES_MIN = 16 * 1024 * 1024

# Ends of a PostgreSQL at its start after which the next attempt may well succeed: processes of its
# predecessor are still leaving, or one of its own was killed from outside.
TRANSIENT = re.compile(
    r"pre-existing shared memory block|lock file \".*\" already exists|was terminated by signal"
)

# What ends PostgreSQL or initdb, in the words of the process itself or of the postmaster.
MESSAGE = re.compile(r"(?:FATAL|PANIC|error):\s+(.*)|LOG:\s+(.*was terminated by signal.*)")
# Clients that were refused say nothing about the end of the server.
CLIENT = " client backend FATAL: "


def is_transient(code: int, said: str) -> bool:
    """Whether a PostgreSQL that never became ready deserves another attempt."""
    return code < 0 or TRANSIENT.search(said) is not None


def explain(layout: Layout, said: str, happening: str) -> str:
    """One sentence which says what happened, why, and what to do."""
    if "No space left on device" in said or _disk_is_full(layout):
        return disk_full(layout.data_dir)
    if "Permission denied" in said or "Read-only file system" in said:
        return (
            f"{happening}: {layout.data_dir} is not writable; check the disk and the owner of that directory."
        )
    if "could not look up effective user ID" in said:
        return (
            f"{happening}: user {os.geteuid()} has no entry in /etc/passwd, which initdb needs; "
            "start academe as a user with a name."
        )
    matches = [MESSAGE.search(line) for line in said.splitlines() if CLIENT not in line]
    reasons = [match[1] or match[2] for match in matches if match]
    reason = reasons[-1].strip().rstrip(".") if reasons else "it gave no reason"
    return f"{happening}: {reason}; {layout.log} has the details."


def _disk_is_full(layout: Layout) -> bool:
    return shutil.disk_usage(layout.data_dir).free < FREE_BYTES_MIN
