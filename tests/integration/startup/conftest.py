"""Directories with short names that everybody may enter, used data directories, and a server that runs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from tests.support.postgres import TestPostgres, temporary_dir
from tests.support.process import ServerProcess

MakeServer = Callable[..., ServerProcess]


def _open_dir() -> Path:
    folder = temporary_dir()
    folder.chmod(0o755)
    return folder


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty directory."""
    folder = _open_dir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def make_server(home: Path) -> AsyncIterator[MakeServer]:
    """Makes servers, each in a folder of its own below `home`; whatever still runs at the end is killed."""
    made: list[ServerProcess] = []

    def make(name: str = "one", **options: object) -> ServerProcess:
        folder = home / name
        folder.mkdir(exist_ok=True)
        made.append(ServerProcess(folder, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for server in made:
        left = server.processes()
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=10)
        if server.process is not None:
            await server.process.wait()


@pytest.fixture
async def dsn(postgres: TestPostgres, template_database: str) -> str:
    """Of a migrated database for one test."""
    return await postgres.create_database(template=template_database)


@pytest.fixture
async def superuser(postgres: TestPostgres, dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """What a careless administrator of that database works with."""
    connection = await asyncpg.connect(postgres.superuser_dsn_of(dsn))
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def used_data() -> AsyncIterator[Path]:
    """The data directory of a server that was started and stopped once. To be copied."""
    server = ServerProcess(_open_dir())
    await server.start()
    assert await server.stop() == 0
    yield server.data_dir
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def make_used_server(make_server: MakeServer, used_data: Path) -> MakeServer:
    """Like `make_server`; each with a database already, and with the same secret."""

    def make(name: str = "one", **options: object) -> ServerProcess:
        server = make_server(name, **options)
        subprocess.run(["cp", "-a", str(used_data), str(server.data_dir)], check=True)
        return server

    return make


@pytest.fixture(scope="session")
async def running() -> AsyncIterator[ServerProcess]:
    """A server in good health, shared by tests that leave it so."""
    server = ServerProcess(_open_dir())
    await server.start()
    yield server
    assert await server.stop() == 0
    assert await server.left() == []
    shutil.rmtree(server.folder, ignore_errors=True)
