"""One server for one data directory, whoever asks and from wherever."""

# A test may block its event loop for a moment: nobody else is served by it.
# ruff: noqa: ASYNC221

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import asyncpg
import pytest

from academe.db.embedded import claim
from academe.startup import StartupError
from tests.integration.embedded.conftest import Launch, MakeServer
from tests.integration.embedded.people import is_dead, needs_root, ordinary_user, processes_of, until

# A process in new process-id and IPC namespaces, as in a second container: it sees neither our processes nor
# our shared memory, which is all that PostgreSQL itself looks at.
OTHER_CONTAINER = ("unshare", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc")


async def test_second_server_on_the_same_directory(used_dir: Path, make_server: MakeServer) -> None:
    """The second server is refused with the process id of the first, which does not notice."""
    first, second = make_server(used_dir), make_server(used_dir)
    await first.start()

    with pytest.raises(
        StartupError, match=rf"Another academe server \(process {os.getpid()} on .*stop it first"
    ):
        await second.start()

    connection = await asyncpg.connect(first.dsn)
    await connection.close()
    assert first.ready


async def test_second_container_on_the_same_volume(used_dir: Path, launch_server: Launch) -> None:
    """A server in another container is refused although it cannot see the first one's processes."""
    if subprocess.run([*OTHER_CONTAINER, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets nobody make process-id and IPC namespaces")
    first = await launch_server(used_dir)

    second = await launch_server(used_dir, wrapper=OTHER_CONTAINER)

    assert "Another academe server" in second.error
    connection = await asyncpg.connect(first.dsn)
    await connection.execute("create table written (id integer)")
    await connection.close()


async def test_orphan_in_another_container(
    used_dir: Path, make_server: MakeServer, launch_server: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PostgreSQL left over in another container keeps the volume until it is gone, though unseen here."""
    if subprocess.run([*OTHER_CONTAINER, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets nobody make process-id and IPC namespaces")
    monkeypatch.setattr(claim, "UNSEEN_HOLDER_SECONDS", 0.5)
    # The shell is the container's first process, so that the container outlives the server in it.
    await launch_server(used_dir, wrapper=(*OTHER_CONTAINER, "sh", "-c", '"$@"; sleep 300', "sh"))
    left_over = processes_of(used_dir)
    academe = next(process.parent() for process in left_over if process.parent() not in left_over)
    for process in left_over:
        process.suspend()
    academe.kill()
    await until(lambda: is_dead(academe.pid))
    server = make_server(used_dir)

    with pytest.raises(
        StartupError, match=r"another PostgreSQL, perhaps in another container, hold .*; stop them"
    ):
        await server.start()
    for process in left_over:
        process.resume()
    await server.start()

    assert server.ready


async def test_several_servers_at_the_same_moment(new_dir: Path, launch_server: Launch) -> None:
    """Of four servers that start together on an empty directory one wins and the others are refused."""
    servers = await asyncio.gather(*(launch_server(new_dir) for _ in range(4)))

    refused = [server.error for server in servers if server.error]
    assert len(refused) == 3
    assert all("Another academe server" in error for error in refused)


async def test_directory_is_free_after_a_stop(used_dir: Path, make_server: MakeServer) -> None:
    """A stopped server leaves the directory to the next one at once."""
    first, second = make_server(used_dir), make_server(used_dir)
    await first.start()
    await first.stop()

    await second.start()

    assert second.ready


async def test_several_checkouts_side_by_side(used_dir: Path, home: Path, make_server: MakeServer) -> None:
    """Servers with different directories share nothing, neither data nor passwords nor a lock."""
    one, two = make_server(used_dir), make_server(home / "second")
    await asyncio.gather(one.start(), two.start())
    connection = await asyncpg.connect(one.dsn)
    await connection.execute("create table only_here (id integer)")
    await connection.close()
    other = await asyncpg.connect(two.dsn)

    assert await other.fetchval("select to_regclass('only_here')") is None
    await other.close()
    assert one.dsn.split("@")[0] != two.dsn.split("@")[0]


@needs_root
async def test_root_and_an_ordinary_user_side_by_side(
    used_dir: Path, home: Path, make_server: MakeServer, launch_server: Launch
) -> None:
    """A server of root leaves nothing behind that keeps an ordinary user from starting one."""
    user = ordinary_user()
    (home / "theirs").mkdir()
    shutil.chown(home / "theirs", user.uid, user.gid)
    await make_server(used_dir).start()

    theirs = await launch_server(home / "theirs" / "data", user=user)

    assert theirs.error == ""
    assert len({process.uids().real for process in processes_of(home / "theirs" / "data")}) == 1
