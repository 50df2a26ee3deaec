"""Servers of strangers that answer in odd ways: what they cost, and what is read all the same."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import h11
import httpx
import pytest

from academe.services.credential.validation import fetch, network
from academe.services.credential.validation.fetch import Unreachable, WebFetcher
from tests.unit.credential.validation import strangers


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stranger") / "stranger.pem"
    strangers.self_signed(path)
    return path


@pytest.fixture
async def fetcher(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WebFetcher]:
    """One that takes this machine for a public one, and trusts the certificate."""
    trust = httpx.create_ssl_context

    def trusting(**given: Any) -> Any:
        context = trust(**given)
        context.load_verify_locations(certificate)
        return context

    monkeypatch.setattr(httpx, "create_ssl_context", trusting)
    monkeypatch.setattr(network, "is_public", lambda address: True)
    made = WebFetcher()
    yield made
    await made.close()


class Turns:
    """How much of HTTP was read at most before anybody else had a turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.most = self._in_a_row = 0
        read = h11.Connection.next_event

        def counted(connection: h11.Connection) -> Any:
            self._in_a_row += 1
            self.most = max(self.most, self._in_a_row)
            return read(connection)

        monkeypatch.setattr(h11.Connection, "next_event", counted)

    async def take(self) -> None:
        while True:
            self._in_a_row = 0
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (strangers.one_byte_pieces, "more than 500 parts"),
        (strangers.nothing_yet, "too much around the document"),
        (strangers.headers_behind, "too much around the document"),
        (strangers.one_byte_records, "too small pieces"),
    ],
)
async def test_answers_that_are_mostly_work(
    fetcher: WebFetcher,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: strangers.Answer,
    told: str,
) -> None:
    """They are given up for what they are and not for the time, and others have their turns meanwhile."""
    monkeypatch.setattr(fetch, "SECONDS", 10.0)
    turns = Turns(monkeypatch)
    other = asyncio.create_task(turns.take())
    async with strangers.stranger(certificate, answer) as address:
        with pytest.raises(Unreachable, match=told):
            await fetcher.get(f"{address}/.well-known/did.json")
    other.cancel()

    assert turns.most < 500


@pytest.mark.parametrize("piece", [1_000, 8_000, 262_144])
async def test_as_large_as_a_document_may_be(fetcher: WebFetcher, certificate: Path, piece: int) -> None:
    """In pieces of the sizes that servers make."""
    document = bytes(range(256)) * 1_024

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(strangers.BEGINS)
        for start in range(0, len(document), piece):
            part = document[start : start + piece]
            writer.write(b"%x\r\n%s\r\n" % (len(part), part))
        writer.write(b"0\r\n\r\n")

    async with strangers.stranger(certificate, answer) as address:
        assert await fetcher.get(f"{address}/list") == document


async def test_many_answers_over_one_connection(fetcher: WebFetcher, certificate: Path) -> None:
    """What is allowed around a document is allowed around each of them."""
    header = b"x: " + b"y" * 6_000

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n%s\r\n\r\n{}" % header)

    async with strangers.stranger(certificate, answer) as address:
        answers = [await fetcher.get(f"{address}/{number}") for number in range(5)]

    assert answers == [b"{}"] * 5


async def test_the_certificates_that_are_trusted(
    fetcher: WebFetcher, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first question has them read, once, and the event loop has no part in it."""
    trust, readers = httpx.create_ssl_context, []

    def noted(**given: Any) -> Any:
        readers.append(threading.get_ident())
        return trust(**given)

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

    monkeypatch.setattr(httpx, "create_ssl_context", noted)
    async with strangers.stranger(certificate, answer) as address:
        await asyncio.gather(*(fetcher.get(f"{address}/{number}") for number in range(5)))

    assert len(readers) == 1
    assert readers != [threading.get_ident()]


async def test_an_answer_that_is_too_large(fetcher: WebFetcher, certificate: Path) -> None:
    """By one byte."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        length = fetch.BYTES_MAX + 1
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % length + b"x" * length)

    async with strangers.stranger(certificate, answer) as address:
        with pytest.raises(Unreachable, match="more than 262144 bytes"):
            await fetcher.get(f"{address}/list")
