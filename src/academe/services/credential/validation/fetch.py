"""Asks other issuers' servers for their keys and status lists, without becoming anybody's tool.

Whoever sends us a credential chooses the address that we ask. So only https is spoken, only to addresses that
the whole world can reach, for a small file, within seconds, and never further than the first answer.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Iterable
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

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses behind a translator (RFC 6052)."""


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
        self._client = httpx.AsyncClient(
            transport=_PublicTransport(), timeout=SECONDS, follow_redirects=False, trust_env=False
        )

    async def get(self, url: str) -> bytes:
        kept = self._kept.get(url)
        if kept is not None and time.monotonic() - kept[0] < KEEP_SECONDS:
            return kept[1]
        if urlsplit(url).scheme != "https":
            raise Unreachable(f"{url} is not an https address.")
        try:
            async with self._places, asyncio.timeout(SECONDS):
                answer = await self._read(url)
        except TimeoutError as error:
            raise Unreachable(f"{url} did not answer within {SECONDS:.0f} seconds.") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise Unreachable(f"{url} cannot be read: {error}") from error
        self._kept[url] = (time.monotonic(), answer)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return answer

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
        await self._client.aclose()


class _PublicTransport(httpx.AsyncHTTPTransport):
    """httpx over a pool that looks at the address it connects to; what a name stands for may change."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=AT_ONCE,
            network_backend=_PublicBackend(),
        )


class _PublicBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses alone."""

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await asyncio.get_running_loop().getaddrinfo(host, port)
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
    return found.is_global and not found.is_multicast
