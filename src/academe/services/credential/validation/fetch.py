"""Asks other issuers' servers for their keys and status lists, without becoming anybody's tool.

Whoever sends us a credential chooses the address that we ask. So only https is spoken, only to addresses that
the whole world can reach, for a small file, within seconds, and never further than the first answer.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpcore
import httpx

BYTES_MAX = 262_144
"""Of an answer. A status list of a million entries has 125 KB before it is compressed."""

SECONDS = 3.0
AT_ONCE = 8
KEEP_SECONDS = 60.0
"""How long an answer serves again: a revocation is seen a minute late at most."""

KEPT = 256
KEPT_BYTES = 8_000_000
"""Most key documents and lists have some hundred bytes; a stranger's may all have BYTES_MAX."""

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses behind a translator (RFC 6052)."""

_WORLD = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out for the world to reach (RFC 4291); the rest has uses of its own."""

_NOT_WORLD = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))
"""For protocols and examples (RFC 6890, 9637). Which of them Python knows depends on its version; a cloud has
been seen to answer machines of its own at one."""


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
        self._backend = _PublicBackend()
        self._opened: httpx.AsyncClient | None = None

    @property
    def _client(self) -> httpx.AsyncClient:
        """Made by the first question: to read the certificates that are trusted takes longer than to ask."""
        if self._opened is None:
            self._opened = httpx.AsyncClient(
                transport=_PublicTransport(self._backend),
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
            if urlsplit(url).scheme != "https":
                raise Unreachable(f"{url} is not an https address.")
            async with asyncio.timeout(SECONDS), self._places:  # to wait for a place is to wait for an answer
                answer = await self._read(url)
        except TimeoutError as error:
            raise Unreachable(f"{url} did not answer within {SECONDS:.0f} seconds.") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
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
        async with self._client.stream("GET", url, headers={"accept-encoding": "identity"}) as response:
            if response.status_code != 200:
                raise Unreachable(f"{url} answers with status {response.status_code}.")
            parts, size = [], 0
            async for part in response.aiter_raw():
                size += len(part)
                if size > BYTES_MAX:
                    raise Unreachable(f"{url} answers with more than {BYTES_MAX} bytes.")
                parts.append(part)
            return b"".join(parts)

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.aclose()
        self._backend.close()


class _PublicTransport(httpx.AsyncHTTPTransport):
    """httpx over a pool that looks at the address it connects to; what a name stands for may change."""

    def __init__(self, backend: _PublicBackend) -> None:
        trusted = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=trusted, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted,
            max_connections=AT_ONCE,
            network_backend=backend,
        )


class _PublicBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses alone.

    Names are looked up in threads of its own: a stranger's name server may take a minute, and the event
    loop's few threads are needed for signing and drawing.
    """

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()
        self._threads = ThreadPoolExecutor(AT_ONCE, "resolve")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        for *_, resolved in found:
            if not is_public(str(resolved[0])):
                raise httpcore.ConnectError(f"{host} is not in a public network")
        address = found[0][4][0]
        return await self._backend.connect_tcp(str(address), port, timeout, local_address)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("sockets of this machine are not asked")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


def is_public(address: str) -> bool:
    """Whether the whole world can reach it. An IPv4 address inside an IPv6 one counts as what it is."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        found = inner or found
    if isinstance(found, ipaddress.IPv6Address) and found not in _WORLD:
        return False
    return found.is_global and not found.is_multicast and not any(found in network for network in _NOT_WORLD)
