"""A database that does not let us in is told in one sentence, which never holds the password."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import asyncpg
import pytest

from academe.db.connect import startup_error
from academe.db.pool import create_pool
from academe.startup import StartupError
from tests.support.postgres import TestPostgres

PASSWORD = "a-very-secret-password"


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def sentence_for(dsn: str) -> str:
    with pytest.raises(StartupError) as refusal:
        await create_pool(dsn, size=2)
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert PASSWORD not in sentence
    return sentence


async def test_nobody_listens() -> None:
    port = unused_port()

    sentence = await sentence_for(f"postgresql://academe:{PASSWORD}@127.0.0.1:{port}/academe")

    assert f"127.0.0.1:{port} does not answer" in sentence


async def test_socket_directory_without_a_server() -> None:
    sentence = await sentence_for(f"postgresql://academe:{PASSWORD}@/academe?host=/nowhere")

    assert "/nowhere does not answer" in sentence


async def test_wrong_password(database: str) -> None:
    dsn = urlsplit(database)
    assert dsn.password

    sentence = await sentence_for(database.replace(dsn.password, PASSWORD))

    assert f"refuses user {dsn.username!r}" in sentence


async def test_missing_database(postgres: TestPostgres) -> None:
    sentence = await sentence_for(postgres.dsn_of("no_such_database"))

    assert "There is no database 'no_such_database'" in sentence


@pytest.mark.parametrize(
    "dsn",
    [f"mysql://academe:{PASSWORD}@host/db", f"postgresql://academe:{PASSWORD}@host:port/db", "nonsense"],
)
async def test_url_that_is_none(dsn: str) -> None:
    assert "cannot be understood" in await sentence_for(dsn)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (asyncpg.CannotConnectNowError("the database system is starting up"), "still starting"),
        (asyncpg.TooManyConnectionsError("sorry, too many clients already"), "max_connections"),
        (asyncpg.InternalServerError("XX000"), "its log says why"),
    ],
)
def test_server_that_is_there_but_refuses(error: Exception, words: str) -> None:
    sentence = str(startup_error(f"postgresql://academe:{PASSWORD}@db.example:6432/academe", error))

    assert words in sentence
    assert "db.example:6432" in sentence
    assert PASSWORD not in sentence
