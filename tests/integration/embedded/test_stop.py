"""Stopping is quick, complete, and possible at every moment."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from academe.db.embedded import State
from academe.startup import StartupError
from tests.integration.embedded.conftest import MakeServer
from tests.integration.embedded.people import processes_of, until


async def test_stop_with_open_connections(used_dir: Path, make_server: MakeServer) -> None:
    """Open connections and running statements do not hold a stop up, and no recovery follows."""
    server = make_server(used_dir)
    await server.start()
    connection = await asyncpg.connect(server.dsn)
    sleeper = asyncio.create_task(connection.execute("select pg_sleep(60)"))
    await asyncio.sleep(0)

    await asyncio.wait_for(server.stop(), timeout=10)

    with pytest.raises((asyncpg.PostgresError, OSError, asyncpg.InterfaceError)):
        await sleeper
    assert processes_of(used_dir) == []
    assert "database system is shut down" in (used_dir / "postgres.log").read_text()
    assert server.pid is None
    assert server.state is State.STOPPED


async def test_postgres_does_not_answer(used_dir: Path, make_server: MakeServer) -> None:
    """A PostgreSQL that ignores the polite requests is killed in the end, and nothing of it is left."""
    server = make_server(
        used_dir, shutdown_requests=((0.0, signal.SIGINT), (0.2, signal.SIGQUIT), (0.4, signal.SIGKILL))
    )
    await server.start()
    psutil.Process(server.pid).suspend()

    await server.stop()
    await make_server(used_dir).start()

    assert server.state is State.STOPPED


async def test_stop_twice_and_never_started(used_dir: Path, make_server: MakeServer) -> None:
    """Stopping is safe to repeat, together or one after the other, and without a start."""
    server = make_server(used_dir)

    await server.stop()
    await server.start()
    await asyncio.gather(server.stop(), server.stop())
    await server.stop()

    assert server.state is State.STOPPED


async def test_stop_in_the_middle_of_the_first_start(new_dir: Path, make_server: MakeServer) -> None:
    """Ctrl-C during the first start leaves a directory in which the next start succeeds."""
    server = make_server(new_dir)
    starting = asyncio.create_task(server.start())
    await until((new_dir / "postgres.new").exists)

    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert server.state is State.STOPPED
    await server.start()

    assert server.ready


async def test_caller_of_stop_is_cancelled(used_dir: Path, make_server: MakeServer) -> None:
    """A stop goes on to its end when its caller loses patience."""
    server = make_server(used_dir)
    await server.start()
    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0)

    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    await server.stop()

    assert processes_of(used_dir) == []


async def test_start_twice(used_dir: Path, make_server: MakeServer) -> None:
    """Starting a started server is a mistake of the program, and says so."""
    server = make_server(used_dir)
    await server.start()

    with pytest.raises(RuntimeError, match="already started"):
        await server.start()

    assert server.ready


async def test_listener_that_fails(used_dir: Path, make_server: MakeServer) -> None:
    """An error in somebody's listener does not end the supervision."""

    class Fails(list[State]):
        def append(self, state: State) -> None:
            raise ValueError(state)

    server = make_server(used_dir, states=Fails())

    await server.start()

    assert server.ready


async def test_failed_start_frees_the_directory(used_dir: Path, make_server: MakeServer) -> None:
    """After a start that failed the directory can be repaired and started by the same object."""
    version = used_dir / "postgres" / "PG_VERSION"
    version.write_text("17\n")
    server = make_server(used_dir)
    with pytest.raises(StartupError):
        await server.start()

    version.write_text("18\n")
    await server.start()

    assert server.ready
