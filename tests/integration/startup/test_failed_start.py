"""A start that fails half-way, in this process, where what it leaves behind would show: nothing."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import asyncpg
import pytest

from academe.db.start_faults import as_startup_error
from academe.errors import ShuttingDown
from academe.startup import StartupError
from tests.support.ports import free_port
from tests.support.postgres import TestPostgres, database_of
from tests.support.school import School


async def failed_start(dsn: str, folder: Path, **changes: object) -> str:
    """The sentence; fails when a port or a task outlives the start."""
    ports = free_port(), free_port()
    before = asyncio.all_tasks()
    settings: dict[str, object] = {
        "grpc_addr": f"127.0.0.1:{ports[0]}",
        "http_addr": f"127.0.0.1:{ports[1]}",
        "grpc_engine": "native",
        **changes,
    }
    school = School(dsn, folder, **settings)
    with pytest.raises(StartupError) as refused:
        await school.app.start()
    await school.app.stop()
    assert asyncio.all_tasks() == before
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()
    return str(refused.value)


async def nobody_is_connected(superuser: asyncpg.Connection, dsn: str) -> None:
    """PostgreSQL needs a moment to see that a connection is closed."""
    async with asyncio.timeout(5):
        while await superuser.fetchval(  # noqa: ASYNC110 - another process sets no event here
            "select count(*) from pg_stat_activity where datname = $1 and usename = 'academe'",
            database_of(dsn),
        ):
            await asyncio.sleep(0.02)


async def test_a_table_is_locked(dsn: str, superuser: asyncpg.Connection, tmp_path: Path) -> None:
    """Somebody works on it; the statement's time limit ends the wait."""
    async with superuser.transaction():
        await superuser.execute("lock table auth.signing_key in access exclusive mode")

        told = await failed_start(dsn, tmp_path, statement_timeout_ms=300)

    assert told.startswith("The database took too long to answer;")
    await nobody_is_connected(superuser, dsn)


async def test_a_schema_is_missing(dsn: str, superuser: asyncpg.Connection, tmp_path: Path) -> None:
    """Restored from half a backup: the migrations are recorded and their tables are not there."""
    await superuser.execute("drop schema auth cascade")

    told = await failed_start(dsn, tmp_path)

    assert told == (
        'The database is not as academe leaves it (relation "auth.signing_key" does not exist); '
        "restore it from a backup, or give the URL of another one."
    )
    await nobody_is_connected(superuser, dsn)


async def test_a_role_without_rights(dsn: str, superuser: asyncpg.Connection, tmp_path: Path) -> None:
    """The URL's role may connect, and nothing more."""
    name = f"stranger_{database_of(dsn)}"
    await superuser.execute(f"create role {name} login password 'guest'")
    stranger = f"postgresql://{name}:guest@/{dsn.rpartition('/')[2]}"

    told = await failed_start(stranger, tmp_path)

    assert told == (
        "The database refuses what the server needs (permission denied for schema academe_meta); "
        "make academe's role the owner of the database and of every schema that academe made in it."
    )


async def test_the_connection_is_cut(
    postgres: TestPostgres, dsn: str, superuser: asyncpg.Connection, tmp_path: Path
) -> None:
    """A failover in the middle of the start, however often the statement is tried again."""
    other = await asyncpg.connect(postgres.superuser_dsn_of(dsn))

    async def cut() -> None:
        while True:
            await other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = $1 and usename = 'academe' and wait_event_type = 'Lock'",
                database_of(dsn),
            )
            await asyncio.sleep(0.02)

    async with superuser.transaction():
        await superuser.execute("lock table auth.signing_key in access exclusive mode")
        cutting = asyncio.create_task(cut())
        told = await failed_start(dsn, tmp_path)
        cutting.cancel()
        await asyncio.wait((cutting,))
    await other.close()

    assert told == "The database went away while it was being prepared; start again when it is back."


async def test_a_standby(dsn: str, superuser: asyncpg.Connection, tmp_path: Path) -> None:
    """It answers and is migrated, and takes no write."""
    await superuser.execute(f'alter database "{database_of(dsn)}" set default_transaction_read_only = on')

    told = await failed_start(dsn, tmp_path)

    assert told == (
        "The database allows reading only (cannot execute INSERT in a read-only transaction); give the URL "
        "of the primary, or set default_transaction_read_only to off for academe's role and database."
    )


async def test_an_address_of_another_machine(dsn: str, tmp_path: Path) -> None:
    """Nobody has taken it, but it is not ours either (192.0.2.0/24 is for documentation only)."""
    told = await failed_start(dsn, tmp_path, grpc_addr="192.0.2.1:50051")

    assert told == (
        "Cannot listen on 192.0.2.1:50051 (Cannot assign requested address): "
        "set ACADEME_GRPC_ADDR to an address of this machine."
    )


async def test_a_load_balancer_is_not_waited_for(
    dsn: str, superuser: asyncpg.Connection, tmp_path: Path
) -> None:
    """A server that never served has nobody to say good-bye to, whatever its drain delay."""
    await superuser.execute("drop schema auth cascade")

    async with asyncio.timeout(10):
        await failed_start(dsn, tmp_path, drain_delay_ms=600_000, drain_seconds=600)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (asyncpg.DiskFullError("could not extend file"), "no room left on its disk; free some space"),
        (asyncpg.OutOfMemoryError("out of memory"), "no connection or memory left; raise its limits"),
        (asyncpg.AdminShutdownError("terminating connection"), "went away while it was being prepared"),
        (ShuttingDown(), "went away while it was being prepared"),
    ],
)
def test_faults_that_come_at_no_test_s_bidding(fault: Exception, sentence: str) -> None:
    """Whatever a database can answer with, the operator reads what to do."""
    with pytest.raises(StartupError, match=sentence), as_startup_error():
        raise fault


def test_a_fault_of_our_own_stays_what_it_is() -> None:
    """A sentence about the database would send the operator the wrong way."""
    with pytest.raises(ZeroDivisionError), as_startup_error():
        raise ZeroDivisionError
