"""A database that may forget acknowledged writes is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from academe.db.durability import check_durability
from academe.db.embedded import options
from academe.startup import StartupError
from tests.integration.embedded.conftest import MakeServer


async def check(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await check_durability(connection)
    finally:
        await connection.close()


async def test_embedded_database_as_it_comes(used_dir: Path, make_server: MakeServer) -> None:
    """The embedded PostgreSQL is safe, and stays so when somebody changes its configuration."""
    server = make_server(used_dir)
    await server.start()
    await check(server.dsn)
    connection = await asyncpg.connect(server.superuser_dsn("postgres"))
    for statement in (
        "alter system set fsync = off",
        "alter system set full_page_writes = off",
        "alter system set synchronous_commit = off",
        "alter system set listen_addresses = '*'",
        "alter system set work_mem = '7MB'",
    ):
        await connection.execute(statement)
    await connection.close()
    await server.stop()

    await server.start()

    await check(server.dsn)
    connection = await asyncpg.connect(server.superuser_dsn("postgres"))
    assert await connection.fetchval("select current_setting('work_mem')") == "7MB", "other settings are kept"
    assert await connection.fetchval("select current_setting('listen_addresses')") == ""
    await connection.close()


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
async def test_server_that_gives_up_durability(
    used_dir: Path, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """Each of the three settings alone makes the start refuse, naming it and the way out."""
    monkeypatch.setitem(options.PINNED, setting, "off")
    server = make_server(used_dir)
    await server.start()

    with pytest.raises(StartupError, match=rf"{setting} = off .*; .*\.$"):
        await check(server.dsn)


@pytest.mark.parametrize("value", ["off", "local"])
async def test_role_that_gives_up_durability(used_dir: Path, make_server: MakeServer, value: str) -> None:
    """A setting of the application's role alone, which no configuration file shows, is seen."""
    server = make_server(used_dir)
    await server.start()
    connection = await asyncpg.connect(server.superuser_dsn("postgres"))
    await connection.execute(f"alter role academe set synchronous_commit = {value}")
    await connection.close()

    with pytest.raises(StartupError, match=f"synchronous_commit = {value} and can lose acknowledged writes"):
        await check(server.dsn)


class Answers:
    """A server that answers with given settings, for releases that are not installed."""

    def __init__(self, **settings: object) -> None:
        self._settings = settings

    async def fetchrow(self, query: str, /) -> Any:
        safe = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
        return {**safe, "version": "18.4", "version_number": 180004, **self._settings}


async def test_release_that_is_too_old() -> None:
    """PostgreSQL 15 is refused by name, 16 is accepted."""
    with pytest.raises(StartupError, match=r"PostgreSQL 15\.20, but academe needs 16 or later"):
        await check_durability(Answers(version="15.20", version_number=150020))
    await check_durability(Answers(version="16.0", version_number=160000))


@pytest.mark.parametrize("value", ["on", "remote_apply", "remote_write"])
async def test_synchronous_standby(value: str) -> None:
    """Waiting for a standby in addition to the disk is as good."""
    await check_durability(Answers(synchronous_commit=value))
