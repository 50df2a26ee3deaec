"""What a careless or hostile client cannot do to the listener."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from academe.http import HttpListener, protocol
from academe.http.limits import BODY_MAX, HEADERS_MAX
from tests.integration.http.conftest import Operations


class Connection:
    """Bytes on a socket, as they come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int) -> Connection:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ended(self) -> bytes:
        """All that comes until the server ends the connection."""
        received = b""
        async with asyncio.timeout(10):
            try:
                while part := await self.reader.read(65_536):
                    received += part
            except ConnectionResetError:
                pass
        return received


async def alive(operations: Operations) -> bool:
    async with httpx.AsyncClient(base_url=f"http://{operations.listener.address}") as client:
        return (await client.get("/healthz")).status_code == 200


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit of a request, short enough to wait for."""
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.3)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("beginning", [b"", b"G", b"GET /healthz HTTP/1.1\r\nhost: a\r\nx-slow: "])
async def test_a_request_that_never_ends(operations: Operations, beginning: bytes) -> None:
    """A connection on which no whole request comes is ended, whatever trickles in."""
    connection = await Connection.open(operations.port)
    connection.writer.write(beginning)

    async def trickle() -> None:
        while True:
            await asyncio.sleep(0.05)
            connection.writer.write(b"x")

    trickling = asyncio.create_task(trickle())
    received = await connection.ended()
    trickling.cancel()

    assert b"200 OK" not in received
    assert await alive(operations)


@pytest.mark.usefixtures("hasty")
async def test_a_second_request_that_never_ends(operations: Operations) -> None:
    """The limit holds for each request of a connection."""
    connection = await Connection.open(operations.port)
    connection.writer.write(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
    first = await connection.reader.readuntil(b"alive\n")
    connection.writer.write(b"GET /hea")

    rest = await connection.ended()

    assert b"200 OK" in first
    assert rest == b""


@pytest.mark.usefixtures("hasty")
async def test_an_idle_connection_is_kept(operations: Operations) -> None:
    """Between requests a monitor may stay connected for longer than a request may take."""
    connection = await Connection.open(operations.port)
    for _ in range(2):
        connection.writer.write(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        reply = await connection.reader.readuntil(b"alive\n")
        assert b"200 OK" in reply
        await asyncio.sleep(protocol.REQUEST_SECONDS * 2)  # longer than the limit: that is what is tested


@pytest.mark.parametrize(("ending", "status"), [(b"\r\n\r\n", b"431"), (b"", b"400")])
async def test_headers_that_are_too_large(operations: Operations, ending: bytes, status: bytes) -> None:
    """They are refused, whole or not yet."""
    connection = await Connection.open(operations.port)
    connection.writer.write(b"GET /healthz HTTP/1.1\r\nhost: a\r\nx: " + b"y" * (HEADERS_MAX * 2) + ending)

    assert (await connection.ended()).startswith(b"HTTP/1.1 " + status)
    assert await alive(operations)


GET = b"GET /healthz HTTP/1.1\r\nhost: a\r\n"


@pytest.mark.parametrize(
    ("garbage", "statuses"),
    [
        (b"\x00\xff\x16\x03\x01" * 20 + b"\r\n\r\n", ["400"]),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ["404", "400"]),
        (b"GET /healthz HTTP/1.1\r\n\r\n", ["400"]),  # no host
        (GET + b"content-length: -1\r\n\r\n", ["400"]),
        (GET + b"content-length: 1\r\ncontent-length: 2\r\n\r\n", ["400"]),
        (GET + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\nGET", ["200"]),
    ],
)
async def test_what_is_not_http(operations: Operations, garbage: bytes, statuses: list[str]) -> None:
    """It is answered, nothing in it is taken for a second request, and the connection ends."""
    connection = await Connection.open(operations.port)
    connection.writer.write(garbage)
    connection.writer.write_eof()

    received = (await connection.ended()).decode()

    assert re.findall(r"HTTP/1\.1 (\d+)", received)[: len(statuses)] == statuses
    assert await alive(operations)


async def test_more_connections_than_there_is_room_for(
    operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The surplus is closed at once; those that came first go on."""
    monkeypatch.setattr(protocol, "CONNECTIONS_MAX", 5)
    first = [await Connection.open(operations.port) for _ in range(5)]
    surplus = await Connection.open(operations.port)

    assert await surplus.ended() == b""
    for connection in first:
        connection.writer.write(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        assert b"200 OK" in await connection.ended()


class Pages:
    """A listener with routes as later ones will be: a webhook and a long page."""

    def __init__(self) -> None:
        routes = [
            Route("/hook", self.hook, methods=["POST"]),
            Route("/long", self.long, methods=["GET"]),
            Route("/broken", self.broken, methods=["GET"]),
            Route("/slow", self.slow, methods=["GET"]),
        ]
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.listener = HttpListener("127.0.0.1:0", routes, log=Quiet())

    @property
    def port(self) -> int:
        return int(self.listener.address.rpartition(":")[2])

    async def hook(self, request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    async def long(self, request: Request) -> StreamingResponse:
        async def endless() -> AsyncIterator[bytes]:
            while True:
                await asyncio.sleep(0)
                yield b"z" * 65_536

        return StreamingResponse(endless())

    async def broken(self, request: Request) -> PlainTextResponse:
        raise RuntimeError("a bug")

    async def slow(self, request: Request) -> PlainTextResponse:
        self.begun.set()
        await self.go_on.wait()
        return PlainTextResponse("done")


class Quiet:
    def info(self, event: str, **fields: Any) -> None: ...


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    made = Pages()
    await made.listener.start()
    yield made
    await made.listener.stop()


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large(pages: Pages, announced: bool) -> None:
    """413, whether its length was announced or it came in chunks without end."""
    body = b"x" * (BODY_MAX + 1)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    async with httpx.AsyncClient(base_url=f"http://{pages.listener.address}") as client:
        refused = await client.post("/hook", content=body if announced else chunks())
        taken = await client.post("/hook", content=body[1:])

    assert refused.status_code == 413
    assert taken.text == str(BODY_MAX)


@pytest.mark.usefixtures("hasty")
async def test_a_reader_that_does_not_read(pages: Pages) -> None:
    """A reply that nobody takes is ended with its connection, and does not pile up in memory."""
    connection = await Connection.open(pages.port)
    connection.writer.write(b"GET /long HTTP/1.1\r\nhost: a\r\n\r\n")
    await asyncio.sleep(protocol.REQUEST_SECONDS * 2)  # longer than the limit: that is what is tested

    received = await connection.ended()

    assert len(received) < 16 * 1024 * 1024


async def test_a_bug_in_a_page(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    """One fixed sentence for the client, the traceback for the log."""
    async with httpx.AsyncClient(base_url=f"http://{pages.listener.address}") as client:
        reply = await client.get("/broken")

    assert (reply.status_code, reply.text) == (500, "Internal Server Error")
    assert "a bug" in caplog.text


async def test_a_reply_under_way_at_a_stop(pages: Pages) -> None:
    """It is finished; new connections are refused meanwhile."""
    async with httpx.AsyncClient(base_url=f"http://{pages.listener.address}") as client:
        asking = asyncio.create_task(client.get("/slow"))
        await pages.begun.wait()
        stopping = asyncio.create_task(pages.listener.stop())
        await asyncio.sleep(0.05)
        with pytest.raises(OSError, match=r"Connect|refused"):
            await Connection.open(pages.port)
        pages.go_on.set()
        reply = await asking
        await stopping

    assert reply.text == "done"
