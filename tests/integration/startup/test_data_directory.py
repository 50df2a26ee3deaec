"""A data directory that cannot be used, or is used already, and whose it is."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import psutil

from tests.integration.embedded.people import environment, needs_root, ordinary_user, python_for
from tests.integration.startup.conftest import MakeServer
from tests.integration.startup.people import get_me, refused, register, sign_in
from tests.support.process import ServerProcess

SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


async def test_a_file_in_its_place(make_server: MakeServer) -> None:
    """Even root cannot make a directory there."""
    server = make_server()
    server.data_dir.write_text("not a directory")

    told = await refused(server)

    assert str(server.data_dir) in told
    assert "make ACADEME_DATA_DIR a directory that this user may write to" in told
    assert server.data_dir.read_text() == "not a directory"


async def test_below_a_file_with_the_secret_elsewhere(make_server: MakeServer) -> None:
    """The secret comes from the settings, so the database is the first that needs the directory."""
    server = make_server(ACADEME_SECRET_KEY=SECRET)
    (server.folder / "file").touch()
    server.environment["ACADEME_DATA_DIR"] = str(server.folder / "file" / "data")

    told = await refused(server)

    assert told.startswith(f"The data directory {server.folder / 'file' / 'data'} cannot be used")
    assert "set ACADEME_DATA_DIR to another one" in told


@needs_root
async def test_an_ordinary_user_in_the_directory_of_another(make_server: MakeServer) -> None:
    """Anybody may enter and nobody else may write there; which directory and which setting is told."""
    user = ordinary_user()
    server = make_server(user=user, python=python_for(user) or "", **environment())

    told = await refused(server)

    assert "Permission denied" in told
    assert str(server.data_dir) in told
    assert "ACADEME_DATA_DIR" in told


async def test_held_by_another_server(make_server: MakeServer, running: ServerProcess) -> None:
    """The sentence names the other one's process; that one goes on serving."""
    second = make_server(ACADEME_DATA_DIR=str(running.data_dir))
    assert running.process is not None

    told = await refused(second)

    assert told.startswith(f"Another academe server (process {running.process.pid} on ")
    assert str(running.data_dir) in told
    await running.wait_healthy()


@needs_root
async def test_an_ordinary_user_in_a_directory_of_his_own(make_server: MakeServer) -> None:
    """From nothing to a healthy server without root: every process and every file is the user's."""
    user = ordinary_user()
    server = make_server(user=user, python=python_for(user) or "", **environment())
    os.chown(server.folder, user.uid, user.gid)

    await server.start()

    assert {process.uids().effective for process in server.processes()} == {user.uid}
    assert await server.stop() == 0
    assert await server.left() == []
    made = [server.data_dir, *server.data_dir.rglob("*")]
    assert {path.lstat().st_uid for path in made} == {user.uid}
    assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700


@needs_root
async def test_root_first_and_its_ordinary_owner_later(make_server: MakeServer) -> None:
    """What root leaves in somebody's data directory is readable by its owner: root is not needed again."""
    user = ordinary_user()
    folder = make_server().folder
    os.chown(folder, user.uid, user.gid)
    (folder / "data").mkdir(mode=0o700)
    os.chown(folder / "data", user.uid, user.gid)
    by_root = make_server()
    await by_root.start()
    async with by_root.channel() as channel:
        await register(channel, "ada")
    assert await by_root.stop() == 0

    by_owner = make_server(user=user, python=python_for(user) or "", **environment())
    await by_owner.start()

    async with by_owner.channel() as channel:
        assert (await get_me(await sign_in(channel, "ada"))).username == "ada"
    assert {process.uids().effective for process in by_owner.processes()} == {user.uid}
    assert await by_owner.stop() == 0
    assert await by_owner.left() == []


def test_what_a_first_start_makes_is_private(used_data: Path) -> None:
    """Nobody but the owner lists the data directory or reads the secret; neither may who shares the group."""
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (used_data, *used_data.iterdir())}

    assert {name: mode for name, mode in modes.items() if mode & 0o066} == {}
    assert modes["secret.key"] == 0o600
    assert modes["data"] == (0o711 if os.geteuid() == 0 else 0o700)


async def test_two_data_directories_side_by_side(make_used_server: MakeServer) -> None:
    """Two checkouts on one machine: each server has its own PostgreSQL, people and data."""
    one, other = make_used_server("one"), make_used_server("other")
    await asyncio.gather(one.start(), other.start())

    async with one.channel() as here, other.channel() as there:
        ada, namesake = await register(here, "ada"), await register(there, "ada")
        assert ada.user_id != namesake.user_id
    postmasters = {server.postgres()[0].pid for server in (one, other)}
    assert len(postmasters) == 2
    assert await one.stop() == 0
    await other.wait_healthy()
    assert await other.stop() == 0
    assert not any(psutil.pid_exists(pid) for pid in postmasters)
