"""uvicorn inside our event loop: it serves, but it does not own the process."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from academe.http.limits import HEADERS_MAX, Limits
from academe.http.protocol import GuardedProtocol
from academe.startup import StartupError

KEEP_ALIVE_SECONDS = 20
"""Of an idle connection: longer than the 15 s between two scrapes, so that a monitor keeps its connection."""

STOP_SECONDS = 2
"""That replies under way get at a stop."""


class HttpListener:
    """Serves Starlette routes on `address` (host:port; port 0 takes a free one) between start and stop."""

    def __init__(self, address: str, routes: Sequence[BaseRoute], *, log: Any) -> None:
        self.address = address
        """Where it listens, once started."""
        self._log = log
        self._app = app = Starlette(routes=list(routes), middleware=[Middleware(Limits)])
        app.router.redirect_slashes = False  # an address has one spelling
        self._server = _Server(
            uvicorn.Config(
                app,
                http=GuardedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,  # academe.logs routes the standard library's logging
                access_log=False,
                proxy_headers=False,  # nobody's word about where a request came from is taken
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=STOP_SECONDS,
                h11_max_incomplete_event_size=HEADERS_MAX,
                reset_contextvars=True,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    def add_routes(self, routes: Sequence[BaseRoute]) -> None:
        """Serves these too, from now on: what needs a part that is built after the port was opened."""
        self._app.router.routes.extend(routes)

    async def start(self) -> None:
        """Returns when it listens. Raises StartupError when the port cannot be had."""
        listening = _bind(self.address)
        host, port = listening.getsockname()[:2]
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._serving = asyncio.create_task(self._server.serve([listening]), name="http")
        started = asyncio.create_task(self._server.listening.wait())
        await asyncio.wait((self._serving, started), return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            started.cancel()
            await self._serving  # raises what went wrong
        self._log.info("listening for HTTP", address=self.address)

    async def stop(self) -> None:
        """Refuses connections, lets replies finish for STOP_SECONDS, then ends what is left."""
        if self._serving is None:
            return
        self._server.stopping.set()
        await asyncio.wait({self._serving})
        for connection in tuple(self._server.server_state.connections):
            connection.transport.abort()
        self._serving.result()  # raises what ended it before its time
        self._serving = None


class _Server(uvicorn.Server):
    """uvicorn's server without its signal handlers, and woken by an event instead of ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.stopping = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        self.listening.set()
        while not self.stopping.is_set():
            await self.on_tick(0)  # the Date header
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self.stopping.wait()


def _bind(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    try:
        family, kind, protocol, _, resolved = socket.getaddrinfo(
            host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(address, error) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(resolved)
        listening.listen()  # now, not later: two sockets may bind to a port while neither listens
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise StartupError(
                f"Port {port} on {host} is taken by another program: stop it, or set ACADEME_HTTP_ADDR to "
                "another host:port."
            ) from error
        raise _cannot_listen(address, error) from error
    listening.setblocking(False)
    return listening


def _cannot_listen(address: str, error: OSError) -> StartupError:
    return StartupError(
        f"Cannot listen on {address} ({error.strerror}): set ACADEME_HTTP_ADDR to an address of this machine."
    )
