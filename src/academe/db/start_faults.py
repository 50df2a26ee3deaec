"""A database that answers and yet lets no server start, in the sentence that the start ends with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from academe.db.errors import db_error
from academe.errors import DatabaseUnavailable, DeadlineExceeded, Overloaded, StorageFull, Unavailable
from academe.startup import StartupError

DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


@contextmanager
def as_startup_error() -> Iterator[None]:
    """Within the block, what the driver or the pool raises becomes StartupError; nothing else is touched."""
    try:
        yield
    except (*DRIVER_ERRORS, Unavailable, DeadlineExceeded, Overloaded, StorageFull) as error:
        raise StartupError(_sentence(error)) from error


def _sentence(error: Exception) -> str:
    fault = error.__cause__ or error  # a pool's condition has the driver's error as its cause
    said = str(fault).partition("\n")[0].rstrip(".")
    if isinstance(fault, asyncpg.ReadOnlySQLTransactionError):
        return (
            f"The database allows reading only ({said}); give the URL of the primary, or set "
            "default_transaction_read_only to off for academe's role and database."
        )
    if isinstance(fault, asyncpg.InsufficientPrivilegeError):
        return (
            f"The database refuses what the server needs ({said}); make academe's role the owner of the "
            "database and of every schema that academe made in it."
        )
    match db_error(error):
        case StorageFull():
            return "The database has no room left on its disk; free some space there and start again."
        case Overloaded():
            return "The database has no connection or memory left; raise its limits or shrink the pool."
        case DeadlineExceeded():
            return "The database took too long to answer; see in pg_stat_activity what it waits for."
        case DatabaseUnavailable() | Unavailable():
            return "The database went away while it was being prepared; start again when it is back."
        case _:
            return (
                f"The database is not as academe leaves it ({said}); restore it from a backup, or give the "
                "URL of another one."
            )
