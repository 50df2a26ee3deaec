"""The pool: quick to lend, quick to refuse, and never lends a connection in a state somebody left it in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from academe.db.lender import Lender
from academe.db.pool import Pool, Queryable, create_pool
from academe.errors import DatabaseUnavailable, Overloaded, ShuttingDown
from tests.integration.db.held import turns


@asynccontextmanager
async def opened(database: str, **options: Any) -> AsyncIterator[Pool]:
    pool = await create_pool(database, **{"size": 1, "acquire_timeout": 0.2, **options})
    try:
        yield pool
    finally:
        await pool.close(1)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Waits for something in another process, which no event tells of."""
    async with asyncio.timeout(5):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def is_sleeping(watching: Pool, backend: int) -> bool:
    found: bool = await watching.fetchval(
        "select exists (select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep')", backend
    )
    return found


async def backend_of(pool: Pool) -> int:
    backend: int = await pool.fetchval("select pg_backend_pid()")
    return backend


@pytest.fixture
def watching(pool: Pool) -> Pool:
    """Other connections than those under test."""
    return pool


async def test_pool_and_connection_are_both_queryable(pool: Pool) -> None:
    """A repository does not care which one it is given."""
    assert isinstance(pool, Queryable)
    async with pool.acquire() as connection:
        assert isinstance(connection, Queryable)
        for queryable in (pool, connection):
            assert [row["x"] for row in await queryable.fetch("select $1::integer as x", 1)] == [1]
            row = await queryable.fetchrow("select $1::integer as x", 2)
            assert row is not None
            assert row["x"] == 2
            assert await queryable.fetchrow("select 1 where false") is None
            assert await queryable.fetchval("select 0, $1::integer", 3, column=1) == 3
            assert await queryable.execute("select $1::integer", 4) == "SELECT 1"


async def test_transaction_commits_or_rolls_back_as_a_whole(pool: Pool) -> None:
    """An exception in the block leaves nothing behind."""
    await pool.execute("create table trial.step (number integer)")
    async with pool.transaction() as connection:
        await connection.execute("insert into trial.step (number) values (1)")
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with pool.transaction() as connection:
            await connection.execute("insert into trial.step (number) values (2)")
            raise ZeroDivisionError

    assert [row["number"] for row in await pool.fetch("select number from trial.step")] == [1]


async def test_exhausted_pool_refuses_soon(database: str) -> None:
    """The caller is told when to come back, and leaves no trace in the queue."""
    async with opened(database) as pool, pool.acquire():
        began = asyncio.get_running_loop().time()
        with pytest.raises(Overloaded) as refusal:
            await pool.fetchval("select 1")

        assert 0.15 < asyncio.get_running_loop().time() - began < 1
        assert refusal.value.retry_after_seconds
        assert pool.waiting == 0


async def test_crowded_pool_refuses_at_once(database: str) -> None:
    """Beyond `max_waiting` callers nobody is made to wait for a refusal."""
    async with opened(database, max_waiting=1, acquire_timeout=30) as pool:
        async with pool.acquire():
            waiting = asyncio.create_task(pool.fetchval("select 1"))
            await turns()

            with pytest.raises(Overloaded):
                await pool.fetchval("select 2")
        assert await waiting == 1


async def test_waiting_callers_are_served_in_order(database: str) -> None:
    """And each wait is reported."""
    waits: list[float] = []
    order: list[int] = []

    async def use(number: int) -> None:
        async with pool.acquire():
            order.append(number)

    async with opened(database, on_wait=waits.append) as pool:
        async with pool.acquire():
            uses = [asyncio.create_task(use(number)) for number in range(5)]
            await turns()
        await asyncio.gather(*uses)

    assert order == list(range(5))
    assert len(waits) == 5


async def test_connection_handed_to_a_caller_that_is_just_cancelled_is_not_lost(database: str) -> None:
    """It goes to the next one."""
    async with opened(database) as pool:
        async with pool.acquire():
            gone = asyncio.create_task(pool.fetchval("select 1"))
            await turns()
        gone.cancel()  # it has been given the connection, and has not run since
        with pytest.raises(asyncio.CancelledError):
            await gone

        assert await pool.fetchval("select 2") == 2


async def test_clean_use_costs_no_reset(database: str, watching: Pool) -> None:
    """The last thing the backend was asked is what the caller asked."""
    async with opened(database) as pool:
        backend = await backend_of(pool)
        await pool.execute("select 'the last statement'")

        last = await watching.fetchval("select query from pg_stat_activity where pid = $1", backend)
        assert last == "select 'the last statement'"


async def test_cancelled_statement_is_stopped_and_its_connection_serves_on(
    database: str, watching: Pool
) -> None:
    """The server does not go on computing for nobody."""
    async with opened(database, statement_timeout_ms=60_000, acquire_timeout=5) as pool:
        backend = await backend_of(pool)
        call = asyncio.create_task(pool.execute("select pg_sleep(60)"))
        await until(lambda: is_sleeping(watching, backend))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

        assert await backend_of(pool) == backend


async def test_nobody_waits_for_a_cancellation_to_be_confirmed(database: str, watching: Pool) -> None:
    """A statement that is slow to stop keeps its connection from the next caller, who gets another one."""
    async with opened(database, size=2) as pool:
        backend = await backend_of(pool)
        call = asyncio.create_task(
            pool.execute(
                """
                do $$ begin perform pg_sleep(60);
                exception when query_canceled then perform pg_sleep(60); end $$
                """
            )
        )
        await until(lambda: is_sleeping(watching, backend))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

        async with asyncio.timeout(2):
            assert await backend_of(pool) != backend
        await watching.execute("select pg_terminate_backend($1)", backend)


async def test_silent_server_is_given_up_by_our_own_limit(database: str) -> None:
    """The statement is cancelled, and the connection is clean afterwards."""
    async with opened(database, command_timeout=0.1) as pool:
        with pytest.raises(TimeoutError):
            await pool.execute("select pg_sleep(60)")

        assert await pool.fetchval("select 1", timeout=5) == 1


async def test_transaction_left_open_never_reaches_the_next_caller(database: str) -> None:
    """A caller that forgets its transaction loses it; the next one starts with a clean session."""
    async with opened(database) as pool:
        await pool.execute("create table trial.left_open (number integer)")
        complaints: list[dict[str, Any]] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(context))
        try:
            async with pool.acquire() as connection:
                await connection.execute("begin")
                await connection.execute("insert into trial.left_open (number) values (1)")
                await connection.execute("set search_path to trial")

            assert await pool.fetchval("select count(*) from trial.left_open") == 0
            assert await pool.fetchval("select current_setting('search_path')") == "pg_catalog"
        finally:
            loop.set_exception_handler(None)

        assert len(complaints) == 1  # asyncpg says so to the event loop, for it is a mistake in the code


async def test_transaction_cancelled_midway_is_rolled_back(database: str, watching: Pool) -> None:
    """Nothing of it stays, and the connection can begin the next transaction."""
    async with opened(database) as pool:
        await pool.execute("create table trial.midway (number integer)")

        async def work() -> None:
            async with pool.transaction() as connection:
                await connection.execute("insert into trial.midway (number) values (1)")
                await connection.execute("select pg_sleep(60)")

        backend = await backend_of(pool)
        task = asyncio.create_task(work())
        await until(lambda: is_sleeping(watching, backend))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with pool.transaction() as connection:
            await connection.execute("insert into trial.midway (number) values (2)")

        assert [row["number"] for row in await pool.fetch("select number from trial.midway")] == [2]


async def test_server_turned_standby_is_left_for_a_new_connection(database: str) -> None:
    """A connection that may only read any more leads to the wrong server."""
    async with opened(database) as pool:
        await pool.execute("create table trial.primary_only (number integer)")
        backend = await backend_of(pool)
        async with pool.acquire() as connection:
            await connection.execute("set default_transaction_read_only = on")
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await pool.execute("insert into trial.primary_only (number) values (1)")

        assert await pool.execute("insert into trial.primary_only (number) values (1)") == "INSERT 0 1"
        assert await backend_of(pool) != backend


async def test_database_that_is_away_is_told_at_once() -> None:
    """To everybody who waits, with the reason; the time limit is for databases that do not answer at all."""
    refused = ConnectionRefusedError("nobody listens")

    async def open_one() -> asyncpg.Connection:
        await asyncio.sleep(0)
        raise refused

    lender = Lender(open_one, size=2, max_waiting=10)
    async with asyncio.timeout(5):
        outcomes = await asyncio.gather(*(lender.borrow(60) for _ in range(5)), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailable] * 5
    assert {outcome.__cause__ for outcome in outcomes} == {refused}


async def test_database_that_does_not_answer_is_told_after_the_time_limit() -> None:
    """It is away, rather than crowded."""

    async def open_one() -> asyncpg.Connection:
        return await asyncio.Event().wait()

    lender = Lender(open_one, size=2, max_waiting=10)
    with pytest.raises(DatabaseUnavailable):
        await lender.borrow(0.05)
    await lender.close(0)


async def test_closing_waits_for_statements_under_way(database: str) -> None:
    """And refuses those who come later, or wait for a connection."""
    pool = await create_pool(database, size=1, acquire_timeout=30)
    async with pool.acquire() as connection:
        waiting = asyncio.create_task(pool.fetchval("select 1"))
        await turns()
        closing = asyncio.create_task(pool.close())
        await turns()

        with pytest.raises(ShuttingDown):
            await waiting
        with pytest.raises(ShuttingDown):
            await pool.fetchval("select 2")
        assert await connection.fetchval("select 3") == 3
        assert not closing.done()
    async with asyncio.timeout(5):
        await closing
    assert connection.is_closed()
    assert pool.connected == 0


async def test_closing_does_not_wait_for_ever(database: str) -> None:
    """After its timeout a connection in use is cut off."""
    pool = await create_pool(database, size=2)
    async with pool.acquire() as connection:
        await pool.close(0.05)

        assert connection.is_closed()
    assert pool.connected == 0
