"""Somebody else listens where the server wants to: told at once, before the database is touched."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.integration.startup.conftest import MakeServer
from tests.integration.startup.people import refused


@pytest.fixture
def taken() -> Iterator[str]:
    """The address of a program that listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


async def test_the_grpc_port(make_server: MakeServer, taken: str) -> None:
    """The sentence names the port and the setting that moves it; no data directory is made."""
    server = make_server(ACADEME_GRPC_ADDR=taken)

    told = await refused(server)

    port = taken.partition(":")[2]
    assert told == (
        f"Port {port} on 127.0.0.1 is taken by another program: "
        "stop it, or set ACADEME_GRPC_ADDR to another host:port."
    )
    assert not server.data_dir.exists()


async def test_the_http_port(make_server: MakeServer, taken: str) -> None:
    """The same for the other listener; no database is made."""
    server = make_server(ACADEME_HTTP_ADDR=taken)

    told = await refused(server)

    port = taken.partition(":")[2]
    assert told == (
        f"Port {port} on 127.0.0.1 is taken by another program: "
        "stop it, or set ACADEME_HTTP_ADDR to another host:port."
    )
    assert not (server.data_dir / "postgres").exists()
