"""A bank under fire: processes that send tips, readers that count it all, everything killed in turn."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from academe.db.connect import connect
from academe.db.errors import db_error
from academe.db.migrate import migrate
from academe.ids import new_id
from tests.integration.tip.proof import history
from tests.integration.tip.proof.bank import CURRENCIES
from tests.support.ledger import fill_wallets
from tests.support.ledger_oracle import faults
from tests.support.postgres import TestPostgres
from tests.support.verifying import failed_checks

PEOPLE = 8
WALLET = 2_000
PROCESSES = 2
CALM_SECONDS = 0.7


@dataclass
class Bank:
    """A server of its own, since it is going to be killed, with people who have some money."""

    postgres: TestPostgres
    dsn: str
    folder: Path
    people: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(PEOPLE)])
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    histories: list[Path] = field(default_factory=list)

    async def start_process(self) -> None:
        path = self.folder / f"history-{len(self.histories)}"
        path.touch()
        arguments = [self.dsn, str(path), str(len(self.histories)), *map(str, self.people)]
        self.processes.append(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.integration.tip.proof.bank", *arguments
            )
        )
        self.histories.append(path)

    async def connect(self) -> asyncpg.Connection:
        async with asyncio.timeout(20):
            while True:
                try:
                    return await connect(
                        self.dsn, application_name="reader", statement_timeout_ms=0, command_timeout=10
                    )
                except (OSError, asyncpg.PostgresError):
                    await asyncio.sleep(0.02)

    async def calls_beyond(self, written: int) -> None:
        """Returns once so many lines more are in the histories: somebody works again."""
        wanted = self.lines() + written
        async with asyncio.timeout(20):
            while self.lines() < wanted:
                assert all(process.returncode in (None, -signal.SIGKILL) for process in self.processes)
                await asyncio.sleep(0.02)

    def lines(self) -> int:
        return sum(path.read_bytes().count(b"\n") for path in self.histories)


@pytest.fixture
async def bank(tmp_path: Path) -> AsyncIterator[Bank]:
    postgres = TestPostgres()
    await postgres.start()
    dsn = await postgres.create_database()
    opened = Bank(postgres, dsn, tmp_path)
    connection = await opened.connect()
    await migrate(connection)
    for currency in CURRENCIES:
        await fill_wallets(connection, opened.people, WALLET, currency)
    await connection.close()
    yield opened
    for process in opened.processes:
        if process.returncode is None:
            process.kill()
        await process.wait()
    await postgres.stop()


async def cut_connections(bank: Bank, dice: random.Random) -> None:
    """Half of them, by the server."""
    connection = await bank.connect()
    await connection.execute(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'writer' and random() < 0.5
        """
    )
    await connection.close()


async def kill_a_backend(bank: Bank, dice: random.Random) -> None:
    """One process of PostgreSQL at work; with it the whole server goes down and recovers."""
    connection = await bank.connect()
    pids: list[asyncpg.Record] = []
    while not pids:
        pids = await connection.fetch("select pid from pg_stat_activity where application_name = 'writer'")
    before = bank.postgres.server.pid
    os.kill(dice.choice(pids)["pid"], signal.SIGKILL)
    connection.terminate()
    await next_server(bank, before)


async def kill_postmaster(bank: Bank, dice: random.Random) -> None:
    before = bank.postgres.server.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    await next_server(bank, before)


async def next_server(bank: Bank, before: int | None) -> None:
    async with asyncio.timeout(20):
        while bank.postgres.server.pid == before:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    await bank.postgres.server.wait_ready()


async def kill_a_process(bank: Bank, dice: random.Random) -> None:
    """One of the senders, with whatever it was waiting for; another takes its place."""
    victim = dice.choice([process for process in bank.processes if process.returncode is None])
    victim.kill()
    await victim.wait()
    await bank.start_process()


BLOWS = [cut_connections, kill_postmaster, kill_a_process, kill_a_backend, cut_connections]


async def read_snapshots(bank: Bank, seen: list[int]) -> None:
    """Looks at all accounts again and again: no moment is one in which they do not add up."""
    connection = await bank.connect()
    while True:
        try:
            rows = await connection.fetch(
                """
                select kind, currency, account.balance, entries.total
                from tip.account
                join (select account_id, sum(amount) as total from tip.entry group by account_id) as entries
                    using (account_id)
                """
            )
        except Exception as error:
            if db_error(error) is None:
                raise
            connection.terminate()
            connection = await bank.connect()
            continue
        for currency in CURRENCIES:
            assert sum(row["balance"] for row in rows if row["currency"] == currency) == 0
        assert [row for row in rows if row["balance"] != row["total"]] == []
        assert [row for row in rows if row["kind"] <= 4 and row["balance"] < 0] == []
        seen[0] += 1
        await asyncio.sleep(0.01)


@pytest.mark.timeout(120)
async def test_a_bank_under_fire(bank: Bank) -> None:
    """Kills and cuts while tips are sent and all is read: acknowledged once, unknown at most once."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201  # pytest shows it with a failure
    dice, seen = random.Random(seed), [0]
    for _ in range(PROCESSES):
        await bank.start_process()
    readers = [asyncio.create_task(read_snapshots(bank, seen)) for _ in range(2)]
    for blow in BLOWS:
        await bank.calls_beyond(40)
        await asyncio.sleep(dice.uniform(0, CALM_SECONDS))
        await blow(bank, dice)
    await bank.calls_beyond(40)
    for process in bank.processes:
        if process.returncode is None:
            process.kill()
    for reader in readers:
        if reader.done():
            reader.result()
        reader.cancel()
    calls = history.read(bank.histories)
    connection = await bank.connect()
    await nobody_writes(connection)
    tips = await connection.fetch("select * from tip.tip")
    top_ups = await connection.fetch(
        "select source_id::text from tip.movement where kind = 3 and amount <> $1", WALLET
    )
    wrong = list(history.faults(calls, tips, [row["source_id"] for row in top_ups]))
    second = await faults(connection)
    await connection.close()

    outcomes = [outcome for call in calls for outcome in call.outcomes or ()]
    assert wrong == []
    assert second == []
    assert await failed_checks(bank.dsn) == {}
    assert outcomes.count(None) > 200
    assert {outcome[0] for outcome in outcomes if outcome is not None} >= {2}
    assert sum(call.outcomes is None for call in calls) >= len(BLOWS) - 1
    assert seen[0] > 20


async def nobody_writes(connection: asyncpg.Connection) -> None:
    """A process that was killed may have a statement at work for a moment."""
    async with asyncio.timeout(10):
        while await connection.fetchval(  # noqa: ASYNC110
            "select count(*) from pg_stat_activity where application_name = 'writer'"
        ):
            await asyncio.sleep(0.02)


ASKED: dict[str, Any] = dict.fromkeys(history.COLUMNS, "a") | {"amount": 5, "platform_fee": 0, "funding": 1}


@pytest.mark.parametrize(
    ("answer", "rows", "said"),
    [
        (None, [], "acknowledged tip a is lost"),
        (None, [ASKED | {"amount": 6}], "acknowledged tip a is lost"),
        (None, [ASKED, ASKED | {"tip_id": "b"}], "made 2 tips"),
        (None, [ASKED, ASKED | {"tip_id": "b", "request_id": "b"}], "tip b was never asked for"),
        ([2, None], [ASKED], "refused tip a is there"),
        ([1, "b"], [ASKED | {"tip_id": "b", "amount": 7}], "request a did not make tip b"),
    ],
)
def test_the_check_sees_what_must_not_be(answer: Any, rows: list[Any], said: str) -> None:
    """A lost tip, a doubled one, one of nobody: each is told."""
    call = history.Call([ASKED], None, [answer])

    assert any(said in fault for fault in history.faults([call], rows, []))


def test_the_check_is_content_with_what_happened() -> None:
    """An acknowledged call that is there, and an unknown one that is or is not."""
    other = ASKED | {"tip_id": "b", "request_id": "b"}
    calls = [history.Call([ASKED], None, [None]), history.Call([other], None, None)]

    assert list(history.faults(calls, [ASKED], [])) == []
    assert list(history.faults(calls, [ASKED, other], [])) == []
