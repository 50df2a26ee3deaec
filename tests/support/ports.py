"""Ports for servers that tests start, which nobody takes between the asking and the use.

The kernel hands out ports of its own to whoever asks for none in particular, and to every connection that
goes out. A port from among those may be in use again before the server that it is for has started. So these
come from below them, each once in a run, from a beginning that another run is unlikely to have chosen too.
"""

from __future__ import annotations

import itertools
import random
import socket
from pathlib import Path

FIRST = 10_000
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
KERNELS_FIRST = int(RANGE.read_text().split()[0]) if RANGE.exists() else 32_768
"""The first of those that the kernel hands out."""

_candidates = itertools.cycle(range(FIRST, max(KERNELS_FIRST, 2 * FIRST)))
for _ in range(random.randrange(FIRST)):
    next(_candidates)


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    while True:
        port = next(_candidates)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
