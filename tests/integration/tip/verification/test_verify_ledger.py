"""The ledger verified while it is in use, on connections of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import asyncpg
import pytest

from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.db.pool import Pool, create_pool
from academe.services.tip.verification import VerificationHandler, VerificationRepository, VerificationService
from academe.services.tip.verification.model import FAULTS_TOLD, Check
from academe.services.tip.verification.repository import CHECKS
from tests.integration.tip.attacks.scene import Scene, build
from tests.integration.tip.writer.sending import Item, send
from tests.support.ledger import fill_wallets
from tests.support.postgres import TestPostgres
from tests.support.verifying import verify


@pytest.fixture(scope="module")
async def scene(pool: Pool) -> Scene:
    return await build(pool)


async def test_every_check_passes_and_says_how_much_it_looked_at(
    database: str, pool: Pool, scene: Scene
) -> None:
    """All of them, each once, and a summary with the latest hash of the chain at the end."""
    checks = await verify(database)
    count = "select count(*) from tip.{}".format
    tips, movements = await pool.fetchval(count("tip")), await pool.fetchval(count("movement"))
    head = await pool.fetchval("select encode(hash, 'hex') from tip.seal order by number desc limit 1")

    assert list(checks)[-1] == "all"
    assert set(checks) == {*CHECKS, "all"}
    assert all(check.passed and check.faults == () for check in checks.values())
    assert checks["legs"].examined == await pool.fetchval(count("entry"))
    assert checks["balances"].examined == await pool.fetchval(count("account"))
    assert checks["once"].examined == checks["transactions"].examined == tips + movements
    assert checks["seals"].examined == checks["batches"].examined == await pool.fetchval(count("batch"))
    assert checks["all"].examined == sum(check.examined for name, check in checks.items() if name != "all")
    assert checks["all"].head_hash == checks["seals"].head_hash == head


async def test_a_ledger_with_nothing_in_it(postgres: TestPostgres, template_database: str) -> None:
    """There is nothing to find, and no hash yet."""
    checks = await verify(await postgres.create_database(template=template_database))

    assert all(check.passed and check.examined == 0 for check in checks.values())
    assert checks["all"].head_hash == ""


async def test_all_checks_see_one_moment(database: str, pool: Pool, scene: Scene) -> None:
    """Tips that are sent meanwhile are in all of the checks or in none."""
    sent = 0
    async with pool.acquire() as connection:
        await fill_wallets(connection, [scene.payer], 10**9)

        async def keep_sending() -> None:
            nonlocal sent
            while True:
                await send(connection, [Item(scene.payer, scene.educator) for _ in range(5)])
                sent += 5

        sender = asyncio.create_task(keep_sending())
        for _ in range(4):
            before, checks, after = sent, await verify(database), sent
            assert all(check.passed for check in checks.values()), checks
            assert after > before
            assert checks["lifecycle"].examined == checks["sender_numbers"].examined
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)


async def test_the_pool_is_left_alone(database: str, scene: Scene) -> None:
    """A verification takes minutes on a large ledger, and no connection from those who wait."""
    small = await create_pool(database, size=1)
    async with small.acquire():
        checks = await asyncio.wait_for(verify(database), 30)
    await small.close()

    assert checks["all"].passed


async def connections_of(pool: Pool) -> int:
    found: int = await pool.fetchval(
        """
        select count(*) from pg_stat_activity
        where application_name = 'academe verify' and datname = current_database()
        """
    )
    return found


async def test_who_leaves_early_leaves_nothing_behind(database: str, pool: Pool, scene: Scene) -> None:
    """The connections are gone, and the next one has its turn."""
    service = VerificationService(VerificationRepository(database))
    async with aclosing(service.verify_ledger()) as checks:
        await anext(checks)
        during = await connections_of(pool)
    async with asyncio.timeout(10):
        while await connections_of(pool):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    names = [check.name async for check in service.verify_ledger()]

    assert during == 2
    assert names[-1] == "all"


async def test_a_check_that_cannot_run_ends_the_verification(
    database: str, pool: Pool, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of one is not a pass of the others."""

    async def broken(connection: asyncpg.Connection) -> asyncpg.Record:
        return await connection.fetchrow("select nothing from tip.tip")

    monkeypatch.setitem(CHECKS, "transactions", broken)
    names = []

    async def read() -> None:
        async for check in VerificationService(VerificationRepository(database)).verify_ledger():
            names.append(check.name)  # noqa: PERF401

    with pytest.raises(asyncpg.UndefinedColumnError):
        await read()

    assert "all" not in names


async def test_one_verification_at_a_time(database: str, scene: Scene) -> None:
    """Who asks meanwhile waits: two at once would only be slower."""
    at_work, most = 0, 0

    class Counted:
        async def run_checks(self) -> AsyncGenerator[Check, None]:
            nonlocal at_work, most
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0.01)
            yield Check("seals", 1, 0, head_hash="ff")
            at_work -= 1

    service = VerificationService(Counted())

    async def ask() -> list[str]:
        return [check.name async for check in service.verify_ledger()]

    answers = await asyncio.gather(*(ask() for _ in range(3)))

    assert answers == [["seals", "all"]] * 3
    assert most == 1


async def test_many_faults_are_counted_and_some_are_told(
    postgres: TestPostgres, template_database: str
) -> None:
    """Twenty sentences are enough to see what is the matter."""
    dsn = await postgres.create_database(template=template_database)
    superuser = await asyncpg.connect(postgres.superuser_dsn_of(dsn))
    await superuser.execute("set session_replication_role = replica")
    await superuser.execute(
        """
        insert into tip.account (owner_id, kind, currency, balance, entry_count, create_time, update_time)
        select gen_random_uuid(), 1, 'EUR', -1, 0, now(), now() from generate_series(1, 50)
        """
    )
    await superuser.close()
    covered = (await verify(dsn))["covered"]

    assert covered.fault_count == 50
    assert len(covered.faults) == FAULTS_TOLD
    assert covered.faults[0] == "Account 1 of kind 1 has a balance of -1."


async def test_on_the_wire_each_check_is_a_message() -> None:
    """The results as they come: pass and fail, sentences, counts, the head in hexadecimal."""

    class Two:
        async def run_checks(self) -> AsyncIterator[Check]:
            yield Check("covered", 7, 2, ("One.", "Two."))
            yield Check("seals", 3, 0, head_hash="ff")

    class Handler(VerificationHandler):
        def __init__(self) -> None:
            self._verification = VerificationService(Two())  # type: ignore[arg-type]

    context: Any = None
    messages = [m async for m in Handler().VerifyLedger(pb.VerifyLedgerRequest(), context)]

    assert messages == [
        pb.VerifyLedgerResponse(
            check="covered",
            result=pb.CHECK_RESULT_FAIL,
            examined=7,
            faults=["One.", "Two."],
            fault_count=2,
        ),
        pb.VerifyLedgerResponse(check="seals", result=pb.CHECK_RESULT_PASS, examined=3, head_hash="ff"),
        pb.VerifyLedgerResponse(
            check="all", result=pb.CHECK_RESULT_FAIL, examined=10, fault_count=2, head_hash="ff"
        ),
    ]
