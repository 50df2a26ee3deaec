"""Somebody else listens where the server wants to: told at once, before the database is touched."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.integration.startup.conftest import MakeServer
from tests.integration.startup.people import refused

pytestmark = pytest.mark.one_engine


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


async def test_an_address_of_another_machine(make_server: MakeServer) -> None:
    """Not taken, but not ours either (192.0.2.0/24 is for documentation only)."""
    server = make_server(ACADEME_GRPC_ADDR="192.0.2.1:50051")

    told = await refused(server)

    assert told == (
        "Cannot listen on 192.0.2.1:50051 (Cannot assign requested address): "
        "set ACADEME_GRPC_ADDR to an address of this machine."
    )


async def test_a_load_balancer_is_not_waited_for(make_server: MakeServer, taken: str) -> None:
    """A server that never served has nobody to say good-bye to, whatever its drain delay."""
    server = make_server(ACADEME_HTTP_ADDR=taken, ACADEME_DRAIN_DELAY_MS="600000")

    assert "is taken" in await refused(server)
