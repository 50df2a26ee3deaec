"""The verbs beside `serve`: what they print, what they leave alone, and the exit code that scripts go by."""

from __future__ import annotations

import re

import asyncpg
import pytest

from academe.db.migrate import discover
from tests.integration.startup.conftest import MakeServer
from tests.integration.startup.people import refused
from tests.support.postgres import TestPostgres
from tests.support.process import ServerProcess

FAULTY = {
    "ACADEME_GRPC_ADDR": "50051",
    "ACADEME_BCRYPT_COST": "high",
    "ACADEME_DATABASE_URL": "mysql://ada:s3cret-in-the-url@localhost/school",
    "ACADEME_SECRET_KEY": "c2hvcnQ=",
    "ACADEME_GPRC_ENGINE": "native",
}


@pytest.mark.parametrize("verb", ["serve", "check-settings"])
async def test_several_faulty_settings(make_server: MakeServer, verb: str) -> None:
    """All are told at once, a misspelt name among them, and no value that may be secret."""
    server = make_server(**FAULTY)

    told = await refused(server, verb)

    assert told.startswith("Settings: ")
    assert [name for name in FAULTY if name in told] == list(FAULTY)
    assert "ACADEME_GPRC_ENGINE is not a setting" in told
    assert "s3cret" not in told
    assert "c2hvcnQ=" not in told
    assert not server.data_dir.exists()


async def test_settings_that_are_fine(make_server: MakeServer) -> None:
    """Nothing is started or made."""
    server = make_server()

    checked = await server.run("check-settings")

    assert (checked.code, checked.out, checked.err) == (0, "The settings are fine.\n", "")
    assert not server.data_dir.exists()


async def test_settings_from_a_file(make_server: MakeServer) -> None:
    """A `.env` in the working directory speaks where the environment does not, and is checked as well."""
    server = make_server()
    (server.folder / ".env").write_text("ACADEME_BCRYPT_COST=99\nACADEME_MAX_QUEUE=many\n")

    told = await refused(server, "check-settings")

    assert "ACADEME_MAX_QUEUE must be a whole number" in told
    assert "ACADEME_BCRYPT_COST" not in told


async def test_migrating_a_new_database(make_server: MakeServer, postgres: TestPostgres) -> None:
    """The dry run says what would be done and does nothing; the real one does exactly that, once."""
    dsn = await postgres.create_database()
    server = make_server(ACADEME_DATABASE_URL=dsn)
    files = [f"{migration.slice} {migration.name}" for migration in discover()]
    assert len(files) > 5

    dry = await server.run("migrate", "--dry-run")
    schemas_after_dry_run = await schemas(dsn)
    real = await server.run("migrate")

    assert (dry.code, dry.out.splitlines()) == (0, [f"would apply {file}" for file in files])
    assert schemas_after_dry_run == {"public"}
    assert (real.code, real.out.splitlines()) == (0, [f"applied {file}" for file in files])
    assert await schemas(dsn) > {"academe_meta", "account", "auth", "course", "enrollment", "tip"}


async def test_a_dry_run_without_any_database(make_server: MakeServer) -> None:
    """Even an empty PostgreSQL would be something done."""
    server = make_server()

    dry = await server.run("migrate", "--dry-run")

    assert dry.code == 0
    assert len(dry.out.splitlines()) == len(discover())
    assert not server.data_dir.exists()


async def test_migrating_the_embedded_database(make_used_server: MakeServer) -> None:
    """PostgreSQL is started for it and stopped again; its log lines stay out of the result."""
    server = make_used_server()

    migrated = await server.run("migrate")

    assert (migrated.code, migrated.out) == (0, "The database is up to date.\n")
    assert "PostgreSQL stopped" in migrated.err
    assert await server.left() == []


async def test_migrating_under_a_running_server(make_server: MakeServer, running: ServerProcess) -> None:
    """Its embedded database has one master, who migrates at every start."""
    other = make_server(ACADEME_DATA_DIR=str(running.data_dir))

    assert "Another academe server" in await refused(other, "migrate")
    await running.wait_healthy()


async def test_no_verb(make_server: MakeServer) -> None:
    """The usage, on stderr, with the exit code of a wrong command line."""
    ended = await make_server().run()

    assert ended.code == 2
    assert "serve" in ended.err
    assert "Traceback" not in ended.err


async def test_a_key_for_tokens_is_rotated(make_used_server: MakeServer) -> None:
    """The verb prints the new key's id and nothing else."""
    server = make_used_server()

    rotated = await server.run("rotate-signing-key")

    assert rotated.code == 0
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}\n", rotated.out)
    assert await server.left() == []


async def schemas(dsn: str) -> set[str]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'"
        )
    finally:
        await connection.close()
    return {row["nspname"] for row in rows}
