"""The server dies in every way that a server can; its PostgreSQL neither outlives it nor is in the way."""

# A test may block its event loop for a moment: nobody else is served by it.
# ruff: noqa: ASYNC220, ASYNC240

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from academe.db.embedded.account import choose_account
from academe.db.embedded.binaries import installed_binaries
from academe.db.embedded.layout import Layout
from academe.db.embedded.options import postgres_arguments
from academe.db.embedded.process import ENVIRONMENT, launch_command
from tests.integration.embedded.conftest import Launch, MakeServer
from tests.integration.embedded.people import all_gone, is_dead, processes_of, until

PR_SET_CHILD_SUBREAPER = 36  # from <linux/prctl.h>

# A process that, like many a container's first one, becomes the parent of all orphans and never looks after
# them.
NEGLIGENT_PARENT = f"""
import ctypes, subprocess, sys, time
ctypes.CDLL(None).prctl({PR_SET_CHILD_SUBREAPER}, 1, 0, 0, 0)
subprocess.Popen(sys.argv[1:])
time.sleep(300)
"""


async def test_kill_9_of_the_server(used_dir: Path, launch_server: Launch, make_server: MakeServer) -> None:
    """PostgreSQL shuts down in order when its server is killed, and the next start needs no recovery."""
    killed = await launch_server(used_dir)
    await write(killed.dsn, "before the kill")

    await killed.end(signal.SIGKILL)
    await all_gone(used_dir)
    successor = make_server(used_dir)
    await successor.start()

    assert await written(successor.dsn) == ["before the kill"]
    assert "received fast shutdown request" in (used_dir / "postgres.log").read_text()
    assert "automatic recovery" not in (used_dir / "postgres.log").read_text()


async def test_successor_starts_at_once(
    used_dir: Path, launch_server: Launch, make_server: MakeServer
) -> None:
    """A server started in the very moment of the kill waits for the old PostgreSQL and then takes over."""
    killed = await launch_server(used_dir)
    await write(killed.dsn, "before the kill")
    assert killed.postgres is not None

    await killed.end(signal.SIGKILL)
    successor = make_server(used_dir)
    await successor.start()

    assert is_dead(killed.postgres)
    assert await written(successor.dsn) == ["before the kill"]


async def test_sigterm(used_dir: Path, launch_server: Launch) -> None:
    """SIGTERM stops the server and leaves no process of PostgreSQL behind."""
    server = await launch_server(used_dir)

    assert await server.end(signal.SIGTERM) == 0

    assert processes_of(used_dir) == []


async def test_ctrl_c_in_the_terminal(used_dir: Path, launch_server: Launch) -> None:
    """SIGINT for the whole group of the server does not reach PostgreSQL, which finishes its calls."""
    server = await launch_server(used_dir)

    os.killpg(server.pid, signal.SIGINT)
    await write(server.dsn, "after Ctrl-C")

    assert server.postgres is not None
    assert psutil.Process(server.postgres).is_running()
    assert os.getsid(server.postgres) == server.postgres


async def test_orphan_that_does_not_know(used_dir: Path, make_server: MakeServer, orphan: Orphan) -> None:
    """A PostgreSQL that runs on without its server, whose parent overlooks its end, is shut down."""
    pid = orphan.start(used_dir)
    successor = make_server(used_dir)

    await successor.start()

    assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert successor.pid != pid
    assert "received fast shutdown request" in orphan.log.read_text()


async def test_zombie_postmaster(used_dir: Path, launch_server: Launch, make_server: MakeServer) -> None:
    """A dead PostgreSQL that nobody has reaped counts as dead, though its process id still exists."""
    server = await launch_server(used_dir, wrapper=(sys.executable, "-c", NEGLIGENT_PARENT))
    assert server.postgres is not None
    academe = psutil.Process(server.postgres).parent()
    assert academe is not None
    academe.suspend()  # so that it neither reaps nor restarts PostgreSQL between the two kills
    await until(lambda: all_threads_stopped(academe.pid))
    os.kill(server.postgres, signal.SIGKILL)
    academe.kill()
    await until(lambda: is_dead(academe.pid) and not processes_of(used_dir))
    assert psutil.Process(server.postgres).status() == psutil.STATUS_ZOMBIE
    assert (used_dir / "postgres" / "postmaster.pid").read_text().startswith(f"{server.postgres}\n")
    successor = make_server(used_dir)

    await successor.start()

    assert successor.ready


async def test_process_id_was_given_to_another(used_dir: Path, make_server: MakeServer) -> None:
    """A stale postmaster.pid that names a living stranger stops neither us nor the stranger."""
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (used_dir / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{used_dir / 'postgres'}\n")
        server = make_server(used_dir)

        await server.start()

        assert server.ready
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


async def test_temporary_directory_of_a_killed_server(
    home: Path, used_dir: Path, launch_server: Launch, make_server: MakeServer
) -> None:
    """The start after a kill removes what the killed server left in the temporary directory."""
    long_dir = used_dir.rename(home / ("d" * 120))
    killed = await launch_server(long_dir)
    left = Path((long_dir / "runtime").read_text())
    await killed.end(signal.SIGKILL)
    assert left.exists()

    await make_server(long_dir).start()

    assert not left.exists()


class Orphan:
    """A PostgreSQL started as a server would, whose parent is this test, which never waits for it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "orphan.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, data_dir: Path) -> int:
        layout = Layout(data_dir)
        account = choose_account(layout)
        layout.socket_dir.mkdir(mode=0o700, exist_ok=True)
        account.own(layout.socket_dir)
        arguments = postgres_arguments(layout.cluster, str(layout.cluster), layout.socket_dir)
        command = [str(installed_binaries().postgres), *arguments]
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                launch_command(command, account), cwd=layout.cluster, env=ENVIRONMENT, stderr=log
            )
        while "ready to accept" not in self.log.read_text():
            assert self._process.poll() is None
        return self._process.pid

    def reap(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
async def orphan(home: Path) -> AsyncIterator[Orphan]:
    made = Orphan(home)
    yield made
    made.reap()


def all_threads_stopped(pid: int) -> bool:
    states = [
        thread.read_text().rsplit(")", 1)[1].split()[0] for thread in Path(f"/proc/{pid}/task").glob("*/stat")
    ]
    return set(states) == {"T"}


async def write(dsn: str, note: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table if not exists note (content text not null)")
    await connection.execute("insert into note (content) values ($1)", note)
    await connection.close()


async def written(dsn: str) -> list[str]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("select content from note")
    await connection.close()
    return [row["content"] for row in rows]
