"""Bytes that are no HTTP/2, and HTTP/2 that breaks its own rules."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections.abc import Callable

import pytest
from hyperframe.frame import DataFrame, HeadersFrame, RstStreamFrame, SettingsFrame, WindowUpdateFrame

from tests.integration.abuse.conftest import Attacks
from tests.integration.abuse.wire import CLOSED, FRAME_BYTES, PREFACE, RESET, Wire, message, request

NOISE = random.Random(7)  # the same noise in every run


@pytest.mark.parametrize(
    "greeting",
    [
        pytest.param(NOISE.randbytes(100_000), id="noise"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: school.example\r\n\r\n", id="HTTP 1"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + NOISE.randbytes(400), id="TLS"),
        pytest.param(PREFACE[:-1] + b"X", id="almost the preface"),
        pytest.param(PREFACE + NOISE.randbytes(100_000), id="preface and noise"),
    ],
)
async def test_greetings_that_are_none(attack: Attacks, greeting: bytes) -> None:
    """The connection is closed, and nobody else notices."""

    def greet(address: str) -> None:
        with Wire(address, greet=False) as wire:
            wire.send(greeting)
            assert wire.wait_closed(), "closed at once, not held"

    await attack(greet)


async def test_connections_that_say_nothing(attack: Attacks) -> None:
    """200 connections without a word, or with half of one, do not keep anybody else out."""

    def say_nothing(address: str) -> None:
        wires = [Wire(address, greet=False) for _ in range(200)]
        for wire in wires[::2]:
            wire.send(PREFACE[:10])
        time.sleep(0.5)  # for the bystander to call beside them
        for wire in wires:
            wire.socket.close()

    await attack(say_nothing)


async def test_a_greeting_one_byte_at_a_time(attack: Attacks) -> None:
    """A slow client is still a client: it is served when it is done."""

    def drip(address: str) -> None:
        with Wire(address, greet=False) as wire:
            for byte in PREFACE + SettingsFrame(0).serialize() + wire.call(1):
                wire.send(bytes([byte]))
                time.sleep(0.002)
            assert wire.status(1) == "0"

    await attack(drip)


async def test_connections_cut_in_the_middle(attack: Attacks) -> None:
    """100 connections that end inside a frame, with and without a reset of TCP."""

    def cut(address: str) -> None:
        for number in range(100):
            wire = Wire(address)
            wire.send(wire.headers(1, request()), wire.data(1, message(length=50_000), end=False)[:-3])
            if number % 2:
                wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wire.socket.close()

    await attack(cut)


BROKEN: dict[str, Callable[[Wire], bytes]] = {
    "a frame longer than allowed": lambda wire: (
        wire.headers(1, request()) + DataFrame(1, data=b"x" * (FRAME_BYTES + 1)).serialize()
    ),
    "a length that lies": lambda wire: b"\xff\xff\xff\x00\x00\x00\x00\x00\x01" + b"x" * 1000,
    "headers on stream 0": lambda wire: b"\x00\x00\x01\x01\x04\x00\x00\x00\x00\x88",
    "data on stream 0": lambda wire: b"\x00\x00\x01\x00\x00\x00\x00\x00\x00x",
    "data on a stream that was never opened": lambda wire: wire.data(7, message()),
    "a stream of the server's": lambda wire: wire.headers(2, request()) + wire.data(2, message()),
    "a stream number that goes back": lambda wire: wire.call(5) + wire.call(3),
    "headers inside headers": lambda wire: (
        wire.headers(1, request(), "END_STREAM") + wire.headers(3, request())
    ),
    "a continuation of nothing": lambda wire: wire.continuation(1, b"\x88", "END_HEADERS"),
    "settings of half a setting": lambda wire: b"\x00\x00\x05\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00",
    "settings that are answered with content": lambda wire: (
        b"\x00\x00\x06\x04\x01\x00\x00\x00\x00\x00\x03\x00\x00\x00\x01"
    ),
    "a window of more than 31 bits": lambda wire: SettingsFrame(
        0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 2**32 - 1}
    ).serialize(),
    "a window that grows by nothing": lambda wire: b"\x00\x00\x04\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    "a ping of seven bytes": lambda wire: b"\x00\x00\x07\x06\x00\x00\x00\x00\x001234567",
    "a reset of nothing": lambda wire: RstStreamFrame(9, error_code=8).serialize(),
    "padding longer than the frame": lambda wire: (
        wire.headers(1, request()) + b"\x00\x00\x05\x00\x08\x00\x00\x00\x01\xff1234"
    ),
    "a promise from the client": lambda wire: b"\x00\x00\x05\x05\x04\x00\x00\x00\x01\x00\x00\x00\x02\x88",
    "header compression that points nowhere": lambda wire: HeadersFrame(
        1, data=b"\xff\xff\xff\xff\x0f", flags=["END_HEADERS"]
    ).serialize(),
    "header compression that is cut short": lambda wire: HeadersFrame(
        1, data=b"\x40\x7f\xff", flags=["END_HEADERS"]
    ).serialize(),
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_broken_rules(attack: Attacks, broken: str) -> None:
    """An engine may forgive it or close the connection; it never leaves the client's next call hanging."""

    def break_rule(address: str) -> None:
        with Wire(address) as wire:
            wire.send(BROKEN[broken](wire))
            wire.send(wire.call(101))
            assert wire.status(101) in {"0", RESET, CLOSED}

    await attack(break_rule)


async def test_unknown_frames_are_skipped(attack: Attacks) -> None:
    """As HTTP/2 wants it: what a later version may send does no harm."""

    def extend(address: str) -> None:
        with Wire(address) as wire:
            for kind in range(0xB, 0x2B):
                wire.send(b"\x00\x00\x03" + bytes([kind]) + b"\xff\x00\x00\x00\x00abc")
            wire.send(wire.call(1))
            assert wire.status(1) == "0"

    await attack(extend)


async def test_noise_between_frames(attack: Attacks) -> None:
    """200 connections that are fine up to a random place, and noise from there."""

    def scribble(address: str) -> None:
        for _ in range(200):
            with Wire(address) as wire:
                sane = wire.call(1) + WindowUpdateFrame(0, window_increment=5).serialize()
                wire.send(sane[: NOISE.randrange(len(sane))] + NOISE.randbytes(2000))

    await attack(scribble)
