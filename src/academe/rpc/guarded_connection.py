"""A client's connection and the engine's, and what goes from one to the other (academe.rpc.guard)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from academe.rpc.request_watch import RequestWatch, TooMuch

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What every HTTP/2 client says first."""

PREFACE_SECONDS = 10.0
"""In which a client has to say it: every connection is a file of this process, which may have so many."""

FLUSH_SECONDS = 2.0
"""For a client to read what the engine has said last, before its connection is cut."""


class FromClient(asyncio.Protocol):
    """A client's connection. The engine hears of it when the client has said that it speaks HTTP/2."""

    def __init__(self, path: str, watch: RequestWatch, connections: set[FromClient], log: Any) -> None:
        self._path = path
        self._feed = watch.feed
        self._connections = connections
        self._log = log
        self._said = b""
        self._write: Callable[[bytes], None] | None = None
        self.engine: asyncio.Transport | None = None
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._connections.add(self)
        self._late = asyncio.get_running_loop().call_later(PREFACE_SECONDS, self.cut)

    def data_received(self, data: bytes) -> None:
        if self._write is None:
            self._greeted(data)
            return
        try:
            self._feed(data)
        except TooMuch as verdict:
            peer = self.transport.get_extra_info("peername")
            self._log.warning("connection cut", reason=str(verdict), peer=peer[0] if peer else "")
            self.cut()
            return
        self._write(data)

    def _greeted(self, data: bytes) -> None:
        self._said += data
        if not self._said.startswith(PREFACE[: len(self._said)]):
            self.cut()
        elif len(self._said) >= len(PREFACE) and not self._late.cancelled():
            self._late.cancel()
            self.transport.pause_reading()
            self._reaching = asyncio.get_running_loop().create_task(self._reach_engine())

    async def _reach_engine(self) -> None:
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: _FromEngine(self), self._path)
        except OSError as error:
            self._log.warning("the engine takes no connection", reason=str(error))
            self.cut()

    def reached(self, engine: asyncio.Transport) -> None:
        self.engine, self._write = engine, engine.write
        if self.transport.is_closing():
            engine.abort()
            return
        engine.write(PREFACE)
        said, self._said = self._said[len(PREFACE) :], b""
        self.data_received(said)
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self._late.cancel()
        self._connections.discard(self)
        self._write = _nowhere
        self.closed.set()
        if self.engine is not None:
            self.engine.abort()

    def pause_writing(self) -> None:
        """The client reads too slowly: the engine is to wait."""
        if self.engine is not None and not self.engine.is_closing():
            self.engine.pause_reading()

    def resume_writing(self) -> None:
        if self.engine is not None and not self.engine.is_closing():
            self.engine.resume_reading()

    def cut(self) -> None:
        self._write = _nowhere
        self.transport.abort()


class _FromEngine(asyncio.Protocol):
    """The engine's side of a client's connection."""

    def __init__(self, client: FromClient) -> None:
        self._client = client
        self._write: Callable[[bytes], None] = client.transport.write

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._client.reached(cast(asyncio.Transport, transport))

    def data_received(self, data: bytes) -> None:
        if not self._client.transport.is_closing():
            self._write(data)

    def connection_lost(self, error: Exception | None) -> None:
        client = self._client.transport
        client.close()
        asyncio.get_running_loop().call_later(FLUSH_SECONDS, client.abort)

    def pause_writing(self) -> None:
        """The engine reads too slowly: the client is to wait."""
        if not self._client.transport.is_closing():
            self._client.transport.pause_reading()

    def resume_writing(self) -> None:
        if not self._client.transport.is_closing():
            self._client.transport.resume_reading()


def _nowhere(data: bytes) -> None:
    """Where a lost connection's bytes go."""
