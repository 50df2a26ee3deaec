"""What a failure of the database means to whoever called, for the error interceptor and for `db/` itself."""

from __future__ import annotations

import asyncpg

from academe.errors import (
    AcademeError,
    DatabaseUnavailable,
    DeadlineExceeded,
    Overloaded,
    ResourceExhausted,
    StorageFull,
    Unavailable,
)

RETRY_AWAY_SECONDS = 1.0
"""An embedded server is back in 0.2 s after a crash, a failover takes longer: sooner is mostly in vain."""

RETRY_CROWDED_SECONDS = 0.25
"""A full queue or pool turns over in far less; the pause spreads the retries of a burst."""

RETRY_CONFLICT_SECONDS = 0.05
"""The transaction that won a deadlock or a serialization conflict is over in a few milliseconds."""

CONFLICTS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)
"""PostgreSQL rolled back one of several transactions that were in each other's way: neither's fault."""

LOST = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.DatabaseDroppedError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.StatementCompletionUnknownError,
)
"""The connection ended; of a statement that was under way nobody knows whether it was committed."""


def is_lost(error: BaseException) -> bool:
    """Whether the connection ended under a statement, or had ended before it."""
    if isinstance(error, LOST):
        return True
    # asyncpg has no class for a closed connection; its other InterfaceErrors are mistakes of the caller. The
    # InternalClientError comes when the server's farewell has arrived and the end of the connection has not.
    told = str(error)
    return (type(error) is asyncpg.InterfaceError and "is closed" in told) or (
        type(error) is asyncpg.InternalClientError and told.startswith("cannot switch to state")
    )


def db_error(error: BaseException) -> AcademeError | None:
    """The condition that a failure of the database is, or None when the statement itself was refused.

    Errors that already say so (ResourceExhausted, Unavailable, DeadlineExceeded) are returned as they are;
    others come new, with `error` as their cause. None means: a constraint, a value, the SQL, or no database.
    """
    found: AcademeError
    if isinstance(error, AcademeError):
        return error if isinstance(error, ResourceExhausted | Unavailable | DeadlineExceeded) else None
    if isinstance(error, asyncpg.DiskFullError):
        found = StorageFull()
    elif isinstance(error, asyncpg.InsufficientResourcesError):  # memory, connections
        found = Overloaded(retry_after_seconds=RETRY_CROWDED_SECONDS)
    elif isinstance(error, asyncpg.QueryCanceledError | TimeoutError):
        found = DeadlineExceeded()
    elif isinstance(error, CONFLICTS):
        found = DatabaseUnavailable(
            "Another change was in the way; repeat the call with the same request_id.",
            retry_after_seconds=RETRY_CONFLICT_SECONDS,
        )
    elif is_lost(error) or isinstance(error, asyncpg.ReadOnlySQLTransactionError | asyncpg.PostgresIOError):
        # Read-only: the server under this connection is now a standby, and the new primary is elsewhere.
        found = DatabaseUnavailable(retry_after_seconds=RETRY_AWAY_SECONDS)
    else:
        return None
    found.__cause__ = error
    return found
