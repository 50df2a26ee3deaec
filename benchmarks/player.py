"""Plays prepared gRPC calls at a server, each with its own body and token, and checks every status.

h2load sends one body over and over, which is no load for a write: the second one changes nothing. This
player lays out each call's HTTP/2 frames before the clock starts, keeps a number of calls in flight, and
while it runs only counts frames. It asks the server not to use HPACK's dynamic table, so every header block
stands for itself and is decoded once per distinct content.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import hpack

DATA, HEADERS, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
WINDOW = 1 << 30


@dataclass(frozen=True)
class Call:
    """One call to make: method path, serialised message, access token."""

    path: str
    body: bytes
    token: str


@dataclass
class Result:
    """What came back: seconds for all of it, seconds of each, and how often each grpc-status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def literal(name: bytes, value: bytes) -> bytes:
    """A header field without indexing (RFC 7541, 6.2.2), so that no state is kept."""
    return b"\x00" + _string(name) + _string(value)


def _string(text: bytes) -> bytes:
    if len(text) < 127:
        return bytes([len(text)]) + text
    rest, out = len(text) - 127, bytearray([127])
    while rest >= 128:
        out.append(rest % 128 + 128)
        rest //= 128
    out.append(rest)
    return bytes(out) + text


def layout(call: Call, stream: int) -> bytes:
    head = b"".join(
        literal(name, value)
        for name, value in (
            (b":method", b"POST"),
            (b":scheme", b"http"),
            (b":path", call.path.encode()),
            (b":authority", b"localhost"),
            (b"content-type", b"application/grpc"),
            (b"te", b"trailers"),
            (b"authorization", b"Bearer " + call.token.encode()),
        )
    )
    message = b"\x00" + struct.pack(">I", len(call.body)) + call.body
    return frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, END_STREAM, stream, message)


class Connection(asyncio.Protocol):
    """One connection that keeps `in_flight` of its calls going until all are answered."""

    def __init__(self, calls: Sequence[Call], in_flight: int, statuses: dict[bytes, str]) -> None:
        self._frames = deque((2 * n + 1, layout(call, 2 * n + 1)) for n, call in enumerate(calls))
        self._in_flight = in_flight
        self._statuses = statuses
        self._buffer = bytearray()
        self._started: dict[int, float] = {}
        self._consumed = 0
        self.result = Result()
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        settings = struct.pack(">HIHI", 1, 0, 4, (1 << 31) - 1)  # no dynamic table, wide stream windows
        transport.write(PREFACE + frame(SETTINGS, 0, 0, settings))
        transport.write(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", WINDOW)))

    def begin(self) -> None:
        self._send(self._in_flight)

    def _send(self, count: int) -> None:
        out = []
        now = time.perf_counter()
        for _ in range(min(count, len(self._frames))):
            stream, raw = self._frames.popleft()
            self._started[stream] = now
            out.append(raw)
        if out:
            self._transport.write(b"".join(out))

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        position, ended = 0, 0
        while len(buffer) - position >= 9:
            length = int.from_bytes(buffer[position : position + 3], "big")
            if len(buffer) - position < 9 + length:
                break
            kind, flags = buffer[position + 3], buffer[position + 4]
            stream = int.from_bytes(buffer[position + 5 : position + 9], "big")
            payload = bytes(buffer[position + 9 : position + 9 + length])
            position += 9 + length
            ended += self._take(kind, flags, stream, payload)
        del buffer[:position]
        if ended:
            self._send(ended)
            if not self._started and not self._frames and not self.finished.done():
                self.finished.set_result(None)

    def _take(self, kind: int, flags: int, stream: int, payload: bytes) -> int:
        if kind == HEADERS and flags & END_STREAM:
            self.result.latencies.append(time.perf_counter() - self._started.pop(stream))
            self.result.statuses[self._status(payload)] += 1
            return 1
        if kind == DATA:
            self._consumed += len(payload)
            if self._consumed > WINDOW // 2:
                self._transport.write(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", self._consumed)))
                self._consumed = 0
        elif kind == SETTINGS and not flags & ACK:
            self._transport.write(frame(SETTINGS, ACK, 0, b""))
        elif kind == PING and not flags & ACK:
            self._transport.write(frame(PING, ACK, 0, payload))
        return 0

    def _status(self, block: bytes) -> str:
        known = self._statuses.get(block)
        if known is None:
            fields = dict(hpack.Decoder().decode(block))
            known = self._statuses[block] = str(fields.get("grpc-status", "none"))
        return known

    def connection_lost(self, error: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(error or ConnectionError("the server closed the connection"))


async def play(host: str, port: int, calls: Sequence[Call], *, connections: int, in_flight: int) -> Result:
    """Makes the calls over so many connections, `in_flight` of them at a time in all."""
    loop = asyncio.get_running_loop()
    statuses: dict[bytes, str] = {}
    opened: list[Connection] = []
    for index in range(connections):
        share = calls[index::connections]
        connection = Connection(share, max(1, in_flight // connections), statuses)
        await loop.create_connection(lambda connection=connection: connection, host, port)  # type: ignore[misc]
        opened.append(connection)
    await asyncio.sleep(0.2)  # settings are exchanged
    total = Result()
    started = time.perf_counter()
    for connection in opened:
        connection.begin()
    await asyncio.gather(*(connection.finished for connection in opened))
    total.seconds = time.perf_counter() - started
    for connection in opened:
        total.latencies += connection.result.latencies
        total.statuses += connection.result.statuses
        connection._transport.close()
    return total
