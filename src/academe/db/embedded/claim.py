"""Takes a cluster over from an earlier PostgreSQL, which may still run after its server was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import time

from structlog.typing import FilteringBoundLogger

from academe.db.embedded.layout import Layout
from academe.db.embedded.locks import try_lock
from academe.db.embedded.pid_file import remove_misleading_pid, running_postmaster
from academe.startup import StartupError

# How a PostgreSQL is asked to stop, with the seconds to wait before each request. SIGINT is its fast
# shutdown, whose last checkpoint may write all of shared_buffers to a slow disk. SIGQUIT stops without it,
# SIGKILL without asking; both are safe, because the next start replays the write-ahead log, but that start
# takes longer.
SHUTDOWN_REQUESTS = ((0.0, signal.SIGINT), (60.0, signal.SIGQUIT), (70.0, signal.SIGKILL))

POLL_SECONDS = 0.02

# Children of a killed postmaster notice within milliseconds unless they are in the middle of a statement.
# After this long the holder of the lock is more likely a PostgreSQL that this system cannot see, in another
# container.
UNSEEN_HOLDER_SECONDS = 30.0


async def claim_cluster(layout: Layout, log: FilteringBoundLogger) -> int:
    """Wait until no earlier PostgreSQL is left on the cluster, and return the descriptor of postgres.lock.

    A live postmaster without its server is stopped. Raises StartupError when it cannot be stopped, or when
    processes that this system cannot see hold the cluster.
    """
    requests = list(SHUTDOWN_REQUESTS)
    began = unseen_since = time.monotonic()
    while True:
        now = time.monotonic()
        pid = running_postmaster(layout.cluster)
        if pid is None:
            descriptor = try_lock(layout.postgres_lock)
            if descriptor is not None:
                remove_misleading_pid(layout.cluster)
                return descriptor
            if now - unseen_since > UNSEEN_HOLDER_SECONDS:
                raise StartupError(
                    f"Processes of another PostgreSQL, perhaps in another container, hold {layout.cluster}; "
                    "stop them, or set ACADEME_DATA_DIR to another directory."
                )
        else:
            unseen_since = now
            if requests and now - began >= requests[0][0]:
                request = requests.pop(0)[1]
                log.warning("Stopping a PostgreSQL whose server is gone", pid=pid, signal=request.name)
                _send(pid, request, layout)
        await asyncio.sleep(POLL_SECONDS)


def _send(pid: int, request: signal.Signals, layout: Layout) -> None:
    try:
        os.kill(pid, request)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise StartupError(
            f"PostgreSQL (process {pid}) of an earlier server still uses {layout.cluster} and belongs to "
            f"another user; stop it with `kill -INT {pid}` as that user or as root."
        ) from error
