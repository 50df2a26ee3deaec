"""A way to PostgreSQL that can be blocked, cut and restored, without harm to the PostgreSQL behind it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit


class DatabaseProxy:
    """Stands before the Unix socket of a DSN; `dsn` leads through it."""

    def __init__(self, dsn: str, directory: Path) -> None:
        url = urlsplit(dsn)
        host = parse_qs(url.query)["host"][0]
        port = parse_qs(url.query).get("port", ["5432"])[0]
        self._target = f"{host}/.s.PGSQL.{port}"
        self._path = f"{directory}/.s.PGSQL.{port}"
        self.dsn = dsn.replace(host, str(directory)).replace(
            quote(host, safe=""), quote(str(directory), safe="")
        )
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self._path)

    async def cut(self) -> None:
        """Connections end and new ones are refused, as when the server dies."""
        if self._server is not None:
            self._server.close()
            self._server = None
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)
        self.drop_connections()

    def drop_connections(self) -> None:
        """Connections end; new ones are welcome, as after a failover."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    def freeze(self) -> None:
        """Nothing goes through and nothing ends, as when the server or the network hangs."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    async def stop(self) -> None:
        self.thaw()
        await self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here = asyncio.current_task()
        assert here is not None
        self._tasks.add(here)
        here.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        await self._flowing.wait()
        there_reader, there_writer = await asyncio.open_unix_connection(self._target)
        self._writers.add(there_writer)
        try:
            await asyncio.gather(self._copy(reader, there_writer), self._copy(there_reader, writer))
        finally:
            for end in (writer, there_writer):
                self._writers.discard(end)
                end.close()

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65_536):
                await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        sink.close()
