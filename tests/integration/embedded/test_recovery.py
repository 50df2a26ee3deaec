"""Recovery takes as long as it takes."""

# A test may block its event loop for a moment: nobody else is served by it.
# ruff: noqa: ASYNC230, ASYNC240

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from academe.db.embedded import State
from academe.startup import StartupError
from tests.integration.embedded.conftest import Launch, MakeServer
from tests.integration.embedded.people import all_gone, processes_of, until

# The limit of `pg_ctl` as other supervisors call it; a recovery that outlasts it must not fail here.
USUAL_LIMIT_SECONDS = 10.0


@pytest.fixture
async def slow_dir(used_dir: Path, make_server: MakeServer) -> Path:
    """The data directory of a killed PostgreSQL, whose recovery lasts until the file "hold" is removed.

    Recovery asks the restore command for each segment of the write-ahead log and waits for its answer, here
    "there is none, use your own".
    """
    server = make_server(used_dir)
    await server.start()
    connection = await asyncpg.connect(server.dsn)
    await connection.execute("create table kept as select generate_series(1, 1000) as id")
    assert server.pid is not None
    for process in processes_of(used_dir):
        process.suspend()
    for process in processes_of(used_dir):
        process.kill()
    connection.terminate()
    await server.stop()
    cluster = used_dir / "postgres"
    with open(cluster / "postgresql.conf", "a") as settings:
        settings.write("restore_command = 'while test -e hold; do sleep 0.02; done; false'\n")
        settings.write("recovery_target_timeline = 'current'\n")
    for name in ("hold", "recovery.signal"):
        (cluster / name).touch()
        os.chown(cluster / name, cluster.stat().st_uid, cluster.stat().st_gid)
    return used_dir


@pytest.fixture
def hold(slow_dir: Path) -> Iterator[Path]:
    """Removing it lets the recovery finish."""
    yield slow_dir / "postgres" / "hold"
    (slow_dir / "postgres" / "hold").unlink(missing_ok=True)


async def test_recovery_of_more_than_ten_seconds(slow_dir: Path, hold: Path, make_server: MakeServer) -> None:
    """A long recovery is waited for: not ready, not started twice, not given up, and complete in the end."""
    states: list[State] = []
    server = make_server(slow_dir, states=states)
    began = time.monotonic()

    await server.start(wait=False)
    waiting = asyncio.create_task(server.wait_ready())
    await asyncio.wait({waiting}, timeout=USUAL_LIMIT_SECONDS + 0.5)
    assert not waiting.done()
    assert server.state is State.RECOVERING
    assert not server.ready
    only_one = server.pid
    hold.unlink()
    await waiting

    assert time.monotonic() - began > USUAL_LIMIT_SECONDS
    assert server.pid == only_one
    assert states == [State.STARTING, State.RECOVERING, State.READY]
    connection = await asyncpg.connect(server.dsn)
    assert await connection.fetchval("select count(*) from kept") == 1000
    await connection.close()


async def test_stop_during_recovery(slow_dir: Path, hold: Path, make_server: MakeServer) -> None:
    """A server that is stopped meanwhile stops at once, and whoever waited for it is told."""
    server = make_server(slow_dir)
    await server.start(wait=False)
    waiting = asyncio.create_task(server.wait_ready())
    await until(lambda: server.pid is not None)

    hold.unlink()
    await server.stop()

    assert processes_of(slow_dir) == []
    with pytest.raises(StartupError, match="stopped before it was ready"):
        await waiting


async def test_kill_9_during_recovery(
    slow_dir: Path, hold: Path, launch_server: Launch, make_server: MakeServer
) -> None:
    """A PostgreSQL killed in the middle of its recovery is started again, and begins the recovery anew."""
    states: list[State] = []
    server = make_server(slow_dir, states=states)
    await server.start(wait=False)
    await until(lambda: server.pid is not None)

    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    hold.unlink()
    await server.wait_ready()

    assert states.count(State.RECOVERING) == 2
    await server.stop()
    await all_gone(slow_dir)
