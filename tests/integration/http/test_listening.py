"""Where the listener listens, and what it leaves alone."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator

import httpx
import pytest

from academe.http import HttpListener
from academe.startup import StartupError
from tests.integration.http.conftest import Operations
from tests.integration.http.test_limits import Quiet


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


async def test_a_port_that_is_taken(taken_port: int) -> None:
    """One sentence: what is wrong, and what to do."""
    with pytest.raises(StartupError) as refused:
        await HttpListener(f"127.0.0.1:{taken_port}", [], log=Quiet()).start()

    assert str(refused.value) == (
        f"Port {taken_port} on 127.0.0.1 is taken by another program: stop it, or set ACADEME_HTTP_ADDR to "
        "another host:port."
    )


@pytest.mark.parametrize("address", ["203.0.113.7:0", "no-such-host.invalid:0"])
async def test_an_address_of_another_machine(address: str) -> None:
    """The setting is named."""
    with pytest.raises(
        StartupError, match=r"^Cannot listen on .*set ACADEME_HTTP_ADDR to an address of this"
    ):
        await HttpListener(address, [], log=Quiet()).start()


async def test_a_listener_that_was_never_started() -> None:
    """Stopping is harmless, so that a failed start can be cleaned up."""
    await HttpListener("127.0.0.1:0", [], log=Quiet()).stop()


async def test_stopped_and_started_again_on_the_same_port() -> None:
    """A restart finds its port free, with connections of the last life still in the kernel."""
    first = Operations()
    await first.listener.start()
    async with httpx.AsyncClient() as client:
        await client.get(f"http://{first.listener.address}/healthz")
        await first.listener.stop()
        second = HttpListener(first.listener.address, [], log=Quiet())
        await second.start()
        await second.stop()


async def test_signals_are_the_server_s_own() -> None:
    """uvicorn would take SIGINT and SIGTERM for itself, and the drain would never begin."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    operations = Operations()

    await operations.listener.start()
    during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    await operations.listener.stop()

    assert during == before


async def test_both_ends_of_a_start_are_told() -> None:
    """The address in use is in the log, where port 0 was asked for."""
    operations = Operations()
    await operations.listener.start()
    await operations.listener.stop()

    (event,) = operations.events
    assert event == {
        "level": "info",
        "event": "listening for HTTP",
        "address": operations.listener.address,
    }
    assert not operations.listener.address.endswith(":0")


async def test_ipv6() -> None:
    """[::1]:port, where the machine has it."""
    listener = HttpListener("[::1]:0", [], log=Quiet())
    if not socket.has_ipv6:
        pytest.fail("this machine has no IPv6; run the suite where it has")
    await listener.start()
    async with httpx.AsyncClient() as client:
        reply = await client.get(f"http://{listener.address}/nothing")
    await listener.stop()

    assert reply.status_code == 404
    assert listener.address.startswith("[::1]:")


async def test_idle_connections_do_not_hold_up_a_stop(operations: Operations) -> None:
    """A monitor that stays connected is told goodbye."""
    reader, writer = await asyncio.open_connection("127.0.0.1", operations.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
    await reader.readuntil(b"alive\n")

    async with asyncio.timeout(1.0):
        await operations.listener.stop()

    assert await reader.read() == b""
