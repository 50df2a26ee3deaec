"""The designs of the ledger's benchmark: a rate counts only if its ledger can be trusted to be checked."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from academe.db.connect import connect
from benchmarks.ledger import yardstick
from benchmarks.ledger.academe import Academe
from benchmarks.ledger.design import PLATFORM, Batch, Design, LedgerWrongError, People
from benchmarks.ledger.designs import designs
from benchmarks.ledger.per_transfer import PerTransfer
from benchmarks.ledger.savepoints import Savepoints
from benchmarks.ledger.workload import FUNDS, Workload, batches
from tests.support.postgres import TestPostgres

FEW = People(payer_count=7, educator_count=3)
UNIFORM = Workload("three educators", "uniform", 3)


@dataclass
class Opened:
    """A design with its tables, and two connections: the application's and a superuser's."""

    design: Design
    connection: asyncpg.Connection
    superuser: asyncpg.Connection
    dsn: str


@pytest.fixture(params=designs(), ids=lambda design: design.key)
async def opened(request: pytest.FixtureRequest, postgres: TestPostgres) -> AsyncIterator[Opened]:
    dsn = await postgres.create_database()
    connection = await _connect(dsn)
    superuser = await _connect(postgres.superuser_dsn_of(dsn))
    await request.param.prepare(connection, FEW, FUNDS)
    yield Opened(request.param, connection, superuser, dsn)
    await connection.close()
    await superuser.close()


async def _connect(dsn: str) -> asyncpg.Connection:
    return await connect(dsn, application_name="tests", statement_timeout_ms=0, command_timeout=None)


async def test_every_tip_of_a_batch_is_found(opened: Opened) -> None:
    """What was sent is what the verification counts, whatever the size of the batches."""
    for size in (1, 16, 50):
        for batch in itertools.islice(batches(UNIFORM, size, seed=size, people=FEW), 2):
            await opened.design.send(opened.connection, batch)

    assert await opened.design.verify(opened.connection, opened.dsn) == 2 * (1 + 16 + 50)


async def test_a_filled_ledger_verifies_and_goes_on(opened: Opened) -> None:
    """Tips that were loaded at once look like tips that were sent, before and after others."""
    tips = batches(UNIFORM, 20, seed=1, people=FEW)
    await opened.superuser.execute("set session_replication_role = replica")
    await opened.design.send(opened.connection, next(tips))
    await opened.design.fill(opened.superuser, FEW, 100)

    assert await opened.design.verify(opened.connection, opened.dsn) == 120

    await opened.design.send(opened.connection, next(tips))
    await opened.design.fill(opened.superuser, FEW, 1)

    assert await opened.design.verify(opened.connection, opened.dsn) == 141


@pytest.mark.parametrize(
    ("design", "account"),
    [(PerTransfer(), "per_transfer.account"), (Savepoints(), "savepoints.account")],
    ids=lambda value: getattr(value, "key", ""),
)
async def test_a_balance_that_was_changed_behind_its_back_is_found(
    design: Design, account: str, postgres: TestPostgres
) -> None:
    """A rival whose sums are wrong gets no rate."""
    connection = await _connect(await postgres.create_database())
    await design.prepare(connection, FEW, FUNDS)
    await design.send(connection, next(batches(UNIFORM, 10, seed=1, people=FEW)))
    await connection.execute(f"update {account} set balance = balance + 1 where account_id = $1", PLATFORM)

    with pytest.raises(LedgerWrongError, match=f"the balance of {PLATFORM}"):
        await design.verify(connection, "")
    await connection.close()


async def test_our_own_ledger_gets_no_rate_either(postgres: TestPostgres) -> None:
    """Its verification finds a balance that only a superuser can change."""
    dsn = await postgres.create_database()
    connection, superuser = await _connect(dsn), await _connect(postgres.superuser_dsn_of(dsn))
    await Academe().prepare(connection, FEW, FUNDS)
    await Academe().send(connection, next(batches(UNIFORM, 10, seed=1, people=FEW)))
    await superuser.execute("set session_replication_role = replica")
    await superuser.execute("update tip.account set balance = balance + 1 where kind = 6")

    with pytest.raises(LedgerWrongError, match="balances"):
        await Academe().verify(connection, dsn)
    await connection.close()
    await superuser.close()


async def test_one_call_for_transfers_is_all_or_nothing(postgres: TestPostgres) -> None:
    """The looping design rolls the whole call back for one payer without money."""
    connection, batch = await _poor_payer(PerTransfer(), postgres)

    with pytest.raises(asyncpg.RaiseError, match="does not hold"):
        await PerTransfer().send(connection, batch)
    assert await PerTransfer().verify(connection, "") == 0
    await connection.close()


async def test_a_savepoint_saves_the_neighbours(postgres: TestPostgres) -> None:
    """The design with savepoints takes the other tips and says which one it did not take."""
    connection, batch = await _poor_payer(Savepoints(), postgres)

    with pytest.raises(LedgerWrongError, match=r"\[0, 1, 0\]"):
        await Savepoints().send(connection, batch)
    assert await Savepoints().verify(connection, "") == 2
    await connection.close()


async def _poor_payer(design: Design, postgres: TestPostgres) -> tuple[asyncpg.Connection, Batch]:
    """Three tips of two payers with 1,000 each; the second tip is more than its payer has."""
    connection = await _connect(await postgres.create_database())
    await design.prepare(connection, FEW, 1_000)
    rich, poor = FEW.payers[:2]
    batch = Batch()
    for payer, amount in ((rich, 100), (poor, 1_001), (poor, 1_000)):
        batch.add(payer, FEW.educators[0], amount, 5)
    return connection, batch


async def test_single_tips_in_pgbench_add_up(opened: Opened, tmp_path: Path) -> None:
    """Eight clients of pgbench leave a ledger that verifies."""
    assert await yardstick.tips_per_second(opened.dsn, opened.design.one_tip(FEW), 8, 1, tmp_path) > 0
    assert await opened.design.verify(opened.connection, opened.dsn) > 0


@pytest.mark.parametrize("pipelined", [False, True])
async def test_the_yardstick_adds_up(pipelined: bool, postgres: TestPostgres, tmp_path: Path) -> None:
    """So does the textbook's transaction, in both ways."""
    dsn = await postgres.create_database()
    connection = await _connect(dsn)
    await yardstick.prepare(connection, FEW, FUNDS)
    script = yardstick.script(FEW, pipelined=pipelined)

    assert await yardstick.tips_per_second(dsn, script, 8, 1, tmp_path) > 0
    assert await connection.fetchval("select count(*) from plain.tip") > 0
    await yardstick.verify(connection, dsn)
    await connection.close()
