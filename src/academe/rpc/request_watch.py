"""Watches what a client sends on one HTTP/2 connection, for messages that would cost too much memory.

The native engine puts a gRPC message together, and inflates it, before anything of ours is asked: 1 MB that
inflates to 1 GB, or a message that never ends, would be the end of the server. So each message is judged by
its first five bytes, which say how long it is, and a compressed one by what it has inflated to, before the
engine has the bytes that it would act on. Everything else about HTTP/2 is left to the engine.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

LARGE_FACTOR = 16
"""A message above the limit by no more than this still reaches the engine, which refuses it in words, as a
client that made a mistake wants it. One that is longer costs the client its connection."""

LARGE_MAX = 4
"""Messages above the limit that one connection may have under way: times the factor, the limit and the four
it is the memory that a client can claim on top of its streams (16 MB as the settings are)."""

UNFINISHED_MAX = 1024
"""Messages that one connection may begin and leave unfinished, those of ended calls included: each is kept
in mind with some 200 bytes."""

_HEADER = struct.Struct(">HBBBI")  # a frame: its length in 16 + 8 bits, type, flags, stream
_HEADER_BYTES = _HEADER.size
_PREFIX_BYTES = 5  # a message: whether it is compressed, and its length
_DATA, _RST_STREAM = 0x0, 0x3
_END_STREAM, _PADDED = 0x1, 0x8
_GZIP = 16 + zlib.MAX_WBITS  # the only compression that the engine knows


class TooMuch(Exception):  # it is a verdict
    """The client asks for more memory than anybody gets; the text says how."""


@dataclass(slots=True)
class _Message:
    """A message whose end has not been seen."""

    prefix: bytearray = field(default_factory=bytearray)
    left: int = 0
    large: bool = False
    inflate: zlib._Decompress | None = None
    inflated: int = 0


class RequestWatch:
    """Fed everything that the client sends after the connection preface, in pieces of any size."""

    def __init__(self, message_bytes_max: int) -> None:
        self._limit = message_bytes_max
        self._header = bytearray()
        self._left = 0
        """Bytes to come of the frame under way."""
        self._stream = 0
        """The stream of that frame when it is DATA, else 0."""
        self._padding: int | None = 0
        """How many bytes at its end are padding; None while the byte that says so is to come."""
        self._ends_stream = False
        self._unfinished: dict[int, _Message] = {}
        self._large = 0

    def feed(self, data: bytes) -> None:
        """Raises TooMuch; the connection is to be closed then, and `data` not passed on."""
        at, size = 0, len(data)
        while at < size:
            if self._left:
                at = self._continue(data, at)
                continue
            if self._header or size - at < _HEADER_BYTES:
                taken = data[at : at + _HEADER_BYTES - len(self._header)]
                self._header += taken
                at += len(taken)
                if len(self._header) < _HEADER_BYTES:
                    return
                high, low, kind, flags, stream = _HEADER.unpack(self._header)
                self._header.clear()
            else:
                high, low, kind, flags, stream = _HEADER.unpack_from(data, at)
                at += _HEADER_BYTES
            length = high << 8 | low
            if kind == _DATA:
                if (
                    _PREFIX_BYTES <= length <= size - at
                    and not flags & _PADDED
                    and stream not in self._unfinished
                    and data[at] == 0
                    and int.from_bytes(data[at + 1 : at + 5], "big") == length - _PREFIX_BYTES <= self._limit
                ):
                    at += length  # one whole message in one frame, as nearly every call sends it
                    continue
                self._stream, self._ends_stream = stream, bool(flags & _END_STREAM)
                self._padding = None if flags & _PADDED else 0
                if self._ends_stream and not length:
                    self._forget(stream)
            else:
                self._stream = 0
                if kind == _RST_STREAM:
                    self._forget(stream)
            self._left = length

    def _continue(self, data: bytes, at: int) -> int:
        """Takes what `data` has of the frame under way, and returns where that ends."""
        end = min(at + self._left, len(data))
        self._left -= end - at
        if self._stream:
            if self._padding is None:
                self._padding, at = data[at], at + 1
            self._take(data[at : max(at, end - max(0, self._padding - self._left))])
            if self._ends_stream and not self._left:
                self._forget(self._stream)
        return end

    def _take(self, data: bytes) -> None:
        """Bytes of messages on the stream of the frame under way."""
        while data:
            message = self._unfinished.get(self._stream)
            if message is None:
                if len(self._unfinished) >= UNFINISHED_MAX:
                    raise TooMuch("too many unfinished messages")
                message = self._unfinished[self._stream] = _Message()
            missing = _PREFIX_BYTES - len(message.prefix)
            if missing:
                message.prefix += data[:missing]
                data = data[missing:]
                if len(message.prefix) < _PREFIX_BYTES:
                    return
                self._judge(message)
            part, data = data[: message.left], data[message.left :]
            message.left -= len(part)
            if message.inflate is not None:
                self._inflate(message, message.inflate, part)
            if not message.left:
                self._forget(self._stream)

    def _judge(self, message: _Message) -> None:
        """By its first five bytes."""
        message.left = int.from_bytes(message.prefix[1:], "big")
        if message.prefix[0]:
            message.inflate = zlib.decompressobj(_GZIP)
        if message.left <= self._limit:
            return
        message.large = True
        self._large += 1
        if message.left > self._limit * LARGE_FACTOR:
            raise TooMuch("a message far above the limit")
        if self._large > LARGE_MAX:
            raise TooMuch("too many messages above the limit at once")

    def _inflate(self, message: _Message, inflate: zlib._Decompress, part: bytes) -> None:
        try:
            while part and not inflate.eof:
                message.inflated += len(inflate.decompress(part, self._limit))
                part = inflate.unconsumed_tail
                if message.inflated > self._limit:
                    raise TooMuch("a compressed message above the limit")
        except zlib.error:
            message.inflate = None  # no gzip, which the engine says to the client

    def _forget(self, stream: int) -> None:
        message = self._unfinished.pop(stream, None)
        if message is not None and message.large:
            self._large -= 1
