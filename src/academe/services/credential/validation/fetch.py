"""Asks other issuers' servers for their keys and status lists, without becoming anybody's tool.

Whoever sends us a credential chooses the address that we ask. So only https is spoken, only to addresses that
the whole world can reach, for a small file, within seconds, and never further than the first answer.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import OrderedDict
from typing import Protocol
from urllib.parse import urlsplit

import httpcore
import httpx

from academe.services.credential.validation.network import PublicBackend, Wire

BYTES_MAX = 262_144
"""Of an answer. A status list of a million entries has 125 KB before it is compressed."""

PARTS_MAX = 500
"""Of an answer. Each is work for the event loop, however small it is."""

SECONDS = 3.0
AT_ONCE = 8
KEEP_SECONDS = 60.0
"""How long an answer serves again: a revocation is seen a minute late at most."""

KEPT = 256
KEPT_BYTES = 8_000_000
"""Most key documents and lists have some hundred bytes; a stranger's may all have BYTES_MAX."""


class Unreachable(Exception):
    """Could not be had; the text says why, in a sentence for who asked."""


class Fetcher(Protocol):
    """Gets a document from the web."""

    async def get(self, url: str) -> bytes:
        """The document at an https address. Raises Unreachable."""
        ...


class NoFetcher:
    """For a school that lets its server ask nobody."""

    async def get(self, url: str) -> bytes:
        raise Unreachable("This server does not ask other servers (ACADEME_VERIFY_FETCH).")


class WebFetcher:
    """Gets documents over https from servers in public networks, and keeps them for a minute."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._size = 0
        self._backend = PublicBackend(AT_ONCE)
        self._opened: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def _client(self) -> httpx.AsyncClient:
        """Made by the first question, and its certificates read in a thread: they take longer than to ask."""
        async with self._opening:
            if self._opened is None:
                trusted = await asyncio.to_thread(httpx.create_ssl_context, trust_env=False)
                self._opened = httpx.AsyncClient(
                    transport=_PublicTransport(self._backend, trusted),
                    timeout=SECONDS,
                    follow_redirects=False,
                    trust_env=False,
                )
        return self._opened

    async def get(self, url: str) -> bytes:
        kept = self._kept.get(url)
        if kept is not None and time.monotonic() - kept[0] < KEEP_SECONDS:
            return kept[1]
        try:
            address = urlsplit(url)
            if address.scheme != "https":
                raise Unreachable(f"{url} is not an https address.")
            if address.port == 0:  # beyond 65535 it is a ValueError already
                raise Unreachable(f"{url} names a port that nobody has.")
            async with asyncio.timeout(SECONDS), self._places:  # to wait for a place is to wait for an answer
                answer = await self._read(url)
        except TimeoutError as error:
            raise Unreachable(f"{url} did not answer within {SECONDS:.0f} seconds.") from error
        except Unreachable:
            raise
        except Exception as error:
            # Strangers wrote the address and the answer, and the four libraries between here and the network
            # have exceptions of their own for what they stumble over. None of that is a fault of this server.
            raise Unreachable(f"{url} cannot be read: {error}") from error
        self._keep(url, answer)
        return answer

    def _keep(self, url: str, answer: bytes) -> None:
        _, before = self._kept.pop(url, (0.0, b""))
        self._kept[url] = (time.monotonic(), answer)
        self._size += len(answer) - len(before)
        while len(self._kept) > KEPT or self._size > KEPT_BYTES:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._size -= len(dropped)

    async def _read(self, url: str) -> bytes:
        client = await self._client()
        async with client.stream("GET", url, headers={"accept-encoding": "identity"}) as response:
            if response.status_code != 200:
                raise Unreachable(f"{url} answers with status {response.status_code}.")
            wire: Wire = response.extensions["network_stream"]
            parts: list[bytes] = []
            size = 0
            async for part in response.aiter_raw():
                wire.was_document(part)
                parts.append(part)
                size += len(part)
                if size > BYTES_MAX:
                    raise Unreachable(f"{url} answers with more than {BYTES_MAX} bytes.")
                if len(parts) > PARTS_MAX:
                    raise Unreachable(f"{url} answers in more than {PARTS_MAX} parts.")
                await asyncio.sleep(0)  # what has been read already is handed out without a pause
            return b"".join(parts)

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.aclose()
        self._backend.close()


class _PublicTransport(httpx.AsyncHTTPTransport):
    """httpx over a pool that looks at the address it connects to; what a name stands for may change."""

    def __init__(self, backend: PublicBackend, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted,
            max_connections=AT_ONCE,
            network_backend=backend,
        )
