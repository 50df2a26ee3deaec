"""The native engine behind a guard: clients connect to the guard, and it to the engine, on a private socket.

The guard passes bytes on in both directions (academe.rpc.guarded_connection) and watches those of the client
(academe.rpc.request_watch). That costs a call some 10 microseconds; without it the engine could not be left
to strangers at all.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any, cast

import pygrpc_native.aio

from academe.rpc.guarded_connection import FLUSH_SECONDS, FromClient
from academe.rpc.request_watch import RequestWatch

BACKLOG = 1024
"""Connections that may wait to be accepted: a restart brings all clients back at once."""

FOLDER_PREFIX, SOCKET = "academe-grpc-", "engine.sock"
"""Names of the private directory, below the system's one for temporary files, and of the socket in it."""


class GuardedServer(pygrpc_native.aio.Server):
    """The native engine. Only messages of up to `message_bytes_max` bytes are put together in its memory,
    with the few exceptions that academe.rpc.request_watch names."""

    def __init__(self, *, message_bytes_max: int, log: Any, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._message_bytes_max = message_bytes_max
        self._log = log
        self._folder: Path | None = None
        self._listening: list[socket.socket] = []
        self._listeners: list[asyncio.Server] = []
        self._connections: set[FromClient] = set()

    def add_insecure_port(self, address: str) -> int:
        """Raises OSError when the port cannot be had."""
        host, _, port = address.rpartition(":")
        self._listening = _bind(host.strip("[]"), int(port))
        _remove_leftovers()
        self._folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        super().add_insecure_port(f"unix:{self._engine_path}")
        return cast(int, self._listening[0].getsockname()[1])

    async def start(self) -> None:
        await super().start()
        loop = asyncio.get_running_loop()
        for listening in self._listening:
            listener = await loop.create_server(self._connection, sock=listening, backlog=BACKLOG)
            self._listeners.append(listener)

    async def stop(self, grace: float | None) -> None:
        """Takes no new connections from here on; calls in flight get `grace` seconds."""
        for listener in self._listeners:
            listener.close()
        for listening in self._listening:
            listening.close()
        await super().stop(grace)
        for connection in tuple(self._connections):
            if connection.engine is None:
                connection.cut()
        closed = [asyncio.ensure_future(connection.closed.wait()) for connection in self._connections]
        if closed:
            await asyncio.wait(closed, timeout=FLUSH_SECONDS)
        for connection in tuple(self._connections):
            connection.cut()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _engine_path(self) -> str:
        return f"{self._folder}/{SOCKET}"

    def _connection(self) -> asyncio.Protocol:
        watch = RequestWatch(self._message_bytes_max)
        return FromClient(self._engine_path, watch, self._connections, self._log)


def _remove_leftovers() -> None:
    """Directories of servers that were killed: nobody listens to the socket in them any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            try:
                probe.connect(str(folder / SOCKET))
            except ConnectionRefusedError:
                shutil.rmtree(folder, ignore_errors=True)
            except OSError:
                continue  # another user's, or about to be used


def _bind(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host that this machine has, all on the port the first one got."""
    sockets: list[socket.socket] = []
    refusal: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((address[0], port, *address[2:]))
            bound.listen(BACKLOG)  # now, not later: two sockets may bind to a port while neither listens
        except OSError as error:
            bound.close()
            refusal = error
            continue
        port = bound.getsockname()[1]
        sockets.append(bound)
    if refusal is not None and not sockets:
        raise refusal
    return sockets
