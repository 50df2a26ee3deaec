"""What the machine can do at all: the same statement in pgbench, bcrypt alone on every core."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import bcrypt

from academe.db.embedded.binaries import installed_binaries

SERVICES = Path(__file__).resolve().parent.parent / "src" / "academe" / "services"
CLIENTS = 8


def statement(path: str, function: str, *values: str) -> str:
    """The first SQL statement of a repository's function, its parameters replaced by SQL expressions.

    Read from the source, so that what is measured in pgbench is what the server runs.
    """
    for node in ast.walk(ast.parse((SERVICES / path).read_text())):
        if isinstance(node, ast.AsyncFunctionDef) and node.name == function:
            sql = next(
                call.args[0].value
                for call in ast.walk(node)
                if isinstance(call, ast.Call)
                and call.args
                and isinstance(call.args[0], ast.Constant)
                and isinstance(call.args[0].value, str)
            )
            one_line = " ".join(sql.split())
            return re.sub(r"\$(\d+)", lambda found: values[int(found[1]) - 1], one_line) + ";\n"
    raise LookupError(f"{path} has no function {function}")


def pgbench(dsn: str, script: str, seconds: int, scratch: Path, *, clients: int = CLIENTS) -> float:
    """Transactions a second of a script, prepared, over so many connections on the same database."""
    path = scratch / "script.sql"
    path.write_text(script)
    program = installed_binaries().install_dir / "bin" / "pgbench"
    command = [str(program), "-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
    command += ["-T", str(seconds), "-f", str(path)]
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
