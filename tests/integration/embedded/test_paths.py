"""Data directories whose names neither Unix sockets nor connection strings take."""

# A test may block its event loop for a moment: nobody else is served by it.
# ruff: noqa: ASYNC240

from __future__ import annotations

import stat
from pathlib import Path

import asyncpg
import pytest

from tests.integration.embedded.conftest import MakeServer, copy_data

# A Unix socket's path ends after 107 bytes; lists of directories are separated by commas and quoted.
NAMES = {
    "longer than a socket": "d" * 120,
    "deeper than a socket": "deep/" * 40 + "data",
    "comma": "here, there",
    "quote": 'called "data"',
    "URL characters": "50%20 & ünï?host=#x",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
async def test_awkward_directory(home: Path, used_original: Path, make_server: MakeServer, name: str) -> None:
    """Any directory will do; a socket that does not fit into it has a private place, which is removed."""
    server = make_server(copy_data(used_original, home / name))

    await server.start()
    connection = await asyncpg.connect(server.superuser_dsn("academe"))
    socket_dir = Path(await connection.fetchval("select current_setting('unix_socket_directories')"))
    await connection.close()
    socket_mode = stat.S_IMODE(socket_dir.stat().st_mode)
    await server.stop()

    assert socket_mode == 0o700
    moved = not socket_dir.is_relative_to(home)
    assert moved == (name != NAMES["URL characters"])
    if moved:
        assert not socket_dir.parent.exists()
