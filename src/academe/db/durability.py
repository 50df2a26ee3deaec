"""Refuses a PostgreSQL that may forget what it has acknowledged.

A kill -9 test cannot see these settings, because the page cache survives a killed process; only a power cut
would. So they are read at every start, from the embedded and from an external database alike.
"""

from __future__ import annotations

from typing import Any, Protocol

from academe.startup import StartupError

# The oldest release that the tests run on; older ones also lose their security fixes in 2027 or before.
SERVER_VERSION_MIN = 160000

# The values under which a commit is answered after it is on disk here. `local` is left out because it is
# chosen to give up a synchronous standby, `off` because it loses up to 600 ms of acknowledged commits.
SYNCHRONOUS_COMMIT_SAFE = ("on", "remote_apply", "remote_write")


class OneRow(Protocol):
    """The part of an asyncpg connection or pool that is needed here."""

    async def fetchrow(self, query: str, /) -> Any: ...


async def check_durability(connection: OneRow) -> None:
    """Raise StartupError unless every acknowledged commit on this connection is on disk.

    Must be given a connection of the application's own role, since `alter role ... set` and `alter database
    ... set` can weaken synchronous_commit for it alone.
    """
    settings = await connection.fetchrow(
        """
        select current_setting('server_version') as version,
               current_setting('server_version_num')::integer as version_number,
               current_setting('fsync') as fsync,
               current_setting('full_page_writes') as full_page_writes,
               current_setting('synchronous_commit') as synchronous_commit
        """
    )
    if settings["version_number"] < SERVER_VERSION_MIN:
        raise StartupError(
            f"The database is PostgreSQL {settings['version']}, but academe needs "
            f"{SERVER_VERSION_MIN // 10000} or later; upgrade it."
        )
    for name in ("fsync", "full_page_writes"):
        if settings[name] != "on":
            raise StartupError(
                f"The database runs with {name} = {settings[name]} and can lose or corrupt data in a power "
                f"cut; run `alter system set {name} = on` and `select pg_reload_conf()` on it."
            )
    if settings["synchronous_commit"] not in SYNCHRONOUS_COMMIT_SAFE:
        raise StartupError(
            f"The database runs with synchronous_commit = {settings['synchronous_commit']} and can lose "
            "acknowledged writes; set it to on for the server, and reset it for academe's role and database."
        )
