"""Migrations are applied once, whole, in order, and never over a database that they do not fit."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from academe.db.connect import connect
from academe.db.migrate import LOCK_KEY, PACKAGE, discover, migrate
from academe.startup import StartupError
from tests.support.postgres import TestPostgres

FIRST = "db/0001_pre_create_migration"
PROCESS = Path(__file__).with_name("migrate_process.py")


class Package:
    """A copy of the package that has the shared migrations and those which a test writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(PACKAGE / "db" / "migrations", path / "db" / "migrations")

    def file(self, name: str) -> Path:
        """The file of a slice: `garden/0001_pre_x` is in services/garden/migrations."""
        slice_, file_name = name.split("/")
        return self.path / "services" / slice_ / "migrations" / f"{file_name}.sql"

    def write(self, name: str, sql: str) -> None:
        self.file(name).parent.mkdir(parents=True, exist_ok=True)
        self.file(name).write_text(sql)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    package = Package(tmp_path / "academe")
    package.write(
        "garden/0001_pre_create_garden", "create schema garden;\ncreate table garden.bed (id integer);\n"
    )
    package.write("garden/0002_pre_add_plant", "create table garden.plant (id integer, bed_id integer);\n")
    package.write("atlas/0001_pre_create_atlas", "create schema atlas;\n")
    return package


@pytest.fixture
async def dsn(postgres: TestPostgres) -> str:
    return await postgres.create_database()


async def open_to_migrate(dsn: str) -> asyncpg.Connection:
    return await connect(dsn, application_name="trial", statement_timeout_ms=0, command_timeout=None)


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await open_to_migrate(dsn)
    yield connection
    await connection.close()


async def names_applied(
    connection: asyncpg.Connection, package: Package, *, dry_run: bool = False
) -> list[str]:
    return [str(m) for m in await migrate(connection, dry_run=dry_run, package=package.path)]


async def has_table(connection: asyncpg.Connection, name: str) -> bool:
    found: bool = await connection.fetchval("select to_regclass($1) is not null", name)
    return found


async def refusal_of(connection: asyncpg.Connection, package: Package) -> str:
    with pytest.raises(StartupError) as refusal:
        await migrate(connection, package=package.path)
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


async def test_empty_database(connection: asyncpg.Connection, package: Package) -> None:
    """What is shared comes first, then slice by slice, each in the order of its numbers."""
    assert await names_applied(connection, package) == [
        FIRST,
        "atlas/0001_pre_create_atlas",
        "garden/0001_pre_create_garden",
        "garden/0002_pre_add_plant",
    ]
    assert await has_table(connection, "garden.plant")


async def test_second_run_does_nothing(connection: asyncpg.Connection, package: Package) -> None:
    """The record says that all is done."""
    await migrate(connection, package=package.path)

    assert await names_applied(connection, package) == []


async def test_new_file_is_applied_alone(connection: asyncpg.Connection, package: Package) -> None:
    """A release adds to what is there."""
    await migrate(connection, package=package.path)
    package.write("garden/0003_post_drop_plant", "drop table garden.plant;\n")

    assert await names_applied(connection, package) == ["garden/0003_post_drop_plant"]
    assert not await has_table(connection, "garden.plant")


async def test_record_says_what_was_applied(connection: asyncpg.Connection, package: Package) -> None:
    """Slice, number, name, checksum and time."""
    await migrate(connection, package=package.path)

    rows = await connection.fetch(
        """
        select slice, version, name, sha256, applied_time
        from academe_meta.migration
        order by slice, version
        """
    )
    assert [(row["slice"], row["version"], row["name"]) for row in rows] == [
        ("atlas", 1, "pre_create_atlas"),
        ("db", 1, "pre_create_migration"),
        ("garden", 1, "pre_create_garden"),
        ("garden", 2, "pre_add_plant"),
    ]
    assert all(len(row["sha256"]) == 64 for row in rows)
    assert all(row["applied_time"].tzinfo is not None for row in rows)


async def test_dry_run_changes_nothing(connection: asyncpg.Connection, package: Package) -> None:
    """It says what the real run then does, on an empty database and on a migrated one."""
    foreseen = await names_applied(connection, package, dry_run=True)

    assert not await connection.fetchval(
        "select exists (select from pg_namespace where nspname = 'academe_meta')"
    )
    assert foreseen == await names_applied(connection, package)
    assert await names_applied(connection, package, dry_run=True) == []


async def test_changed_file_is_refused(connection: asyncpg.Connection, package: Package) -> None:
    """What is recorded and what is written must be the same, and nothing else is applied meanwhile."""
    await migrate(connection, package=package.path)
    package.write("garden/0001_pre_create_garden", "create schema garden;\n")
    package.write("garden/0003_pre_more", "create table garden.more (id integer);\n")

    assert "garden/0001_pre_create_garden was changed" in await refusal_of(connection, package)
    assert not await has_table(connection, "garden.more")


async def test_database_newer_than_the_code_is_refused(
    connection: asyncpg.Connection, package: Package
) -> None:
    """An older server must not write to tables it does not know."""
    await migrate(connection, package=package.path)
    package.file("garden/0002_pre_add_plant").unlink()

    sentence = await refusal_of(connection, package)

    assert "newer than this academe" in sentence
    assert "garden/0002_pre_add_plant" in sentence


async def test_failing_file_is_rolled_back_whole(connection: asyncpg.Connection, package: Package) -> None:
    """Those before it stay; corrected, it is applied."""
    package.write("garden/0003_pre_split", "create table garden.left_half (id integer);\nselect 1 / 0;\n")

    assert "garden/0003_pre_split failed (division by zero)" in await refusal_of(connection, package)
    assert not await has_table(connection, "garden.left_half")

    package.write("garden/0003_pre_split", "create table garden.left_half (id integer);\n")
    assert await names_applied(connection, package) == ["garden/0003_pre_split"]


@pytest.mark.parametrize(
    "name",
    [
        "garden/0004_pre_gap",
        "garden/0002_pre_repetition",
        "garden/0003_during_x",
        "garden/3_pre_short",
        "garden/0003_pre_Upper",
    ],
)
def test_wrongly_named_file_is_refused(package: Package, name: str) -> None:
    """Two branches that took the same number are found out before anything is applied."""
    package.write(name, "select 1;\n")

    with pytest.raises(StartupError, match="no gap and no repetition"):
        discover(package.path)


async def test_index_built_concurrently(connection: asyncpg.Connection, package: Package) -> None:
    """A file may ask to run outside of a transaction, statement by statement."""
    package.write(
        "garden/0003_pre_index",
        "-- migrate: no transaction\n"
        "drop index concurrently if exists garden.plant_bed;\n"
        "create index concurrently plant_bed on garden.plant (bed_id);\n",
    )

    assert "garden/0003_pre_index" in await names_applied(connection, package)
    assert await has_table(connection, "garden.plant_bed")


async def test_unqualified_name_is_refused(connection: asyncpg.Connection, package: Package) -> None:
    """A table that names no schema would belong to no slice."""
    package.write("garden/0003_pre_stray", "create table stray (id integer);\n")

    assert "failed" in await refusal_of(connection, package)


async def test_two_processes_apply_once(dsn: str, connection: asyncpg.Connection, package: Package) -> None:
    """One waits for the other, in a way that a concurrent index build of the other need not wait for."""
    package.write(
        "garden/0003_pre_index",
        "-- migrate: no transaction\ncreate index concurrently plant_bed on garden.plant (bed_id);\n",
    )
    await connection.execute("select pg_advisory_lock($1)", LOCK_KEY)
    processes = [await start_process(dsn, package) for _ in range(2)]
    await until(
        dsn,
        f"""
        select count(*) = 2 from pg_stat_activity
        where query like 'select pg_%advisory_lock($1)' and pid <> {connection.get_server_pid()}
        """,
    )
    await connection.execute("select pg_advisory_unlock($1)", LOCK_KEY)

    outputs = await asyncio.gather(*(process.communicate() for process in processes))

    assert [process.returncode for process in processes] == [0, 0]
    assert sorted(len(output.splitlines()) for output, _ in outputs) == [0, 5]
    assert await names_applied(connection, package) == []


async def test_process_killed_midway(dsn: str, connection: asyncpg.Connection, package: Package) -> None:
    """Nothing of the unfinished file stays, and the next process finishes the work."""
    await migrate(connection, package=package.path)
    package.write(
        "garden/0003_pre_more",
        """
        create table garden.more (id integer);
        lock table garden.bed;
        insert into garden.bed (id) values (1);
        """,
    )
    async with connection.transaction():
        await connection.execute("lock table garden.bed")
        process = await start_process(dsn, package)
        await until(dsn, "select exists (select from pg_locks where not granted)")
        process.kill()
        await process.wait()

    assert await names_applied(connection, package) == ["garden/0003_pre_more"]
    assert [row["id"] for row in await connection.fetch("select id from garden.bed")] == [1]


async def start_process(dsn: str, package: Package) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, PROCESS, dsn, package.path, stdout=asyncio.subprocess.PIPE
    )


async def until(dsn: str, condition: str) -> None:
    """Waits for something in another process, which no event tells of."""
    connection = await asyncpg.connect(dsn)
    async with asyncio.timeout(10):
        while not await connection.fetchval(condition):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await connection.close()


async def test_migrations_of_the_product(connection: asyncpg.Connection) -> None:
    """The real ones are well named and apply to an empty database."""
    applied = await migrate(connection)

    assert str(applied[0]) == FIRST
    assert applied == discover()
