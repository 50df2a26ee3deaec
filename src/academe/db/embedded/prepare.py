"""Everything that comes before the first PostgreSQL of a run: takeover, directories, cluster, passwords."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime

from structlog.typing import FilteringBoundLogger

from academe.db.embedded import roles
from academe.db.embedded.account import choose_account
from academe.db.embedded.binaries import age_warning
from academe.db.embedded.claim import claim_cluster
from academe.db.embedded.cluster import initialise, is_initialised
from academe.db.embedded.layout import Layout, unusable
from academe.db.embedded.log_file import LogFile
from academe.db.embedded.runtime import Runtime, prepare_runtime


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the supervisor needs to start PostgreSQL again and again."""

    layout: Layout
    runtime: Runtime
    log_file: LogFile
    superuser_password: str
    application_password: str

    def superuser_dsn(self, database: str = roles.SUPERUSER) -> str:
        return roles.dsn(roles.SUPERUSER, self.superuser_password, database, self.runtime.socket_dir)

    def application_dsn(self, database: str = roles.DATABASE) -> str:
        return roles.dsn(roles.APPLICATION, self.application_password, database, self.runtime.socket_dir)


async def prepare(layout: Layout, log: FilteringBoundLogger) -> Prepared:
    """Take the cluster over and make what is missing; the server's lock is already held.

    Cancelled in the middle, it first waits for a running initdb, about a second. Raises StartupError.
    """
    lock = await claim_cluster(layout, log)
    work = asyncio.ensure_future(asyncio.to_thread(_prepare, layout, log, lock))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise
    finally:
        os.close(lock)


def _prepare(layout: Layout, log: FilteringBoundLogger, lock: int) -> Prepared:
    try:
        account = choose_account(layout)
        is_new = not is_initialised(layout, account)
        runtime = prepare_runtime(layout, account)
        version = runtime.binaries.version()
        prepared = Prepared(
            layout=layout,
            runtime=runtime,
            log_file=LogFile(layout.log),
            superuser_password=roles.read_or_make_password(layout.superuser_password),
            application_password=roles.read_or_make_password(layout.application_password),
        )
    except OSError as error:
        raise unusable(layout.data_dir, error) from error
    warning = age_warning(version, datetime.now(UTC).date())
    if warning is not None:
        log.warning(warning, version=version)
    if is_new:
        log.info("Making the database", version=version, directory=str(layout.cluster))
        initialise(runtime, prepared.superuser_password, lock, prepared.log_file)
    return prepared
