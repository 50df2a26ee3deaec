"""Failures as PostgreSQL and asyncpg really raise them, and what callers are told."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from academe.db.errors import db_error
from academe.db.pool import Pool, create_pool
from academe.errors import (
    AcademeError,
    AlreadyExists,
    DatabaseUnavailable,
    DeadlineExceeded,
    Overloaded,
    StorageFull,
)


@pytest.mark.parametrize(
    ("sqlstate", "told"),
    [
        ("08006", DatabaseUnavailable),  # connection failure
        ("25006", DatabaseUnavailable),  # read-only transaction: the server became a standby
        ("25P03", DatabaseUnavailable),  # idle in transaction for too long
        ("40001", DatabaseUnavailable),  # serialization failure
        ("40P01", DatabaseUnavailable),  # deadlock
        ("53000", Overloaded),  # insufficient resources
        ("53100", StorageFull),  # disk full
        ("53200", Overloaded),  # out of memory
        ("53300", Overloaded),  # too many connections
        ("55P03", DatabaseUnavailable),  # lock not available
        ("57014", DeadlineExceeded),  # query cancelled, as by statement_timeout
        ("57P01", DatabaseUnavailable),  # terminated by an administrator
        ("57P02", DatabaseUnavailable),  # crash of another backend
        ("57P03", DatabaseUnavailable),  # starting up
        ("58030", DatabaseUnavailable),  # input or output error
        ("22012", None),  # division by zero
        ("23505", None),  # unique violation
        ("42601", None),  # syntax error
        ("XX001", None),  # data corrupted
    ],
)
async def test_condition_raised_by_the_server(
    pool: Pool, sqlstate: str, told: type[AcademeError] | None
) -> None:
    """A condition of the server is an outage or a limit; one of the statement is left to whoever wrote it."""
    with pytest.raises(asyncpg.PostgresError) as raised:
        await pool.execute(
            f"do $$ begin raise exception using errcode = '{sqlstate}', message = 'trial'; end $$"
        )
    meaning = db_error(raised.value)

    assert (type(meaning) if meaning else None) is told
    if meaning is not None:
        assert meaning.__cause__ is raised.value


async def test_statement_timeout_is_a_deadline(database: str) -> None:
    """The server's own limit ends the statement."""
    pool = await create_pool(database, size=1, statement_timeout_ms=50)
    with pytest.raises(asyncpg.QueryCanceledError) as raised:
        await pool.execute("select pg_sleep(60)")
    await pool.close()

    assert isinstance(db_error(raised.value), DeadlineExceeded)


async def test_terminated_connection_is_an_outage(database: str, pool: Pool) -> None:
    """While a statement is under way, and again when the same connection is used afterwards."""
    connection = await asyncpg.connect(database)
    backend = connection.get_server_pid()
    call = asyncio.create_task(connection.execute("select pg_sleep(60)"))
    at_work = "select state = 'active' from pg_stat_activity where pid = $1"
    async with asyncio.timeout(10):
        while not await pool.fetchval(at_work, backend):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await pool.fetchval("select pg_terminate_backend($1, 5000)", backend)

    outcomes = await asyncio.gather(call, return_exceptions=True)
    outcomes += await asyncio.gather(connection.execute("select 1"), return_exceptions=True)

    for outcome in outcomes:
        assert isinstance(outcome, Exception)
        meaning = db_error(outcome)
        assert isinstance(meaning, DatabaseUnavailable)
        assert meaning.retry_after_seconds


def test_conditions_that_are_told_already_are_kept() -> None:
    """Of our own errors only those that say the same are taken for an outage."""
    away, domain = Overloaded(), AlreadyExists()

    assert db_error(away) is away
    assert db_error(domain) is None
    assert db_error(ValueError()) is None
