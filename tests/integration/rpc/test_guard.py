"""The guard before the native engine: who gets through, who waits, and what is left of it after a stop."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
import structlog

from academe.rpc import guarded_connection
from academe.rpc.guard import GuardedServer
from academe.rpc.guarded_connection import PREFACE

LIMIT = 100_000
PIECE = bytes(60_000)


class Service:
    """Echoes, and pours pieces for as long as somebody takes them."""

    def __init__(self) -> None:
        self.poured = 0

    async def echo(self, request: bytes, context: Any) -> bytes:
        return request

    async def pour(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        while True:
            self.poured += 1
            yield PIECE

    def handlers(self) -> dict[str, Any]:
        return {
            "Echo": grpc.unary_unary_rpc_method_handler(self.echo),
            "Pour": grpc.unary_stream_rpc_method_handler(self.pour),
        }


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's temporary files are; the name is short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="g") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture
def records() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def server(temporary: Path, records: list[dict[str, Any]]) -> GuardedServer:
    def record(logger: Any, level: str, event: Any) -> Any:
        records.append(dict(event))
        raise structlog.DropEvent

    log = structlog.wrap_logger(None, processors=[record])
    return GuardedServer(message_bytes_max=LIMIT, log=log, options=[], io_threads=1)


async def start(server: GuardedServer, service: Service, address: str = "127.0.0.1:0") -> str:
    server.add_registered_method_handlers("test.Service", service.handlers())
    port = server.add_insecure_port(address)
    await server.start()
    return f"{address.rpartition(':')[0]}:{port}"


async def echo(channel: grpc.aio.Channel, body: bytes = b"hello") -> bytes:
    answer: bytes = await channel.unary_unary("/test.Service/Echo")(body, timeout=10)
    return answer


ANY = "0.0.0.0"  # noqa: S104 # for a moment


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", ANY])
async def test_calls_pass(server: GuardedServer, host: str) -> None:
    """On every kind of address, with and without compression, a thousand at once."""
    try:
        address = await start(server, Service(), f"{host}:0")
    except OSError:
        assert host == "[::1]", "only IPv6 may be missing from a machine"
        await server.stop(0)
        return
    target = address.replace(ANY, "127.0.0.1")
    async with grpc.aio.insecure_channel(target) as channel:
        bodies = [bytes([number % 256]) * number * 50 for number in range(1000)]
        assert await asyncio.gather(*(echo(channel, body) for body in bodies)) == bodies
    async with grpc.aio.insecure_channel(target, compression=grpc.Compression.Gzip) as channel:
        assert await echo(channel, bytes(LIMIT)) == bytes(LIMIT)
    await server.stop(0)


async def test_who_asks_for_too_much_is_cut_off_and_noted(
    server: GuardedServer, records: list[dict[str, Any]]
) -> None:
    """The log says why and who; another client does not notice."""
    address = await start(server, Service())
    async with (
        grpc.aio.insecure_channel(address, compression=grpc.Compression.Gzip) as hostile,
        grpc.aio.insecure_channel(address) as other,
    ):
        assert await echo(other) == b"hello"
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await echo(hostile, bytes(LIMIT + 1))
        assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
        assert await echo(other) == b"hello"
    await server.stop(0)

    assert records == [
        {"event": "connection cut", "reason": "a compressed message above the limit", "peer": "127.0.0.1"}
    ]


async def test_who_does_not_say_what_they_want_is_cut_off(
    server: GuardedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that has not said the preface in time is a file that somebody else may need."""
    monkeypatch.setattr(guarded_connection, "PREFACE_SECONDS", 0.2)
    address = await start(server, Service())
    host, _, port = address.rpartition(":")

    for said in (b"", PREFACE[:-1]):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(said)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    await server.stop(0)


async def test_a_client_that_does_not_read_is_not_read_for(server: GuardedServer) -> None:
    """What a stream writes waits in the stream, not in our memory."""
    service = Service()
    address = await start(server, service)
    async with grpc.aio.insecure_channel(address) as channel:
        stream = channel.unary_stream("/test.Service/Pour")(b"")
        await stream.read()
        poured = -1
        while service.poured > poured:  # until it stands still
            poured = service.poured
            await asyncio.sleep(0.3)
        assert poured * len(PIECE) < 20 << 20
        for _ in range(200):
            await stream.read()
        assert service.poured > poured, "and goes on when it is read"
        stream.cancel()
    await server.stop(0)


async def test_a_stop_leaves_nothing(server: GuardedServer, temporary: Path) -> None:
    """Idle clients see the end of the connection at once; the port and the temporary files are free."""
    address = await start(server, Service())
    async with grpc.aio.insecure_channel(address) as channel:
        await echo(channel)
        host, _, port = address.rpartition(":")
        silent, writer = await asyncio.open_connection(host, int(port))
        await asyncio.wait_for(server.stop(5), 1)
        assert await asyncio.wait_for(silent.read(), 1) == b""
        writer.close()
        with socket.create_server((host, int(port)), reuse_port=False):
            pass
    assert os.listdir(temporary) == []


async def test_a_start_that_fails_leaves_nothing(server: GuardedServer, temporary: Path) -> None:
    """A taken port is told before anything was made."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        server.add_insecure_port(f"127.0.0.1:{taken.getsockname()[1]}")
    await server.stop(0)

    assert os.listdir(temporary) == []


async def test_what_a_killed_server_left_is_removed(server: GuardedServer, temporary: Path) -> None:
    """By the next one, which leaves alone what a living one uses."""
    folders = [temporary / f"academe-grpc-{name}" for name in ("killed", "living", "starting")]
    for folder in folders:
        os.mkdir(folder)
    with socket.socket(socket.AF_UNIX) as killed, socket.socket(socket.AF_UNIX) as living:
        killed.bind(str(folders[0] / "engine.sock"))
        living.bind(str(folders[1] / "engine.sock"))
        living.listen()
        killed.close()
        server.add_insecure_port("127.0.0.1:0")
        await server.stop(0)

    assert sorted(os.listdir(temporary)) == ["academe-grpc-living", "academe-grpc-starting"]
