"""The two roles of the embedded PostgreSQL, their passwords, and the application's database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import quote

import asyncpg

from academe.db.embedded.layout import create_private
from academe.db.embedded.options import PORT
from academe.startup import StartupError

SUPERUSER = "postgres"
APPLICATION = "academe"
DATABASE = "academe"

# 256 bits, which also need no quoting in a connection string.
PASSWORD_BYTES = 32

# An answer takes milliseconds; a PostgreSQL that was stopped by SIGSTOP never gives one.
CONNECT_SECONDS = 5.0


def dsn(role: str, password: str, database: str, socket_dir: Path) -> str:
    """A connection string over the Unix socket; asyncpg reads the directory from `host`."""
    host = quote(str(socket_dir), safe="")
    return f"postgresql://{role}:{password}@/{quote(database)}?host={host}&port={PORT}"


def read_or_make_password(path: Path) -> str:
    """The password in a file of mode 0600, made on the first start and complete whenever it exists."""
    if not path.exists():
        unfinished = path.with_name(path.name + ".new")
        unfinished.unlink(missing_ok=True)
        with open(create_private(unfinished, os.O_EXCL), "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(PASSWORD_BYTES))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    return path.read_text(encoding="utf-8").strip()


async def ensure_application(superuser_dsn: str, application_dsn: str, password: str) -> None:
    """Make the application's role and database where they are missing, and see that the role can sign in.

    Raises StartupError when the superuser's password is not the database's, and OSError or asyncpg's errors
    while PostgreSQL does not answer yet.
    """
    try:
        connection = await asyncpg.connect(
            superuser_dsn, timeout=CONNECT_SECONDS, command_timeout=CONNECT_SECONDS
        )
    except asyncpg.InvalidPasswordError as error:
        raise StartupError(
            "The superuser's password in the data directory is not the embedded database's; "
            "restore postgres.password from the same backup as the database."
        ) from error
    try:
        if not await connection.fetchval("select exists (select from pg_roles where rolname = 'academe')"):
            await connection.execute("create role academe login")
        if not await connection.fetchval("select exists (select from pg_database where datname = 'academe')"):
            await connection.execute("create database academe owner academe")
        if not await _signs_in(application_dsn):
            await _set_password(connection, password)
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


async def _signs_in(application_dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(application_dsn, timeout=CONNECT_SECONDS)
    except asyncpg.InvalidPasswordError:
        return False
    await connection.close(timeout=CONNECT_SECONDS)
    return True


async def _set_password(connection: asyncpg.Connection, password: str) -> None:
    """Needed for a new role, and after its password file was lost.

    The password travels as a parameter and is quoted by PostgreSQL, so that no statement's text holds it.
    """
    await connection.execute("select set_config('academe.password', $1, false)", password)
    await connection.execute(
        """
        do $$
        begin
            execute format('alter role academe password %L', current_setting('academe.password'));
        end
        $$
        """
    )
