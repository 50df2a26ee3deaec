"""Connections to servers that strangers choose: to public addresses alone, and read in small pieces.

The library that reads HTTP does so on the event loop, and as much in one go as there is. Whoever sends it in
pieces of one byte, or answers "100 Continue" without an end, would have the loop for seconds with few bytes.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from typing import Any

import httpcore

READ_BYTES = 4_096
"""In one go. Of the smallest pieces that HTTP has it takes some ten milliseconds to read them."""

READS_MAX = 500
"""Of one answer, each with at most READ_BYTES; a server that encrypts byte by byte makes them smaller."""

AROUND_MAX = 16_384
"""Bytes of one answer that are not the document: status lines, headers, and the lengths of its pieces."""

ADDRESSES_MAX = 4
"""Of one name that are tried."""

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses behind a translator (RFC 6052)."""

_WORLD = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out for the world to reach (RFC 4291); the rest has uses of its own."""

_NOT_WORLD = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))
"""For protocols and examples (RFC 6890, 9637). Which of them Python knows depends on its version; a cloud has
been seen to answer machines of its own at one."""


class PublicBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses alone.

    Names are looked up in threads of its own: a stranger's name server may take a minute, and the event
    loop's few threads are needed for signing and drawing.
    """

    def __init__(self, at_once: int) -> None:
        self._backend = httpcore.AnyIOBackend()
        self._threads = ThreadPoolExecutor(at_once, "resolve")

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
        until = None if timeout is None else time.monotonic() + timeout
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        addresses = [(family, str(resolved[0])) for family, *_, resolved in found]
        if not all(is_public(address) for _, address in addresses):
            raise httpcore.ConnectError(f"{host} is not in a public network")
        return Wire(await self._connect(_alternating(addresses), port, until, local_address))

    async def _connect(
        self, addresses: Sequence[str], port: int, until: float | None, local_address: str | None
    ) -> httpcore.AsyncNetworkStream:
        """To the first that answers. Each has an equal share of the time that is left."""
        failed: Exception = httpcore.ConnectError("there is no address")
        for tried, address in enumerate(addresses):
            left = None if until is None else max(0.0, until - time.monotonic()) / (len(addresses) - tried)
            try:
                return await self._backend.connect_tcp(address, port, left, local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("sockets of this machine are not asked")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


class Wire(httpcore.AsyncNetworkStream):
    """A connection that lets others have their turn after each piece, and ends when it brings little."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._around = 0
        self._reads = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._around > AROUND_MAX:
            raise httpcore.ReadError("there is too much around the document")
        if self._reads >= READS_MAX:
            raise httpcore.ReadError("the answer comes in too small pieces")
        data = await self._stream.read(min(max_bytes, READ_BYTES), timeout)
        self._reads += 1
        self._around += len(data)
        await asyncio.sleep(0)  # what was decrypted earlier is there at once
        return data

    def was_document(self, part: bytes) -> None:
        """Says of something that was read that it is what was asked for."""
        self._around -= len(part)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends a question, with which the next answer begins."""
        self._around = self._reads = 0
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Wire:
        return Wire(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _alternating(addresses: Sequence[tuple[int, str]]) -> list[str]:
    """ADDRESSES_MAX of them, one kind after the other: where one has no way to the world the other may."""
    kinds: dict[int, list[str]] = {}
    for family, address in addresses:
        kinds.setdefault(family, []).append(address)
    rounds = zip_longest(*kinds.values())
    return [address for each in rounds for address in each if address is not None][:ADDRESSES_MAX]


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
