"""One HTTP connection, with the time limits that uvicorn's own lacks.

uvicorn limits how long a connection may be idle between requests. A client that sends its headers a byte at
a time, or never reads the reply, is not idle: here a request and its reply have REQUEST_SECONDS together.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 15.0
"""From the first byte of a request (or the opening of the connection) to the last of the reply. A scrape
takes 0.05 s, the slowest page of a distant reader a few seconds."""

CONNECTIONS_MAX = 128
"""Open at once; a monitor, a load balancer and a few people need ten. Each may hold 100 KB of a reply."""


class GuardedProtocol(H11Protocol):
    """Ends a connection that is too slow, and does not keep more than CONNECTIONS_MAX."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS_MAX:
            transport.abort()
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deadline is None:
            self._arm()
        super().data_received(data)

    def on_response_complete(self) -> None:
        if not self.transport.is_closing():  # else the reply may still lie here, unread: the limit holds
            self._disarm()
        super().on_response_complete()
        if self._deadline is None and self.conn.their_state is not h11.IDLE:
            self._arm()  # the next request has come already

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size() > 0:
            self.transport.abort()  # closing politely would wait for the reader for ever
        else:
            super().timeout_keep_alive_handler()

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._expire)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _expire(self) -> None:
        self.transport.abort()
