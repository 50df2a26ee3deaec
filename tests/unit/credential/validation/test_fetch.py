"""Asking other issuers' servers without becoming anybody's tool, and without standing still for them."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpcore
import pytest

from academe.services.credential.validation import fetch
from academe.services.credential.validation.fetch import Unreachable, WebFetcher
from academe.services.credential.validation.network import PublicBackend, is_public


@pytest.fixture
async def fetcher() -> AsyncIterator[WebFetcher]:
    made = WebFetcher()
    yield made
    await made.close()


@pytest.fixture
def silent_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A name server that does not answer until the event is set."""
    answered = threading.Event()

    def wait(*_: Any, **__: Any) -> Any:
        answered.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    yield answered
    answered.set()


class Unconnected(httpcore.AsyncMockBackend):
    """A network with a way to one address at most; what was tried, with the time it had."""

    def __init__(self) -> None:
        super().__init__([])
        self.tried: dict[str, float] = {}
        self.answers = ""

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any
    ) -> httpcore.AsyncNetworkStream:
        self.tried[host] = timeout or 0.0
        if host != self.answers:
            raise httpcore.ConnectError(f"no way to {host}")
        return httpcore.AsyncMockStream([])


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_addresses_of_the_world(address: str) -> None:
    """Of IPv4, of IPv6, and of one inside the other."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.0.192",
        "192.88.99.1",
        "224.0.0.1",
        "255.255.255.255",
        "0.0.0.0",  # noqa: S104
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff0e::1",
    ],
)
def test_addresses_of_some_networks_alone(address: str) -> None:
    """However they are written: this machine, its neighbours, and those who answer to a cloud's machines."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://0x7f000001/",
        "https://localhost/x",
        "http://x.example/",
    ],
)
async def test_this_machine_is_not_asked(fetcher: WebFetcher, url: str) -> None:
    """By no name and no spelling of its number, and nobody without https."""
    with pytest.raises(Unreachable, match=r"not in a public network|not an https address"):
        await fetcher.get(url)


@pytest.mark.parametrize("host", ["x.example", "9.9.9.9"])
@pytest.mark.parametrize("port", ["0", "65536", "99999", "9" * 30, "-1", "٤٤٣"])
async def test_ports_that_there_are_not(
    fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch, host: str, port: str
) -> None:
    """They are refused before anything is looked up or connected to."""
    monkeypatch.setattr(fetcher, "_read", None)

    with pytest.raises(Unreachable, match=r"[Pp]ort"):
        await fetcher.get(f"https://{host}:{port}/list")


@pytest.mark.parametrize(
    "stumbled",
    [ExceptionGroup("unhandled", [OverflowError("too large")]), OverflowError("too large"), KeyError(1)],
)
async def test_whatever_a_library_stumbles_over(
    fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch, stumbled: Exception
) -> None:
    """An address or an answer that it does not expect is one that cannot be had."""

    async def read(url: str) -> bytes:
        raise stumbled

    monkeypatch.setattr(fetcher, "_read", read)

    with pytest.raises(Unreachable, match="cannot be read"):
        await fetcher.get("https://x.example/list")


async def test_some_of_a_name_s_addresses_are_inside(
    fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever comes first: one of them is enough not to ask at all."""
    for addresses in (["9.9.9.9", "10.0.0.1"], ["10.0.0.1", "9.9.9.9"]):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found, **__: found)

        with pytest.raises(Unreachable, match="not in a public network"):
            await fetcher.get("https://x.example/")


IPV6, IPV4 = socket.AF_INET6, socket.AF_INET


@pytest.mark.parametrize(
    ("found", "tried"),
    [
        ([(IPV6, "2620:fe::fe"), (IPV4, "9.9.9.9")], ["2620:fe::fe", "9.9.9.9"]),
        (
            [*((IPV6, f"2620:fe::{n}") for n in range(1, 6)), (IPV4, "9.9.9.9"), (IPV4, "8.8.8.8")],
            ["2620:fe::1", "9.9.9.9", "2620:fe::2", "8.8.8.8"],
        ),
        ([(IPV4, f"9.9.9.{n}") for n in range(1, 99)], ["9.9.9.1", "9.9.9.2", "9.9.9.3", "9.9.9.4"]),
    ],
)
async def test_a_name_with_several_addresses(
    monkeypatch: pytest.MonkeyPatch, found: list[tuple[int, str]], tried: list[str]
) -> None:
    """The first of each kind first, until one answers; a few of them, and all within the time for one."""
    backend, network = PublicBackend(1), Unconnected()
    monkeypatch.setattr(backend, "_backend", network)
    answers = [(family, socket.SOCK_STREAM, 6, "", (address, 443)) for family, address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)

    with pytest.raises(httpcore.ConnectError, match="no way to " + tried[-1]):
        await backend.connect_tcp("x.example", 443, 3.0)
    assert list(network.tried) == tried
    assert all(share <= 3.0 / (len(tried) - n) for n, share in enumerate(network.tried.values()))

    network.tried, network.answers = {}, tried[1]
    await backend.connect_tcp("x.example", 443, 3.0)
    assert list(network.tried) == tried[:2]
    backend.close()


async def test_name_servers_that_do_not_answer(
    fetcher: WebFetcher, silent_names: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody who asks is told so in time, those in the queue too; and no thread that others need waits."""
    monkeypatch.setattr(fetch, "SECONDS", 1.0)
    began = time.monotonic()
    asked = [asyncio.create_task(fetcher.get(f"https://h{n}.example/")) for n in range(5 * fetch.AT_ONCE)]
    await asyncio.sleep(0.1)

    await asyncio.to_thread(threading.get_ident)
    assert not any(one.done() for one in asked)
    told = await asyncio.gather(*asked, return_exceptions=True)

    assert {type(one) for one in told} == {Unreachable}
    assert time.monotonic() - began < 4.0  # one after another they would need five
    silent_names.set()


async def test_what_is_kept_is_little(fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many strangers have large files, and the newest of each is what is kept."""
    monkeypatch.setattr(fetch, "KEPT_BYTES", 1_000)
    answers = iter([b"a" * 600, b"b" * 600, b"c" * 300])

    async def read(url: str) -> bytes:
        return next(answers)

    monkeypatch.setattr(fetcher, "_read", read)

    first = await fetcher.get("https://a.example/")
    await fetcher.get("https://b.example/")
    again = await fetcher.get("https://a.example/")

    assert (first[:1], again[:1]) == (b"a", b"c")
    assert await fetcher.get("https://b.example/") == b"b" * 600
