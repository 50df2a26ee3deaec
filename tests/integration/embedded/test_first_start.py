"""What a first start leaves on the disk, and the sentences with which it refuses."""

# A test may block its event loop for a moment: nobody else is served by it.
# ruff: noqa: ASYNC221, ASYNC230, ASYNC240

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import asyncpg
import pytest

from academe.db.embedded import State
from academe.startup import StartupError
from tests.integration.embedded.conftest import Launch, MakeServer
from tests.integration.embedded.people import needs_root, ordinary_user, spawn, until


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_an_empty_directory_becomes_a_database(new_dir: Path, make_server: MakeServer) -> None:
    """The first start makes everything, and the application finds its own database in UTF-8 and UTC."""
    states: list[State] = []
    server = make_server(new_dir, states=states)

    await server.start()
    connection = await asyncpg.connect(server.dsn)
    row = await connection.fetchrow(
        """
        select current_user as role,
               current_database() as database,
               current_setting('server_encoding') as encoding,
               current_setting('timezone') as timezone,
               lower('ÅSA') as lowered
        """
    )
    await connection.close()

    assert dict(row) == {
        "role": "academe",
        "database": "academe",
        "encoding": "UTF8",
        "timezone": "UTC",
        "lowered": "åsa",
    }
    assert states == [State.STARTING, State.READY]


async def test_only_the_owner_can_look_into_it(new_dir: Path, make_server: MakeServer) -> None:
    """Passwords and logs have mode 0600, the cluster and the socket directory 0700."""
    server = make_server(new_dir)

    await server.start()

    files = {path.name: mode(path) for path in new_dir.iterdir() if path.is_file()}
    assert files == {
        "academe.password": 0o600,
        "postgres.password": 0o600,
        "postgres.lock": 0o600,
        "postgres.log": 0o600,
        "server.lock": 0o600,
    }
    assert mode(new_dir / "postgres") == 0o700
    assert mode(new_dir / "socket") == 0o700
    assert mode(new_dir) & 0o044 == 0, "nobody else may list the data directory"


async def test_initdb_was_interrupted(new_dir: Path, make_server: MakeServer) -> None:
    """A half-made database of a killed first start is thrown away, never taken for a real one."""
    (new_dir / "postgres.new" / "base").mkdir(parents=True)
    (new_dir / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = make_server(new_dir)

    await server.start()

    assert server.ready
    assert not (new_dir / "postgres.new").exists()


async def test_server_was_killed_during_initdb(new_dir: Path, make_server: MakeServer) -> None:
    """A start right after a kill -9 in the middle of the first one waits for the orphaned initdb to go."""
    killed = await spawn(new_dir)
    await until((new_dir / "postgres.new" / "PG_VERSION").exists)
    killed.kill()
    await killed.wait()
    server = make_server(new_dir)

    await server.start()

    assert server.ready


async def test_database_of_another_major_version(used_dir: Path, make_server: MakeServer) -> None:
    """A directory made by PostgreSQL 16 is left as it is, with a sentence that says what to do."""
    (used_dir / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(StartupError, match=r"made by PostgreSQL 16, .* brings 18; dump it") as refusal:
        await make_server(used_dir).start()

    assert_one_sentence(refusal.value)


async def test_directory_that_is_no_database(new_dir: Path, make_server: MakeServer) -> None:
    """Files of somebody else are never overwritten by a new database."""
    (new_dir / "postgres").mkdir(parents=True)
    (new_dir / "postgres" / "thesis.txt").write_text("three years of work")

    with pytest.raises(StartupError, match="holds no PostgreSQL database; move it away") as refusal:
        await make_server(new_dir).start()

    assert_one_sentence(refusal.value)
    assert (new_dir / "postgres" / "thesis.txt").exists()


async def test_superuser_password_was_lost(used_dir: Path, make_server: MakeServer) -> None:
    """A password file that is not the database's is named, instead of failing with a protocol error."""
    (used_dir / "postgres.password").write_text("another")
    server = make_server(used_dir)

    with pytest.raises(StartupError, match=r"restore postgres\.password") as refusal:
        await server.start()

    assert_one_sentence(refusal.value)
    assert server.pid is None


async def test_application_password_was_lost(used_dir: Path, make_server: MakeServer) -> None:
    """The application's own password is replaced, since the superuser can set it."""
    (used_dir / "academe.password").unlink()
    server = make_server(used_dir)

    await server.start()

    connection = await asyncpg.connect(server.dsn)
    await connection.close()


async def test_configuration_that_postgres_refuses(used_dir: Path, make_server: MakeServer) -> None:
    """A start that cannot succeed ends at once with PostgreSQL's own reason."""
    with open(used_dir / "postgres" / "postgresql.conf", "a") as settings:
        settings.write("shared_buffers = 'plenty'\n")
    server = make_server(used_dir)

    with pytest.raises(StartupError, match=r"exit code 1.*postgres.log has the details") as refusal:
        await server.start()

    assert_one_sentence(refusal.value)
    assert server.state is State.STOPPED


@needs_root
async def test_directory_that_is_not_writable(home: Path, launch_server: Launch) -> None:
    """An ordinary user is told which directory is not theirs."""
    (home / "data").mkdir(mode=0o755)

    server = await launch_server(home / "data", user=ordinary_user())

    assert f"The data directory {home / 'data'} is not writable" in server.error
    assert "set ACADEME_DATA_DIR" in server.error


@needs_root
async def test_disk_that_is_full(home: Path, make_server: MakeServer) -> None:
    """A disk too small for a database is called full, and nothing half-made stays on it."""
    small = home / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(small)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this system lets nobody mount a small disk")
    try:
        with pytest.raises(
            StartupError, match=r"disk of the data directory .* is full; free some space"
        ) as refusal:
            await make_server(small / "data").start()
        left = {path.name for path in (small / "data").iterdir()}
    finally:
        subprocess.run(["umount", str(small)], check=True)

    assert_one_sentence(refusal.value)
    assert not left & {"postgres", "postgres.new"}


async def test_secrets_of_the_server_stay_with_it(
    used_dir: Path, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL inherits neither the server's secrets nor variables that would change its settings."""
    monkeypatch.setenv("ACADEME_SIGNING_KEY", "do not tell")
    monkeypatch.setenv("PGOPTIONS", "-c fsync=off")
    server = make_server(used_dir)

    await server.start()
    environment = Path(f"/proc/{server.pid}/environ").read_text().split("\0")

    assert {entry.partition("=")[0] for entry in environment if entry} <= {"PATH", "LC_ALL", "TZ", "PGDATA"}
    assert os.environ["ACADEME_SIGNING_KEY"]


def assert_one_sentence(error: StartupError) -> None:
    """The message can be printed alone: one line that ends with one full stop."""
    assert "\n" not in str(error)
    assert str(error).endswith(".")
    assert not str(error).endswith("..")
