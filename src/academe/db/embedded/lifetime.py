"""One PostgreSQL from its start to its end."""

from __future__ import annotations

import asyncio
import enum
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
from structlog.typing import FilteringBoundLogger

from academe.db.embedded.claim import claim_cluster
from academe.db.embedded.cluster import needs_recovery
from academe.db.embedded.diagnosis import explain, is_transient
from academe.db.embedded.layout import unusable
from academe.db.embedded.pid_file import accepts_connections
from academe.db.embedded.prepare import Prepared
from academe.db.embedded.process import Postmaster, describe_exit, start_postmaster
from academe.db.embedded.roles import ensure_application

# How often a starting PostgreSQL is looked at: short beside the 100 ms that a start takes.
START_POLL_SECONDS = 0.02
# How often the size of the log is looked at.
LOG_CHECK_SECONDS = 10.0

# The last is what asyncpg raises on a connection which PostgreSQL closed while nothing was asked of it.
CONNECTION_ERRORS = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class State(enum.Enum):
    """What PostgreSQL is doing. Only READY serves calls."""

    STOPPED = "stopped"
    STARTING = "starting"
    RECOVERING = "recovering"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class End:
    """How a PostgreSQL ended that nobody here had asked to."""

    reason: str
    # 0 when it never accepted a connection.
    ready_seconds: float
    # Whether the next attempt may succeed although this one never became ready.
    is_transient: bool


class Lifetime:
    """The postmaster of one attempt, and what is done with it until it ends."""

    def __init__(
        self, prepared: Prepared, *, log: FilteringBoundLogger, enter: Callable[[State], None]
    ) -> None:
        self._prepared = prepared
        self._log = log
        self._enter = enter
        self.postmaster: Postmaster | None = None

    async def run(self) -> End:
        """Start PostgreSQL and return when it has ended; cancelling leaves it running.

        Raises StartupError when it cannot even be started.
        """
        log_file = self._prepared.log_file
        log_start = log_file.size()
        began = time.monotonic()
        postmaster = self.postmaster = await self._start()
        is_ready = await self._until_ready(postmaster)
        ready_at = time.monotonic()
        if is_ready:
            self._enter(State.READY)
            duration_ms = round((ready_at - began) * 1000)
            self._log.info("PostgreSQL is ready", pid=postmaster.pid, duration_ms=duration_ms)
        while postmaster.running:
            await asyncio.wait({postmaster.exited}, timeout=LOG_CHECK_SECONDS)
            log_file.rotate()
        code = postmaster.exited.result()
        said = log_file.tail(log_start)
        return End(
            reason=explain(self._prepared.layout, said, f"PostgreSQL ended ({describe_exit(code)})"),
            ready_seconds=time.monotonic() - ready_at if is_ready else 0.0,
            is_transient=is_transient(code, said),
        )

    async def _start(self) -> Postmaster:
        layout = self._prepared.layout
        lock = await claim_cluster(layout, self._log)
        try:
            if needs_recovery(layout.cluster):
                self._enter(State.RECOVERING)
                self._log.info("PostgreSQL was ended abruptly and recovers, which may take a while")
            else:
                self._enter(State.STARTING)
            return start_postmaster(self._prepared.runtime, self._prepared.log_file, lock)
        except OSError as error:
            raise unusable(layout.data_dir, error) from error
        finally:
            os.close(lock)

    async def _until_ready(self, postmaster: Postmaster) -> bool:
        """Wait without a limit until the application can sign in; False if the postmaster ended first."""
        prepared, complaint = self._prepared, ""
        while postmaster.running:
            if accepts_connections(prepared.layout.cluster, postmaster.pid):
                try:
                    await ensure_application(
                        prepared.superuser_dsn(), prepared.application_dsn(), prepared.application_password
                    )
                except (*CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                    if str(error) != complaint:  # said once, however long it lasts
                        complaint = str(error)
                        self._log.warning("PostgreSQL is not usable yet", reason=complaint)
                else:
                    return True
            await asyncio.wait({postmaster.exited}, timeout=START_POLL_SECONDS)
        return False
