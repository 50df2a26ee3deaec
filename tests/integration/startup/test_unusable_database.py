"""A database that cannot be reached, or must not be used as it is: one sentence with what to do about it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from tests.integration.startup.conftest import MakeServer
from tests.integration.startup.people import refused
from tests.support.ports import free_port
from tests.support.postgres import database_of
from tests.support.school import School

PASSWORD = "p4ssw0rd-in-the-url"


def with_password(dsn: str, password: str) -> str:
    return dsn.replace(f":{urlsplit(dsn).password}@", f":{password}@")


async def test_nobody_answers(make_server: MakeServer) -> None:
    """Nothing listens there, or what listens says nothing: told in seconds, without the password."""
    with socket.create_server(("127.0.0.1", 0)) as silent:  # as a firewall or a frozen server does
        ports = free_port(), silent.getsockname()[1]
        servers = [
            make_server(
                str(port), ACADEME_DATABASE_URL=f"postgresql://ada:{PASSWORD}@127.0.0.1:{port}/school"
            )
            for port in ports
        ]

        told = await asyncio.gather(*(refused(server) for server in servers))

    assert told == [
        f"The database at 127.0.0.1:{port} does not answer; start it or correct the database URL."
        for port in ports
    ]
    assert not any((server.data_dir / "postgres").exists() for server in servers)


async def test_wrong_password(make_server: MakeServer, dsn: str) -> None:
    """Who is refused is said; what they tried to sign in with is not."""
    server = make_server(ACADEME_DATABASE_URL=with_password(dsn, PASSWORD))

    told = await refused(server)

    assert told.endswith("refuses user 'academe'; correct the user or the password in its URL.")
    assert PASSWORD not in told


async def test_unknown_database(make_server: MakeServer, dsn: str) -> None:
    server = make_server(ACADEME_DATABASE_URL=dsn.replace(f"/{database_of(dsn)}?", "/no_such_database?"))

    told = await refused(server)

    assert told.startswith("There is no database 'no_such_database' at ")
    assert told.endswith("create it or correct the database URL.")


async def test_a_url_that_cannot_be_read(make_server: MakeServer) -> None:
    server = make_server(ACADEME_DATABASE_URL=f"postgresql://ada:{PASSWORD}@host:port/school")

    told = await refused(server)

    assert told == (
        "The database URL cannot be understood; write it like postgresql://user:password@host:5432/database."
    )


async def test_it_may_forget_what_it_acknowledged(
    make_server: MakeServer, dsn: str, superuser: asyncpg.Connection
) -> None:
    """An `alter role` in this one database is enough to lose acknowledged writes in a power cut."""
    await superuser.execute(
        f'alter role academe in database "{database_of(dsn)}" set synchronous_commit = off'
    )
    server = make_server(ACADEME_DATABASE_URL=dsn)

    told = await refused(server)

    assert told.startswith(
        "The database runs with synchronous_commit = off and can lose acknowledged writes;"
    )
    assert "set it to on for the server, and reset it for academe's role and database" in told


async def test_newer_than_the_code(make_server: MakeServer, dsn: str, superuser: asyncpg.Connection) -> None:
    """A later release has migrated it, and this one does not know what that changed."""
    await superuser.execute(
        "insert into academe_meta.migration (slice, version, name, sha256, applied_time)"
        " values ('course', 9999, 'pre_what_comes_later', 'ab', '2030-01-01')"
    )
    server = make_server(ACADEME_DATABASE_URL=dsn)

    told = await refused(server)

    assert told == (
        "The database is newer than this academe, which has no course/9999_pre_what_comes_later; "
        "start the version that made it, or restore a backup."
    )


async def test_an_applied_migration_was_changed(
    make_server: MakeServer, dsn: str, superuser: asyncpg.Connection
) -> None:
    """The file in the code is no longer the one that made this database."""
    await superuser.execute(
        "update academe_meta.migration set sha256 = 'ab' where slice = 'tip' and version = 1"
    )
    server = make_server(ACADEME_DATABASE_URL=dsn)

    told = await refused(server)

    assert told.startswith("Migration tip/0001_")
    assert told.endswith("restore the file and put the change into a new one.")


async def test_the_secret_is_of_another_school(make_server: MakeServer, dsn: str, tmp_path: Path) -> None:
    """Signing keys and passwords were made with another secret; going on would lock everybody out."""
    school = School(dsn, tmp_path)
    await school.start()
    await school.stop()
    server = make_server(ACADEME_DATABASE_URL=dsn)

    told = await refused(server)

    assert told.startswith("The signing keys in the database were stored under another secret;")
    assert "set ACADEME_SECRET_KEY" in told


async def test_the_secret_does_not_fit_the_embedded_database(make_used_server: MakeServer) -> None:
    """PostgreSQL runs by then, and is stopped before the server gives up."""
    server = make_used_server(ACADEME_SECRET_KEY="MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")

    assert "another secret" in await refused(server)
