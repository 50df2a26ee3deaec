"""One connection to PostgreSQL with the settings every statement of Academe relies on."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

from academe.startup import StartupError

STATEMENTS_CACHED = 1024
"""Prepared statements kept per connection; the whole product has a few hundred."""

CONNECT_SECONDS = 5.0
"""Time to reach the server and sign in. A local one needs 5 milliseconds; later it is away."""


async def connect(
    dsn: str,
    *,
    application_name: str,
    statement_timeout_ms: int,
    command_timeout: float | None,
    connect_timeout: float = CONNECT_SECONDS,
) -> asyncpg.Connection:
    """A connection that sees no schema but pg_catalog, so that every statement names the schema it means.

    Times are UTC, jsonb is Python objects, uuid is `uuid.UUID` (asyncpg's own subclass, faster to make).
    `statement_timeout_ms` is kept by the server, 0 for none; `command_timeout`, in seconds, by this side for
    when the server is silent. Raises what asyncpg raises; `startup_error` puts that into a sentence.
    (In a jsonb[] no element may be a list, which asyncpg would take for one more dimension of the array.)
    """
    connection = await asyncpg.connect(
        dsn,
        timeout=connect_timeout,
        command_timeout=command_timeout,
        statement_cache_size=STATEMENTS_CACHED,
        max_cached_statement_lifetime=0,  # never forgotten: preparing again costs two round trips
        server_settings={
            "application_name": application_name,
            "search_path": "pg_catalog",
            "timezone": "UTC",
            "jit": "off",  # compiling takes longer than any of these short statements runs
            "statement_timeout": str(statement_timeout_ms),
            # A process that froze inside a transaction must not hold its row locks for ever.
            "idle_in_transaction_session_timeout": str(2 * statement_timeout_ms),
            # One that was killed must not keep its statement running, nor its locks.
            "client_connection_check_interval": "2s",
            # Keeps an idle connection alive through firewalls, which forget it after minutes.
            "tcp_keepalives_idle": "60",
        },
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_json, decoder=json.loads, format="text"
    )
    return connection


def startup_error(dsn: str, error: Exception) -> StartupError:
    """The sentence for a database that could not be reached; the password stays out of it."""
    try:
        url = urlsplit(dsn)
        options = parse_qs(url.query)
        host = options.get("host", [url.hostname or "localhost"])[0]
        where = f"{host}:{url.port or 5432}" if not host.startswith("/") else host
        user = options.get("user", [url.username or "?"])[0]
        database = url.path.lstrip("/") or user
    except ValueError:
        where = user = database = ""
    match error:
        case asyncpg.ClientConfigurationError() | ValueError():
            told = (
                "The database URL cannot be understood; write it like "
                "postgresql://user:password@host:5432/database."
            )
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            told = (
                f"The database at {where} refuses user {user!r}; correct the user or the password in its URL."
            )
        case asyncpg.InvalidCatalogNameError():
            told = f"There is no database {database!r} at {where}; create it or correct the database URL."
        case asyncpg.CannotConnectNowError():
            told = f"The database at {where} is still starting or already stopping; start again in a moment."
        case asyncpg.TooManyConnectionsError():
            told = (
                f"The database at {where} has no connection left; raise max_connections or shrink the pool."
            )
        case OSError():  # and TimeoutError, which is one
            told = f"The database at {where} does not answer; start it or correct the database URL."
        case _:
            told = (
                f"The database at {where} refuses the connection ({type(error).__name__}); its log says why."
            )
    return StartupError(told)


def _json(value: Any) -> str:
    # NaN is not JSON, and PostgreSQL would refuse it with a message about a token.
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
