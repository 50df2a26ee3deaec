"""Runs inside a container for tools/docker_test.py, which hands it to the container's Python on stdin.

`look` prints what it found as JSON, `kill` kills the server. Needs nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any


def processes() -> list[dict[str, Any]]:
    """Every process but this one, the first process first."""
    found = []
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda each: int(each.name)):
        try:
            lines = (folder / "status").read_text().splitlines()
            program = (folder / "cmdline").read_bytes().decode().replace("\0", " ").strip()
        except OSError:
            continue  # it ended meanwhile
        # The engine's own helper, still on its way to becoming the next health check, is no process of ours.
        if int(folder.name) == os.getpid() or program == "runc init":
            continue
        status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        sets = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
        found.append(
            {
                "pid": int(folder.name),
                "program": program,
                "uids": [int(uid) for uid in status["Uid"].split()],
                "capabilities": sum(int(status[name], 16) for name in sets),
                "no_new_privileges": status["NoNewPrivs"] == "1",
            }
        )
    return found


def server() -> dict[str, Any]:
    """The server itself, not the init that started it with the same words."""
    [found] = [each for each in processes() if each["pid"] != 1 and each["program"].endswith("academe serve")]
    return found


TARGETS = ("/", "/app", "/app/src", "/data", "/etc", "/root", "/tmp", "/usr", "/var/tmp")  # noqa: S108
"""Where an intruder would like to leave a file."""


def writable() -> list[str]:
    """The targets in which a file can be made."""
    found = []
    for folder in TARGETS:
        try:
            with tempfile.TemporaryFile(dir=folder):
                found.append(folder)
        except OSError:
            continue
    return found


if sys.argv[1] == "kill":
    os.kill(server()["pid"], signal.SIGKILL)
    json.dump({}, sys.stdout)
else:
    seen = {"processes": processes(), "server": server()["program"], "writable": writable()}
    json.dump(seen, sys.stdout)
