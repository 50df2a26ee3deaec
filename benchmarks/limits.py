"""What the machine can do at all: the same statement in pgbench, bcrypt alone on every core."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import bcrypt

from academe.db.embedded.binaries import installed_binaries

CLIENTS = 8


def pgbench(dsn: str, script: str, seconds: int, scratch: Path, *, variables: dict[str, str]) -> float:
    """Transactions a second of a script, prepared, over CLIENTS connections on the same database."""
    path = scratch / "script.sql"
    path.write_text(script)
    program = installed_binaries().install_dir / "bin" / "pgbench"
    command = [str(program), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2"]
    command += ["-T", str(seconds), "-f", str(path)]
    for name, value in variables.items():
        command += ["-D", f"{name}={value}"]
    url = urlsplit(dsn)
    host = parse_qs(url.query)["host"][0]
    environment = {
        **os.environ,
        "PGPASSWORD": url.password or "",
        "PGUSER": url.username or "",
        "PGHOST": host,
    }
    command.append(url.path.lstrip("/"))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None or re.search(r"number of failed transactions: [1-9]", done.stdout):
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    return float(found[1])


def bcrypt_checks(cost: int, seconds: float) -> float:
    """Password checks a second with every core busy: one thread's rate times the cores, measured so."""
    hashed = bcrypt.hashpw(b"x", bcrypt.gensalt(cost))
    counts: list[int] = []
    stop = time.monotonic() + seconds

    def check() -> None:
        count = 0
        while time.monotonic() < stop:
            bcrypt.checkpw(b"x", hashed)
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=check) for _ in range(os.cpu_count() or 1)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - started)
