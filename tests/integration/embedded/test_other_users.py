"""Root, ordinary users, and the modes of directories that are not ours."""

# A test may block its event loop for a moment: nobody else is served by it.
# ruff: noqa: ASYNC221, ASYNC240

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from academe.db.embedded import account, runtime
from academe.db.embedded.binaries import installed_binaries
from academe.db.embedded.layout import Layout
from tests.integration.embedded.conftest import Launch, MakeServer
from tests.integration.embedded.people import environment, needs_root, ordinary_user, python_for

WITHOUT_SETUID = ("setpriv", "--bounding-set=-setuid,-setgid", "--inh-caps=-setuid,-setgid")


def modes_up_to_root(path: Path) -> dict[str, int]:
    return {
        str(parent): stat.S_IMODE(parent.stat().st_mode)
        for parent in (path, *path.parents)
        if parent.exists()
    }


@needs_root
async def test_root_below_a_private_directory(home: Path, make_server: MakeServer) -> None:
    """As root below a 0700 directory, as in /root: PostgreSQL runs as another user and no mode is opened."""
    private = home / "private"
    private.mkdir(mode=0o700)
    before = modes_up_to_root(private)
    server = make_server(private / "data")

    await server.start()
    connection = await asyncpg.connect(server.dsn)
    await connection.execute("create table kept (id integer primary key)")
    await connection.close()
    await server.stop()
    await server.start()
    connection = await asyncpg.connect(server.dsn)
    assert await connection.fetchval("select count(*) from kept") == 0
    await connection.close()

    assert server.pid is not None
    assert psutil.Process(server.pid).uids().effective != 0
    assert modes_up_to_root(private) == before
    assert not account.choose_account(Layout(private / "data")).can_enter(private)


@needs_root
async def test_programs_below_a_private_directory(
    home: Path, used_dir: Path, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs below /root are copied to where PostgreSQL's user may run them, and removed again."""
    private = home / "root"
    private.mkdir(mode=0o700)
    hidden = installed_binaries().copied_into(private)
    before = modes_up_to_root(hidden.install_dir)
    monkeypatch.setattr(runtime, "installed_binaries", lambda: hidden)
    server = make_server(used_dir)

    await server.start()
    program = Path(psutil.Process(server.pid).exe())
    copied_to = Path((used_dir / "runtime").read_text())
    assert program.is_relative_to(copied_to)
    await server.stop()

    assert not copied_to.exists()
    assert modes_up_to_root(hidden.install_dir) == before


@needs_root
async def test_system_without_a_user_for_postgres(
    new_dir: Path, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no user made for it, PostgreSQL runs under a number that no other program has."""
    monkeypatch.setattr(account, "DEDICATED_USERS", ())
    server = make_server(new_dir)

    await server.start()

    assert psutil.Process(server.pid).uids().effective == account.UNALLOCATED_UID
    owners = {path.lstat().st_uid for path in (new_dir / "postgres").rglob("*")}
    assert owners == {account.UNALLOCATED_UID}


@needs_root
async def test_root_that_may_not_change_user(new_dir: Path, launch_server: Launch) -> None:
    """In a container without the capability to change user, root is told to start as somebody else."""
    if subprocess.run([*WITHOUT_SETUID, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system has no setpriv")

    server = await launch_server(new_dir, wrapper=WITHOUT_SETUID)

    assert "does not let root act as user" in server.error
    assert "start academe as an ordinary user" in server.error


@needs_root
async def test_root_and_the_owner_take_turns(
    home: Path, launch_server: Launch, make_server: MakeServer
) -> None:
    """Root starts the database of an ordinary user as that user, who can start it afterwards without root."""
    owner = ordinary_user()
    data_dir = home / "data"
    data_dir.mkdir(mode=0o700)
    os.chown(data_dir, owner.uid, owner.gid)
    as_root = make_server(data_dir)

    await as_root.start()
    assert psutil.Process(as_root.pid).uids().effective == owner.uid
    await as_root.stop()
    as_owner = await launch_server(data_dir, user=owner)

    assert as_owner.error == ""
    assert psutil.Process(as_owner.postgres).uids().effective == owner.uid


@needs_root
async def test_ordinary_user(home: Path, launch_server: Launch) -> None:
    """An ordinary user needs no root for anything."""
    user = ordinary_user()
    os.chown(home, user.uid, user.gid)

    server = await launch_server(home / "data", user=user)

    assert server.error == ""
    connection = await asyncpg.connect(server.dsn)
    assert await connection.fetchval("select 1") == 1
    await connection.close()


@needs_root
@pytest.mark.parametrize("folder", ["data", "d" * 120], ids=["usual path", "long path"])
async def test_neighbour_with_the_password(home: Path, make_server: MakeServer, folder: str) -> None:
    """Another user of the machine cannot even reach the socket, wherever it had to be put."""
    server = make_server(home / folder)
    await server.start()
    neighbour = ordinary_user()
    connect = "import asyncio, asyncpg, sys; asyncio.run(asyncpg.connect(sys.argv[1]))"

    attempt = subprocess.run(
        [python_for(neighbour) or sys.executable, "-c", connect, server.dsn],
        env=environment(),
        user=neighbour.uid,
        group=neighbour.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )

    assert attempt.returncode != 0
    assert "PermissionError" in attempt.stderr


async def test_nobody_is_trusted(used_dir: Path, make_server: MakeServer) -> None:
    """Every way in asks for a password by SCRAM, and there is no way in but the socket."""
    server = make_server(used_dir)
    await server.start()
    connection = await asyncpg.connect(server.superuser_dsn("postgres"))
    methods = await connection.fetch("select distinct auth_method from pg_hba_file_rules")
    addresses = await connection.fetchval("select current_setting('listen_addresses')")
    await connection.close()

    assert [row["auth_method"] for row in methods] == ["scram-sha-256"]
    assert addresses == ""
    assert psutil.Process(server.pid).net_connections("inet") == []
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.dsn, password="guessed")


async def test_application_is_not_the_superuser(used_dir: Path, make_server: MakeServer) -> None:
    """The application may make schemas in its database, and neither roles nor programs on the machine."""
    server = make_server(used_dir)
    await server.start()
    connection = await asyncpg.connect(server.dsn)
    try:
        await connection.execute("create schema course")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("create role other superuser")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("copy (select 1) to program 'cat'")
    finally:
        await connection.close()
