"""Tips over gRPC: the whole server between the player and the ledger, with tokens, access and validation."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc

from academe.api.tip.v1 import tip_service_pb2 as tip_pb
from academe.api.type.v1 import money_pb2
from academe.ids import new_id
from benchmarks.ledger.design import CURRENCY
from benchmarks.player import Call, play
from benchmarks.seed import Someone, register
from benchmarks.server import Server

SEND_TIP = "/academe.api.tip.v1.TipService/SendTip"
IN_FLIGHT = 128
CONNECTIONS = 8
SENDERS = 64
EDUCATORS = 20


@dataclass(frozen=True)
class WireRate:
    """What the player saw of one method; latencies are of calls, everything else is for each tip."""

    name: str
    in_flight: int
    tips: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    """Of the server's process, PostgreSQL not included."""


@dataclass(frozen=True)
class Crowd:
    """Who tips whom, signed in."""

    senders: list[Someone]
    educators: list[Someone]


def gather_crowd(server: Server) -> Crowd:
    """Registered through the server's own API."""
    with grpc.insecure_channel(server.target) as channel, ThreadPoolExecutor(8) as threads:
        educators = threads.map(lambda n: register(channel, f"tipped{n}", True), range(EDUCATORS))
        senders = threads.map(lambda n: register(channel, f"tipper{n}", False), range(SENDERS))
        return Crowd(list(senders), list(educators))


def requests(crowd: Crowd, count: int) -> list[tuple[Someone, tip_pb.SendTipRequest]]:
    """So many different tips and their senders, in turn."""
    people = itertools.cycle(crowd.senders)
    made = []
    for number, sender in enumerate(itertools.islice(people, count)):
        educator = crowd.educators[number % len(crowd.educators)]
        request = tip_pb.SendTipRequest(
            request_id=str(new_id()),
            educator_id=educator.user_id,
            amount=money_pb2.Money(currency_code=CURRENCY, minor_units=100 + number % 900),
        )
        made.append((sender, request))
    return made


def unary_calls(crowd: Crowd, count: int) -> list[Call]:
    """A SendTip for each of so many tips."""
    return [
        Call(SEND_TIP, request.SerializeToString(), sender.token)
        for sender, request in requests(crowd, count)
    ]


def play_tips(
    server: Server, name: str, calls: Sequence[Call], *, tips_per_call: int = 1, in_flight: int = IN_FLIGHT
) -> WireRate:
    """Plays the calls and checks every grpc-status.

    That an OK reply of a batch took every one of its tips is not in its status: `counted` below tells.
    """
    before = server.cpu_seconds()
    result = asyncio.run(
        play("127.0.0.1", server.port, calls, connections=min(CONNECTIONS, in_flight), in_flight=in_flight)
    )
    cpu = server.cpu_seconds() - before
    if result.statuses != {"0": len(calls)}:
        raise RuntimeError(f"{name}: not every call succeeded: {dict(result.statuses)}")
    ordered = sorted(result.latencies)
    tips = len(calls) * tips_per_call
    return WireRate(
        name=name,
        in_flight=in_flight,
        tips=tips,
        per_second=tips / result.seconds,
        p50_ms=ordered[len(ordered) // 2] * 1000,
        p99_ms=ordered[int(len(ordered) * 0.99)] * 1000,
        cpu_us=cpu / tips * 1e6,
    )


def counted(rate: WireRate, before: int, count: Callable[[], int]) -> WireRate:
    """The same rate, if the ledger has as many tips more as were sent. Raises RuntimeError if it has not."""
    written = count() - before
    if written != rate.tips:
        raise RuntimeError(f"{rate.name}: {rate.tips} tips were sent, but the ledger has {written} more")
    return rate
