"""PostgreSQL dies under load, again and again; what was acknowledged stays, and nobody has to start it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]

from academe.db.embedded import EmbeddedPostgres, State
from academe.db.embedded.supervisor import STABLE_SECONDS
from tests.integration.embedded.conftest import MakeServer
from tests.integration.embedded.people import is_dead, until

ROUNDS = 8
WRITERS = 4

# Whatever asyncpg raises when PostgreSQL dies; InternalClientError comes when it died between two statements.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


async def test_kill_9_eight_times_under_load(used_dir: Path, make_server: MakeServer) -> None:
    """Killing the postmaster, one child or all of them loses no acknowledged write and doubles none."""
    chance = random.Random(18)
    states: list[State] = []
    server = make_server(used_dir, states=states)
    await server.start()
    connection = await asyncpg.connect(server.dsn)
    await connection.execute("create table ledger (id bigint primary key, effects integer not null)")
    await connection.close()
    ledger = Ledger(server)
    writers = [asyncio.create_task(ledger.write(number)) for number in range(WRITERS)]

    for _ in range(ROUNDS):
        await server.wait_ready()
        await asyncio.gather(ledger.grows_by(100), asyncio.sleep(STABLE_SECONDS))
        postmaster = psutil.Process(server.pid)
        family = [postmaster, *postmaster.children()]
        victims = chance.choice(
            [[postmaster], [chance.choice(family[1:])], chance.sample(family, len(family))]
        )
        states.clear()
        for victim in victims:
            with contextlib.suppress(psutil.NoSuchProcess):  # it died of the one before
                victim.kill()
        await until(lambda: states)
        assert states[0] is State.RESTARTING
    await server.wait_ready()
    await ledger.grows_by(100)
    ledger.finished = True
    await asyncio.gather(*writers)

    connection = await asyncpg.connect(server.dsn)
    rows = {row["id"]: row["effects"] for row in await connection.fetch("select id, effects from ledger")}
    await connection.close()
    assert ledger.acknowledged - rows.keys() == set(), "an acknowledged write was lost"
    assert rows.keys() - ledger.attempted == set(), "a row appeared that nobody wrote"
    assert set(rows.values()) == {1}


async def test_not_ready_between_death_and_recovery(used_dir: Path, make_server: MakeServer) -> None:
    """Readiness ends with PostgreSQL and comes back, with the same address, only after the recovery."""
    states: list[State] = []
    server = make_server(used_dir, states=states)
    await server.start()
    first, address = server.pid, server.dsn
    assert first is not None

    os.kill(first, signal.SIGKILL)
    await until(lambda: not server.ready)
    assert server.pid != first
    await server.wait_ready()

    assert states == [State.STARTING, State.READY, State.RESTARTING, State.RECOVERING, State.READY]
    assert server.pid not in (None, first)
    assert server.dsn == address


async def test_backend_still_holds_the_shared_memory(used_dir: Path, make_server: MakeServer) -> None:
    """While a child of the killed PostgreSQL still works, no second one is started beside it."""
    server = make_server(used_dir)
    await server.start()
    connection = await asyncpg.connect(server.dsn)
    backend = await connection.fetchval("select pg_backend_pid()")
    assert server.pid is not None
    os.kill(backend, signal.SIGSTOP)

    os.kill(server.pid, signal.SIGKILL)
    await asyncio.sleep(1.0)  # ten times as long as a restart takes without the child
    assert server.pid is None
    assert not server.ready
    os.kill(backend, signal.SIGCONT)
    await server.wait_ready()

    assert is_dead(backend)
    connection.terminate()


async def test_start_that_keeps_failing(used_dir: Path, make_server: MakeServer) -> None:
    """A PostgreSQL that cannot come back is tried ever more rarely, and is there soon after the repair."""
    states: list[State] = []
    server = make_server(used_dir, states=states)
    await server.start()
    settings = used_dir / "postgres" / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "shared_buffers = 'plenty'\n")
    assert server.pid is not None

    os.kill(server.pid, signal.SIGKILL)
    await asyncio.sleep(1.5)  # attempts are due after 0.1, 0.3 and 0.7 seconds, then at 1.5
    attempts = states.count(State.RECOVERING)
    settings.write_text(good)
    await server.wait_ready()

    assert 2 <= attempts <= 4


class Ledger:
    """Writers that repeat each write until it is acknowledged, and remember which ones were."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self.attempted: set[int] = set()
        self.acknowledged: set[int] = set()
        self.finished = False

    async def write(self, number: int) -> None:
        identifier = number
        while not self.finished:
            try:
                connection = await asyncpg.connect(self._server.dsn, timeout=5)
            except LOST:
                await asyncio.sleep(0.01)
                continue
            try:
                while not self.finished:
                    self.attempted.add(identifier)
                    await connection.execute(
                        "insert into ledger (id, effects) values ($1, 1) on conflict (id) do nothing",
                        identifier,
                    )
                    self.acknowledged.add(identifier)
                    identifier += WRITERS
            except LOST:
                continue
            finally:
                connection.terminate()

    async def grows_by(self, count: int) -> None:
        target = len(self.acknowledged) + count
        await until(lambda: len(self.acknowledged) >= target)
