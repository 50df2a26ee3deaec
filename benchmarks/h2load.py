"""Reads under load from h2load: the same request again and again, which for a read is a fair load."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 8


@dataclass(frozen=True)
class Load:
    """What h2load saw; gRPC statuses are not its business and are checked by the server's own count."""

    per_second: float
    succeeded: int


def require() -> str:
    found = shutil.which("h2load")
    if found is None:
        sys.exit(
            "make bench needs h2load, in Debian's package nghttp2-client: apt-get install nghttp2-client"
        )
    return found


def h2load(
    port: int, path: str, body: bytes, token: str, scratch: Path, *, calls: int, in_flight: int
) -> Load:
    """Makes so many calls with one body and one token, `in_flight` at a time in all."""
    data = scratch / "body.bin"
    data.write_bytes(b"\x00" + struct.pack(">I", len(body)) + body)
    command = [
        require(),
        "-n",
        str(calls),
        "-c",
        str(CONNECTIONS),
        "-m",
        str(max(1, in_flight // CONNECTIONS)),
    ]
    command += ["-d", str(data), "-H", "content-type: application/grpc", "-H", "te: trailers"]
    if token:
        command += ["-H", f"authorization: Bearer {token}"]
    command.append(f"http://127.0.0.1:{port}{path}")
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"finished in .*?, ([0-9.]+) req/s", output)
    done = re.search(r"requests: .* (\d+) succeeded", output)
    if rate is None or done is None:
        raise RuntimeError(output)
    return Load(float(rate[1]), int(done[1]))
