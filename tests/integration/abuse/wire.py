"""An HTTP/2 client that does as it is told, right or wrong. It blocks: run it in a thread."""

from __future__ import annotations

import socket
import struct
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from hpack import Decoder, Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    HeadersFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_BYTES = 16_384
"""Largest payload of a frame, as long as nobody allows more."""

SIGNING_KEYS = "/academe.api.auth.v1.AuthService/GetSigningKeys"
"""A method that needs no account and takes an empty request."""

ANSWER_SECONDS = 5.0

RESET, CLOSED = "reset", "closed"
"""Of a stream and of the connection, where a call has no grpc-status."""

Fields = Iterable[tuple[str, str]]


def message(body: bytes = b"", *, flag: int = 0, length: int | None = None) -> bytes:
    """A gRPC message, or what pretends to be one."""
    return struct.pack(">BI", flag, len(body) if length is None else length) + body


def request(path: str = SIGNING_KEYS, **changes: str) -> list[tuple[str, str]]:
    """The headers of a call; `changes` replace some, with underscores for dashes. "" leaves one out."""
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":path": path,
        ":authority": "school.example",
        "te": "trailers",
        "content-type": "application/grpc",
    }
    for name, value in changes.items():
        pseudo = f":{name}"
        fields[pseudo if pseudo in fields else name.replace("_", "-")] = value
    return [(name, value) for name, value in fields.items() if value]


class Wire:
    """One connection. Frames are made by the methods that return bytes, and sent by `send`."""

    def __init__(self, address: str, *, greet: bool = True, window: int | None = None) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closed = False
        """Whether the server has closed the connection."""
        self.frames: list[Frame] = []
        """Everything received."""
        self._granted: Counter[int] = Counter({0: 65_535})
        self._stream_window = 65_535
        self._sent: Counter[int] = Counter()
        self._encoder, self._decoder = Encoder(), Decoder()
        self._received = b""
        if greet:
            settings = {} if window is None else {SettingsFrame.INITIAL_WINDOW_SIZE: window}
            self.send(PREFACE, SettingsFrame(0, settings=settings).serialize())
            self.read_until(lambda: self._saw_settings())
            # Without this the server goes by the protocol's small default windows.
            self.send(SettingsFrame(0, flags=["ACK"]).serialize())

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *parts: bytes) -> None:
        """Sends it all, or as much as the server lets; a connection closed by the server is no error."""
        try:
            self.socket.sendall(b"".join(parts))
        except OSError:
            self.closed = True

    # Frames

    def headers(self, stream: int, fields: Fields, *flags: str) -> bytes:
        """HEADERS, whole unless flags are given."""
        return self.headers_of(stream, self.block(fields), *(flags or ("END_HEADERS",)))

    def block(self, fields: Fields) -> bytes:
        """Headers as HPACK writes them; some go into its table."""
        return self._encoder.encode(list(fields))

    def headers_of(self, stream: int, block: bytes, *flags: str) -> bytes:
        return HeadersFrame(stream, data=block, flags=flags).serialize()

    def continuation(self, stream: int, block: bytes, *flags: str) -> bytes:
        return ContinuationFrame(stream, data=block, flags=flags).serialize()

    def data(self, stream: int, body: bytes, *, end: bool = True) -> bytes:
        """DATA frames for all of the body."""
        pieces = [body[at : at + FRAME_BYTES] for at in range(0, len(body), FRAME_BYTES)] or [b""]
        frames = [DataFrame(stream, data=piece) for piece in pieces]
        if end:
            frames[-1].flags.add("END_STREAM")
        self._sent[stream] += len(body)
        self._sent[0] += len(body)
        return b"".join(frame.serialize() for frame in frames)

    def room(self, stream: int) -> int:
        """Bytes of DATA that the server takes on the stream before it has granted more."""
        stream_room = self._stream_window + self._granted[stream] - self._sent[stream]
        return min(stream_room, self._granted[0] - self._sent[0])

    def call(self, stream: int, **changes: str) -> bytes:
        """A whole call with an empty message, GetSigningKeys unless something is changed."""
        return self.headers(stream, request(**changes)) + self.data(stream, message())

    # Answers

    def read_until(self, enough: Any, seconds: float = ANSWER_SECONDS) -> bool:
        """Reads until `enough()` is true, and returns that; or until the server closes or is silent."""
        deadline = time.monotonic() + seconds
        while not enough():
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                data = self.socket.recv(262_144)
            except TimeoutError:
                return False
            except OSError:
                data = b""
            if not data:
                self.closed = True
                return bool(enough())
            self._parse(data)
        return True

    def wait_closed(self, seconds: float = ANSWER_SECONDS) -> bool:
        """Whether the server closes the connection within that time."""
        self.read_until(lambda: False, seconds)
        return self.closed

    def status(self, stream: int, seconds: float = ANSWER_SECONDS) -> str | None:
        """The call's grpc-status, or RESET, CLOSED, or None for silence."""
        self.read_until(lambda: self._answer(stream) is not None, seconds)
        return self._answer(stream) or (CLOSED if self.closed else None)

    def _answer(self, stream: int) -> str | None:
        for frame in self.frames:
            if frame.stream_id != stream:
                continue
            if isinstance(frame, HeadersFrame):
                fields = dict(frame.fields)  # type: ignore[attr-defined]
                if "grpc-status" in fields:
                    return str(fields["grpc-status"])
                if fields.get(":status", "200") != "200":
                    return f"HTTP {fields[':status']}"
            if isinstance(frame, RstStreamFrame):
                return RESET
        return None

    def _saw_settings(self) -> bool:
        return any(isinstance(frame, SettingsFrame) and "ACK" not in frame.flags for frame in self.frames)

    def _parse(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= 9:
            frame, length = Frame.parse_frame_header(memoryview(self._received[:9]))
            if len(self._received) < 9 + length:
                return
            frame.parse_body(memoryview(self._received[9 : 9 + length]))
            self._received = self._received[9 + length :]
            if isinstance(frame, HeadersFrame):
                frame.fields = self._decoder.decode(frame.data)  # type: ignore[attr-defined]
            if isinstance(frame, WindowUpdateFrame):
                self._granted[frame.stream_id] += frame.window_increment
            if isinstance(frame, SettingsFrame):
                self._stream_window = frame.settings.get(
                    SettingsFrame.INITIAL_WINDOW_SIZE, self._stream_window
                )
            self.frames.append(frame)
