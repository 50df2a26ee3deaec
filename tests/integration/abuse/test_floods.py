"""Frames that are each allowed, in numbers that are not."""

from __future__ import annotations

from hyperframe.frame import (
    DataFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from tests.integration.abuse.conftest import Attacks
from tests.integration.abuse.wire import FRAME_BYTES, Wire, message, request


async def test_rapid_reset(attack: Attacks) -> None:
    """3,000 calls begun and reset at once cost no more than the connection that made them."""

    def reset(address: str) -> None:
        with Wire(address) as wire:
            for first in range(1, 6001, 200):
                streams = range(first, first + 200, 2)
                wire.send(
                    *(wire.call(one) + RstStreamFrame(one, error_code=8).serialize() for one in streams)
                )
            wire.send(wire.call(6003))
            assert wire.status(6003) is not None

    await attack(reset)


async def test_headers_that_never_end(attack: Attacks) -> None:
    """2,000 CONTINUATION frames of 16 KB; test_memory says what may be kept of them."""

    def continue_for_ever(address: str) -> None:
        with Wire(address) as wire:
            wire.send(wire.headers(1, request(), "END_STREAM"))
            frame = wire.continuation(1, b"\x00" * FRAME_BYTES)
            for _ in range(20):
                wire.send(frame * 100)

    await attack(continue_for_ever)


async def test_small_continuations(attack: Attacks) -> None:
    """20,000 empty CONTINUATION frames, which cost a server more than their sender."""

    def continue_with_nothing(address: str) -> None:
        with Wire(address) as wire:
            wire.send(wire.headers(1, request(), "END_STREAM"))
            wire.send(wire.continuation(1, b"") * 20_000)
            wire.send(wire.continuation(1, b"", "END_HEADERS"))
            assert wire.status(1) is not None

    await attack(continue_with_nothing)


async def test_pings(attack: Attacks) -> None:
    """50,000 pings, whose answers are never read."""

    def ping(address: str) -> None:
        with Wire(address) as wire:
            wire.send(PingFrame(0, opaque_data=b"12345678").serialize() * 50_000)

    await attack(ping)


async def test_settings(attack: Attacks) -> None:
    """20,000 changes of the settings, each of which wants an answer and touches every stream."""

    def change_settings(address: str) -> None:
        with Wire(address) as wire:
            wire.send(*(wire.headers(one, request()) for one in range(1, 200, 2)))
            small, large = (
                SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: size}).serialize()
                for size in (1, 1_000_000)
            )
            wire.send((small + large) * 10_000)

    await attack(change_settings)


async def test_empty_data(attack: Attacks) -> None:
    """20,000 DATA frames with nothing in them."""

    def send_nothing(address: str) -> None:
        with Wire(address) as wire:
            wire.send(wire.headers(1, request()), DataFrame(1).serialize() * 20_000)
            wire.send(wire.data(1, message()))
            assert wire.status(1) is not None

    await attack(send_nothing)


async def test_one_byte_at_a_time(attack: Attacks) -> None:
    """A message in 20,000 frames of one byte."""

    def send_bytes(address: str) -> None:
        with Wire(address) as wire:
            wire.send(wire.headers(1, request()))
            wire.send(wire.data(1, message(length=20_000), end=False))
            wire.send(DataFrame(1, data=b"\x0a").serialize() * 20_000, wire.data(1, b""))
            assert wire.status(1) is not None

    await attack(send_bytes)


async def test_padding(attack: Attacks) -> None:
    """Frames that are nearly all padding."""

    def pad(address: str) -> None:
        with Wire(address) as wire:
            wire.send(wire.headers(1, request()))
            padded = DataFrame(1, data=b"", pad_length=255, flags=["PADDED"]).serialize()
            wire.send(padded * 200)
            wire.send(wire.data(1, message()))
            assert wire.status(1) is not None

    await attack(pad)


async def test_priorities(attack: Attacks) -> None:
    """20,000 rearrangements of streams that do not exist, some depending on themselves."""

    def rearrange(address: str) -> None:
        with Wire(address) as wire:
            frames = (
                PriorityFrame(one, depends_on=(one - 2) % 199, stream_weight=7).serialize()
                for one in range(1, 40_000, 2)
            )
            wire.send(*frames)

    await attack(rearrange)


async def test_window_updates(attack: Attacks) -> None:
    """20,000 window updates of one byte, then one that overflows the window."""

    def update(address: str) -> None:
        with Wire(address) as wire:
            wire.send(WindowUpdateFrame(0, window_increment=1).serialize() * 20_000)
            wire.send(WindowUpdateFrame(0, window_increment=2**31 - 1).serialize())
            wire.send(wire.call(1))
            assert wire.status(1) is not None

    await attack(update)


async def test_more_streams_than_allowed(attack: Attacks) -> None:
    """Of 300 calls begun at once, 100 wait for their requests, the others are refused; then those 100 end."""

    def crowd(address: str) -> None:
        with Wire(address) as wire:
            streams = range(1, 601, 2)
            wire.send(*(wire.headers(one, request()) for one in streams))
            wire.read_until(lambda: sum(isinstance(frame, RstStreamFrame) for frame in wire.frames) >= 200)
            refused = {frame.stream_id for frame in wire.frames if isinstance(frame, RstStreamFrame)}
            assert len(refused) == 200
            begun = [one for one in streams if one not in refused]
            wire.send(*(wire.data(one, message()) for one in begun))
            assert {wire.status(one) for one in begun} == {"0"}

    await attack(crowd)


async def test_more_connections_than_anybody_needs(attack: Attacks) -> None:
    """300 connections that greet and say no more."""

    def connect(address: str) -> None:
        wires = [Wire(address) for _ in range(300)]
        wires[-1].send(wires[-1].call(1))
        assert wires[-1].status(1) == "0"
        for wire in wires:
            wire.socket.close()

    await attack(connect)
