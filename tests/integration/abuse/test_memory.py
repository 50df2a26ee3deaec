"""One hostile connection costs the server less than 64 MB, whatever it sends or leaves unread."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import psutil
import pytest

from academe.settings import Settings
from tests.integration.abuse.conftest import Attack, Attacks
from tests.integration.abuse.wire import Wire, message, request
from tests.support.pipeline_server import ENGINE
from tests.support.process import ServerProcess

MEGABYTE = 1 << 20
COST_MAX = 64 * MEGABYTE

DEFAULTS = Settings.with_defaults()
LIMIT = DEFAULTS.max_message_bytes
STREAMS = range(1, 2 * DEFAULTS.max_streams_per_connection, 2)

REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


@dataclass(frozen=True, slots=True)
class Memory:
    """Of a process, in bytes: what it uses, and what it has set aside."""

    resident: int
    reserved: int

    @classmethod
    def of(cls, server: ServerProcess) -> Memory:
        assert server.process is not None
        found = psutil.Process(server.process.pid).memory_info()
        return cls(found.rss, found.vms)

    def max(self, other: Memory) -> Memory:
        return Memory(max(self.resident, other.resident), max(self.reserved, other.reserved))


class Watch:
    """Looks at a server's memory 200 times a second, in a thread."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.peak = Memory.of(server)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.005):
            self.peak = self.peak.max(Memory.of(self._server))


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    """One that nobody has abused before: memory freed earlier would hide what is taken now."""
    started = ServerProcess(tmp_path_factory.mktemp("abused"), ACADEME_GRPC_ENGINE=ENGINE)
    await started.start()
    yield started
    assert await started.stop() == 0


@pytest.fixture(scope="module")
async def fresh(server: ServerProcess) -> Memory:
    """Its memory before the first attack, with which each is compared: what one leaves behind, the next
    has the less of."""
    await asyncio.to_thread(lambda: Wire(server.address).socket.close())  # the engine loads what it needs
    return Memory.of(server)


Costs = Callable[[Attack], Awaitable[Memory]]


@pytest.fixture
def cost_of(
    server: ServerProcess, fresh: Memory, attack: Attacks, record_property: Callable[[str, object], None]
) -> Costs:
    """Runs an attack and returns what it took more than a fresh server has."""

    async def run(what: Attack) -> Memory:
        with Watch(server) as watch:
            await attack(what)
        cost = Memory(watch.peak.resident - fresh.resident, watch.peak.reserved - fresh.reserved)
        record_property("resident_mb", cost.resident // MEGABYTE)
        record_property("reserved_mb", cost.reserved // MEGABYTE)
        print(f"{cost.resident // MEGABYTE} MB used, {cost.reserved // MEGABYTE} MB set aside")  # noqa: T201
        return cost

    return run


async def test_a_hundred_messages_that_are_almost_complete(cost_of: Costs) -> None:
    """Every stream holds all but the last byte of the largest message."""

    def hold(address: str) -> None:
        with Wire(address) as wire:
            body = message(b"\x0a" * (LIMIT - 1), length=LIMIT)
            for stream in STREAMS:
                wire.send(wire.headers(stream, request()), wire.data(stream, body, end=False))
            wire.read_until(lambda: False, 1.0)

    assert (await cost_of(hold)).resident < COST_MAX


async def test_a_message_without_an_end(cost_of: Costs) -> None:
    """A message of 4 GB is not collected until it is complete."""

    def pour(address: str) -> None:
        with Wire(address) as wire:
            wire.send(wire.headers(1, request()), wire.data(1, message(length=2**32 - 1), end=False))
            for _ in range(400):  # 200 MB, if the server takes them
                if not wire.read_until(lambda: wire.room(1) > MEGABYTE // 2, 0.5):
                    break
                wire.send(wire.data(1, bytes(MEGABYTE // 2), end=False))

    assert (await cost_of(pour)).resident < COST_MAX


async def test_large_messages_side_by_side(cost_of: Costs) -> None:
    """4 MB on every stream, which is 16 times the limit."""

    def pour(address: str) -> None:
        with Wire(address) as wire:
            body = message(b"\x0a" * (16 * LIMIT - 1000), length=16 * LIMIT)
            for stream in STREAMS:
                wire.send(wire.headers(stream, request()), wire.data(stream, body[: 4 * LIMIT], end=False))
            for stream in STREAMS:
                wire.send(wire.data(stream, body[4 * LIMIT :], end=False))
            wire.read_until(lambda: False, 0.5)

    assert (await cost_of(pour)).resident < COST_MAX


async def test_lengths_that_lie(cost_of: Costs) -> None:
    """Nothing is set aside on the word of a client: a machine with less would end the server for it."""

    def lie(address: str) -> None:
        with Wire(address) as wire:
            for stream in STREAMS:
                wire.send(wire.headers(stream, request()))
                wire.send(wire.data(stream, message(b"abc", length=2**32 - 1), end=False))
            wire.read_until(lambda: False, 0.5)

    cost = await cost_of(lie)

    assert cost.resident < COST_MAX
    assert cost.reserved < 1024 * MEGABYTE


@pytest.mark.parametrize("streams", [1, 100])
async def test_a_compressed_message_that_inflates(cost_of: Costs, streams: int) -> None:
    """200 KB that become 200 MB, once and on every stream."""
    body = message(gzip.compress(bytes(200 * MEGABYTE)), flag=1)

    def inflate(address: str) -> None:
        with Wire(address) as wire:
            for stream in STREAMS[:streams]:
                headers = wire.headers(stream, request(grpc_encoding="gzip"))
                wire.send(headers, wire.data(stream, body))
            wire.read_until(lambda: False, 1.0)

    assert (await cost_of(inflate)).resident < COST_MAX


async def test_metadata_without_an_end(cost_of: Costs) -> None:
    """2,000 CONTINUATION frames of 16 KB."""

    def pour(address: str) -> None:
        with Wire(address) as wire:
            wire.send(wire.headers(1, request(), "END_STREAM"))
            frames = wire.continuation(1, b"\x00" + b"\x01a" * 8191) * 100
            for _ in range(20):
                wire.send(frames)

    assert (await cost_of(pour)).resident < COST_MAX


async def test_answers_that_nobody_reads(cost_of: Costs) -> None:
    """50,000 calls by a client that never reads: what the server cannot send, it does not collect."""

    def deafen(address: str) -> None:
        with Wire(address) as wire:
            wire.socket.settimeout(1.0)
            for first in range(1, 100_000, 200):
                wire.send(*(wire.call(stream) for stream in range(first, first + 200, 2)))
                if wire.closed:
                    break

    assert (await cost_of(deafen)).resident < COST_MAX


async def test_answers_that_have_no_room(cost_of: Costs) -> None:
    """A stream of 20,000 questions whose answers the client leaves no window for."""
    question = message(b"\x3a\x01*")  # list_services: "*"

    def stuff(address: str) -> None:
        with Wire(address, window=0) as wire:
            wire.socket.settimeout(2.0)
            wire.send(wire.headers(1, request(REFLECTION)))
            wire.send(wire.data(1, question * 20_000, end=False))
            wire.read_until(lambda: False, 1.0)

    assert (await cost_of(stuff)).resident < COST_MAX
