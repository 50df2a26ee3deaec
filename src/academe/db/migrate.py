"""Migrations: numbered SQL files in each slice, applied in order under a lock, recorded with a checksum.

A runner of our own, because no kept tool fits. pogo-migrate, the one made for asyncpg, knows a single folder,
takes no lock and records a hash of the file's name instead of its content. yoyo and Alembic bring a second
driver or SQLAlchemy, and yoyo's lock is a row that somebody has to remove after a kill. dbmate is not Python.

A file is `services/<slice>/migrations/NNNN_{pre,post}_name.sql`, or in `db/migrations` or
`db/<part>/migrations` if no slice owns it; those are first, since slices call what they make. A `pre` file
suits the code before and after a release, a `post` file needs the new code everywhere. A file is one
transaction together with its record, unless its first line is `-- migrate: no transaction` (for `create index
concurrently`): then it is run statement by statement, split where a line ends in `;`, and has to be written
so that running it again after a kill is right.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from academe.startup import StartupError

PACKAGE = Path(__file__).parent.parent
FILE_NAME = re.compile(r"(\d{4})_((?:pre|post)_[a-z0-9_]+)\.sql")
NO_TRANSACTION = "-- migrate: no transaction\n"
STATEMENT_END = re.compile(r";[ \t]*\n")
COMMENT_LINE = re.compile(r"^\s*--.*\n", re.MULTILINE)

LOCK_KEY = int.from_bytes(b"academe")
"""Of the advisory lock that one migrating process holds; any number that nobody else locks."""

LOCK_POLL_SECONDS = 0.1
"""Between attempts to lock. A process that waited inside PostgreSQL would hold a snapshot, and a `create
index concurrently` of the process with the lock would wait for that: a deadlock."""

LOCK_TIMEOUT = "10s"
"""For a table lock that a migration needs; while it waits, every other statement on the table waits too."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file; `version` is its number and `name` the rest, as in `pre_create_course`."""

    slice: str
    version: int
    name: str
    sql: str = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.slice}/{self.version:04}_{self.name}"


Applied = Migration  # what `migrate` returns: those it applied, or with `dry_run` those it would


async def migrate(
    connection: asyncpg.Connection, *, dry_run: bool = False, package: Path = PACKAGE
) -> list[Applied]:
    """Applies what the database has not seen yet, and returns it in order; with `dry_run` only returns it.

    `connection` is one of `academe.db.connect` without time limits and for nothing else at the time. Several
    processes may do this at once; one does the work. Raises StartupError, in one sentence, when the database
    is newer than this code, when an applied file was changed, and when a new one fails.
    """
    migrations = discover(package)
    if dry_run:
        return await _missing(connection, migrations)
    while not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK_KEY):  # noqa: ASYNC110
        await asyncio.sleep(LOCK_POLL_SECONDS)  # whoever holds it is another process: no event to await
    try:
        await connection.execute("select set_config('lock_timeout', $1, false)", LOCK_TIMEOUT)
        missing = await _missing(connection, migrations)
        for migration in missing:
            await _apply(connection, migration)
        return missing
    finally:
        if not connection.is_closed():
            await connection.execute("select pg_advisory_unlock($1)", LOCK_KEY)


def discover(package: Path = PACKAGE) -> list[Migration]:
    """Every migration of the code: what no slice owns, then slice by slice, each in order of its numbers."""
    found: list[Migration] = []
    for folder in (
        package / "db" / "migrations",
        *sorted(package.glob("db/*/migrations")),
        *sorted(package.glob("services/*/migrations")),
    ):
        files = sorted(folder.glob("*.sql"))
        for number, file in enumerate(files, start=1):
            named = FILE_NAME.fullmatch(file.name)
            if named is None or int(named[1]) != number:
                raise StartupError(
                    f"Migration {folder.parent.name}/{file.name} must be named {number:04}_pre_<name>.sql or "
                    f"{number:04}_post_<name>.sql: the numbers of a slice have no gap and no repetition."
                )
            found.append(Migration(folder.parent.name, number, named[2], file.read_text("utf-8")))
    return found


async def _missing(connection: asyncpg.Connection, migrations: list[Migration]) -> list[Migration]:
    known = {(migration.slice, migration.version): migration for migration in migrations}
    if await connection.fetchval("select to_regclass('academe_meta.migration')") is None:
        return migrations
    for slice_, version, name, sha256 in await connection.fetch(
        "select slice, version, name, sha256 from academe_meta.migration order by slice, version"
    ):
        migration = known.pop((slice_, version), None)
        if migration is None:
            raise StartupError(
                f"The database is newer than this academe, which has no {slice_}/{version:04}_{name}; "
                "start the version that made it, or restore a backup."
            )
        if migration.sha256 != sha256:
            raise StartupError(
                f"Migration {migration} was changed after it was applied to this database; "
                "restore the file and put the change into a new one."
            )
    return list(known.values())


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    try:
        if migration.sql.startswith(NO_TRANSACTION):
            for statement in STATEMENT_END.split(COMMENT_LINE.sub("", migration.sql)):
                if statement.strip():
                    await connection.execute(statement)
            await _record(connection, migration)
        else:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await _record(connection, migration)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StartupError(
            f"Migration {migration} failed ({error}) and was not recorded; correct that and start again."
        ) from error


async def _record(connection: asyncpg.Connection, m: Migration) -> None:
    await connection.execute(
        """
        insert into academe_meta.migration (slice, version, name, sha256, applied_time)
        values ($1, $2, $3, $4, $5)
        """,
        *(m.slice, m.version, m.name, m.sha256, datetime.now(UTC)),
    )
