"""Sound HTTP/2 that is no sound gRPC call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.abuse.conftest import Attacks
from tests.integration.abuse.wire import CLOSED, FRAME_BYTES, Wire, message, request

OK = "0"


async def status_of(attack: Attacks, *frames: Callable[[Wire], bytes]) -> str | None:
    """What becomes of stream 1; the connection must serve stream 3 afterwards, unless it was closed."""

    def send(address: str) -> str | None:
        with Wire(address) as wire:
            wire.send(*(make(wire) for make in frames))
            status = wire.status(1, 1.0)
            wire.send(wire.call(3))
            assert wire.status(3) in {OK, CLOSED}
            return status

    status: str | None = await attack(send)
    return status


@pytest.mark.parametrize(
    "call",
    [
        pytest.param({"path": "/academe.api.auth.v1.AuthService/Nothing"}, id="a method of nobody"),
        pytest.param({"path": ""}, id="no path"),
        pytest.param({"path": "x"}, id="a path without a slash"),
        pytest.param({"path": "/" + "a" * 10_000}, id="a path of 10,000 letters"),
        pytest.param({"path": "/\u00e9\u4e2d"}, id="a path outside of ASCII"),
        pytest.param({"method": "CONNECT"}, id="CONNECT"),
        pytest.param({"method": ""}, id="no method"),
    ],
)
async def test_calls_that_are_none(attack: Attacks, call: dict[str, str]) -> None:
    """They are refused, each on its own stream."""
    assert await status_of(attack, lambda wire: wire.call(1, **call)) not in {None, OK}


@pytest.mark.parametrize(
    "call",
    [
        pytest.param({"method": "GET"}, id="GET"),
        pytest.param({"scheme": "gopher"}, id="another scheme"),
        pytest.param({":authority": "\u202e"}, id="an authority outside of ASCII"),
        pytest.param({"content_type": "application/x-www-form-urlencoded"}, id="a form"),
        pytest.param({"content_type": ""}, id="content of no type"),
        pytest.param({"content_type": "application/grpc+json"}, id="JSON"),
        pytest.param({"te": ""}, id="no te"),
        pytest.param({"grpc_encoding": "rot13"}, id="an encoding of nobody"),
    ],
)
async def test_calls_that_are_odd(attack: Attacks, call: dict[str, str]) -> None:
    """An engine may serve them or not; it answers."""
    assert await status_of(attack, lambda wire: wire.call(1, **call)) is not None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(message(b"\x0a" * 50, length=2**32 - 1), id="much longer than it is"),
        pytest.param(message(b"\x0a" * 50, length=51), id="one byte longer"),
        pytest.param(message(b"\x0a" * 50, length=10), id="shorter than it is"),
        pytest.param(b"\0\0", id="half a length"),
        pytest.param(b"", id="no message at all"),
        pytest.param(message(b"\x0a" * 50, flag=1), id="compressed, it says not how"),
        pytest.param(message(b"\xff" * 50), id="no protobuf"),
    ],
)
async def test_messages_that_are_none(attack: Attacks, body: bytes) -> None:
    """Half a request is never taken for one. (grpcio drops some without an answer.)"""
    status = await status_of(attack, lambda wire: wire.headers(1, request()), lambda wire: wire.data(1, body))

    assert status != OK


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(("authorization", "Bearer " + "x" * 8000), id="a token of 8,000 letters"),
        pytest.param(("x-trace-bin", "no base64!"), id="binary that is no base64"),
        pytest.param(("x-trace-bin", "A"), id="binary of one letter"),
        pytest.param(("x-trace-bin", ""), id="binary of nothing"),
        pytest.param(("grpc-timeout", "soon"), id="a timeout of no number"),
        pytest.param(("grpc-timeout", "99999999H"), id="a timeout of 11,000 years"),
        pytest.param(("grpc-timeout", "-1S"), id="a timeout in the past"),
        pytest.param(("X-Upper", "x"), id="a name in capitals"),
        pytest.param(("x new", "line"), id="a name with a space"),
        pytest.param(("x-line", "one\r\nx-forged: two"), id="a value with a line end"),
        pytest.param(("x-null", "a\0b"), id="a value with a zero"),
        pytest.param(("x-request-id", "\u202e\u2066"), id="a value outside of ASCII"),
        pytest.param(("connection", "close"), id="a header of HTTP 1"),
        pytest.param(("transfer-encoding", "chunked"), id="another of them"),
        pytest.param((":status", "200"), id="a pseudo-header of answers"),
        pytest.param((":path", "/other"), id="a second path"),
        pytest.param(("content-length", "99"), id="a content-length that lies"),
        pytest.param(("te", "gzip"), id="a second te"),
    ],
)
async def test_metadata_that_is_none(attack: Attacks, field: tuple[str, str]) -> None:
    """Whatever becomes of the call, it gets an answer."""
    status = await status_of(
        attack, lambda wire: wire.headers(1, [*request(), field]), lambda wire: wire.data(1, message())
    )

    assert status is not None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(message() + message(), id="two messages"),
        pytest.param(message(flag=255), id="a flag that nobody defined"),
    ],
)
async def test_messages_that_are_odd(attack: Attacks, body: bytes) -> None:
    """An engine may read them or not; its connection goes on."""
    await status_of(attack, lambda wire: wire.headers(1, request()), lambda wire: wire.data(1, body))


async def test_metadata_beyond_the_limit(attack: Attacks) -> None:
    """A megabyte of headers in well-formed pieces is refused."""
    fields = [*request(), *((f"x-{number}", "y" * 4000) for number in range(250))]

    def heavy(wire: Wire) -> bytes:
        block = wire.block(fields)
        pieces = [block[at : at + FRAME_BYTES] for at in range(0, len(block), FRAME_BYTES)]
        frames = b"".join(wire.continuation(1, piece) for piece in pieces[1:-1])
        first = wire.headers_of(1, pieces[0])
        return first + frames + wire.continuation(1, pieces[-1], "END_HEADERS")

    status = await status_of(attack, heavy, lambda wire: wire.data(1, message()))

    assert status not in {None, OK}


async def test_a_header_that_inflates(attack: Attacks) -> None:
    """4 KB kept in the compression's table and named 4,000 times would be 16 MB of metadata."""

    def bomb(wire: Wire) -> bytes:
        table = wire.headers(1, [*request(), ("x-bomb", "b" * 3500)]) + wire.data(1, message())
        named = wire.block([*request(), *[("x-bomb", "b" * 3500)] * 4000])
        return table + wire.headers_of(3, named, "END_HEADERS") + wire.data(3, message())

    def send(address: str) -> str | None:
        with Wire(address) as wire:
            wire.send(bomb(wire))
            return wire.status(3)

    assert await attack(send) not in {None, OK}
