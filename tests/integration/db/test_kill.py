"""Connections are cut and PostgreSQL is killed under load: nothing acknowledged is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID, uuid4

import pytest

from academe.db.errors import db_error
from academe.db.group_commit import GroupCommit
from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.errors import DatabaseUnavailable, Overloaded
from tests.integration.db.held import turns
from tests.support.pools import patient_pool
from tests.support.postgres import TestPostgres

CALLERS = 40
ACKNOWLEDGED_PER_BLOW = 200
RETRY_SECONDS = 0.02

T = TypeVar("T")


@pytest.fixture(scope="module")
async def victim() -> AsyncIterator[TestPostgres]:
    """A server of its own, since it is going to be killed."""
    server = TestPostgres()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="module")
async def pool(victim: TestPostgres) -> AsyncIterator[Pool]:
    dsn = await victim.create_database()
    opened = await patient_pool(dsn, size=4)
    await opened.execute("create schema trial")
    # No key keeps a row from being there twice, so that a doubled write is seen.
    await opened.execute("create table trial.appended (id uuid not null)")
    await opened.execute("create table trial.paid (id uuid not null, constraint paid_pkey primary key (id))")
    await opened.execute("create table trial.total (payments integer not null)")
    await opened.execute("insert into trial.total (payments) values (0)")
    yield opened
    await opened.close(1)


async def cut_connections(victim: TestPostgres, pool: Pool) -> None:
    await pool.fetch(
        """
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        """
    )


def kill_postmaster(victim: TestPostgres) -> int:
    postmaster = victim.server.pid
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    return postmaster


async def kill_and_wait_for_the_next(victim: TestPostgres, pool: Pool) -> None:
    killed = kill_postmaster(victim)
    while victim.server.pid == killed:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    await victim.server.wait_ready()


BLOWS = [
    cut_connections,
    kill_and_wait_for_the_next,
    cut_connections,
    cut_connections,
    kill_and_wait_for_the_next,
]


async def under_blows(
    victim: TestPostgres, pool: Pool, call: Callable[[UUID], Awaitable[bool]]
) -> tuple[set[UUID], int]:
    """Runs callers until every blow has fallen; the acknowledged calls, and how many were not."""
    acknowledged: set[UUID] = set()
    failed = 0
    more = asyncio.Condition()
    last_blow_fell = False

    async def caller() -> None:
        nonlocal failed
        while not last_blow_fell:
            id_ = uuid4()
            if await call(id_):
                acknowledged.add(id_)
                async with more:
                    more.notify_all()
            else:
                failed += 1

    callers = [asyncio.create_task(caller()) for _ in range(CALLERS)]
    for number, blow in enumerate(BLOWS, start=1):
        async with asyncio.timeout(20), more:
            await more.wait_for(lambda wanted=number * ACKNOWLEDGED_PER_BLOW: len(acknowledged) >= wanted)  # type: ignore[misc]
        await until_done(lambda blow=blow: blow(victim, pool))  # type: ignore[misc]
    last_blow_fell = True
    async with asyncio.timeout(20):
        await asyncio.gather(*callers)
    return acknowledged, failed


async def until_done(call: Callable[[], Awaitable[T]]) -> T:
    """What a client does when it is told to try again."""
    while True:
        try:
            return await call()
        except Exception as error:
            if db_error(error) is None:
                raise
            await asyncio.sleep(RETRY_SECONDS)


async def test_append_is_never_doubled(victim: TestPostgres, pool: Pool) -> None:
    """A write that is not idempotent: acknowledged rows are there once, the others once or not at all."""

    async def append(ids: list[UUID]) -> list[UUID]:
        await pool.execute("insert into trial.appended (id) select id from unnest($1::uuid[]) as id", ids)
        return ids

    group: GroupCommit[UUID, UUID] = GroupCommit(append, name="append")

    async def call(id_: UUID) -> bool:
        try:
            return await group.submit(id_) == id_
        except (DatabaseUnavailable, Overloaded):
            await asyncio.sleep(RETRY_SECONDS)
            return False

    acknowledged, failed = await under_blows(victim, pool, call)

    rows = await until_done(lambda: pool.fetch("select id from trial.appended"))
    written = [row["id"] for row in rows]
    assert len(written) == len(set(written))
    assert acknowledged <= set(written)
    assert len(written) - len(acknowledged) <= failed
    assert failed


async def test_payment_is_counted_exactly_once(victim: TestPostgres, pool: Pool) -> None:
    """An idempotent write whose callers try again until they are told: every effect is there once."""

    async def pay(ids: list[UUID]) -> Sequence[bool]:
        rows = await pool.fetch(
            """
            with fresh as (
                insert into trial.paid (id)
                select id from unnest($1::uuid[]) as id
                on conflict (id) do nothing
                returning id
            ), counted as (
                update trial.total set payments = payments + (select count(*) from fresh)
            )
            select id from fresh
            """,
            ids,
        )
        fresh = {row["id"] for row in rows}
        return [id_ in fresh for id_ in ids]

    async def find(ids: list[UUID]) -> Mapping[UUID, bool]:
        rows = await pool.fetch("select id from trial.paid where id = any($1::uuid[])", ids)
        return {row["id"]: True for row in rows}

    group: GroupCommit[UUID, bool] = GroupCommit(pay, name="pay", key=lambda id_: id_, idempotent=True)
    loader: BatchLoader[UUID, bool] = BatchLoader(find, name="find")

    async def call(id_: UUID) -> bool:
        await until_done(lambda: group.submit(id_))
        assert await until_done(lambda: loader.load(id_)), "acknowledged, and not there"
        return True

    acknowledged, _ = await under_blows(victim, pool, call)

    rows = await until_done(lambda: pool.fetch("select id from trial.paid"))
    assert {row["id"] for row in rows} == acknowledged
    payments = await until_done(lambda: pool.fetchval("select payments from trial.total"))
    assert payments == len(acknowledged)


async def test_write_cut_off_midway_is_told_and_run_once(victim: TestPostgres, pool: Pool) -> None:
    """The connection ends while the statement is under way: the caller is told, and it is not run again."""
    runs = 0

    async def write(items: list[int]) -> list[int]:
        nonlocal runs
        runs += 1
        await pool.execute("select pg_sleep(60)")
        return items

    group: GroupCommit[int, int] = GroupCommit(write, name="cut off")
    submission = asyncio.create_task(group.submit(1))
    await turns()
    async with asyncio.timeout(10):
        while not await pool.fetchval(  # noqa: ASYNC110
            "select bool_or(pg_terminate_backend(pid)) from pg_stat_activity where wait_event = 'PgSleep'"
        ):
            await asyncio.sleep(0.005)

    with pytest.raises(DatabaseUnavailable) as told:
        await submission

    assert told.value.retry_after_seconds
    assert runs == 1


async def test_pool_heals_when_the_server_is_back(victim: TestPostgres, pool: Pool) -> None:
    """While it is away callers are told soon; afterwards every connection works again."""

    async def is_away() -> bool:
        try:
            async with asyncio.timeout(2):
                await pool.fetchval("select 1")
        except Exception as error:
            return isinstance(db_error(error), DatabaseUnavailable)
        return False

    kill_postmaster(victim)
    async with asyncio.timeout(10):
        while not await is_away():
            pass
    await until_done(lambda: pool.fetchval("select 1"))

    async with pool.acquire(timeout=5), pool.acquire(timeout=5), pool.acquire(timeout=5):
        assert await pool.fetchval("select 1") == 1
        assert pool.connected == pool.size == 4
