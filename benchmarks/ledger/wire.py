"""Tips over gRPC: the whole server between the player and the ledger, with tokens, access and validation."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import grpc

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as tip_pb
from academe.api.type.v1 import money_pb2
from academe.ids import new_id
from benchmarks import limits
from benchmarks.ledger import yardstick
from benchmarks.ledger.design import CURRENCY
from benchmarks.ledger.postgres import Connected
from benchmarks.ledger.workload import FUNDS, PEOPLE
from benchmarks.player import Call, play
from benchmarks.seed import Someone, register
from benchmarks.server import Server, embedded_dsn

SEND_TIP = "/academe.api.tip.v1.TipService/SendTip"
BATCH_SEND_TIPS = "/academe.api.tip.v1.TipService/BatchSendTips"
IN_FLIGHT = 128
TIPS_PER_CALL = 128
"""Of BatchSendTips: as many as fit into one frame of HTTP/2, which is what the player sends."""
CALLS_IN_FLIGHT = 8
"""Of BatchSendTips, so that the next ones are read while some are written."""
CONNECTIONS = 8
SENDERS = 64
EDUCATORS = 20


@dataclass(frozen=True)
class WireRate:
    """What the player saw of one method; latencies are of calls, everything else is for each tip. Of several
    rounds the medians."""

    name: str
    in_flight: int
    tips: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    """Of the server's process, PostgreSQL not included."""
    single: float = 0.0
    """One tip in one transaction in pgbench, by one client, on the server's own PostgreSQL just before."""
    times: float = 0.0
    """Of that rate, round by round."""


@dataclass(frozen=True)
class Crowd:
    """Who tips whom, signed in."""

    senders: list[Someone]
    educators: list[Someone]


def measure_wire(disk: Path | None, tips: int, rounds: int) -> list[WireRate]:
    """A server on the disk, and so many tips one by one and again in batches, in rounds; each begins with a
    look at what pgbench does, since the machine is not the same a minute later."""
    with tempfile.TemporaryDirectory(prefix="academe-wire-", dir=disk, ignore_cleanup_errors=True) as made:
        data_dir = Path(made) / "data"
        server = Server(data_dir, ACADEME_BCRYPT_COST="4")  # passwords are not what is measured
        try:
            crowd = gather_crowd(server)
            dsn = embedded_dsn(data_dir)
            play_tips(server, "warm-up", unary_calls(crowd, IN_FLIGHT))

            asyncio.run(_prepare_yardstick(dsn))
            turns = [_turn(server, crowd, dsn, Path(made), tips // rounds) for _ in range(rounds)]
            return [_median(list(rates)) for rates in zip(*turns, strict=True)]
        finally:
            server.stop()


def _turn(server: Server, crowd: Crowd, dsn: str, scratch: Path, tips: int) -> list[WireRate]:
    """pgbench, then each method."""

    def count() -> int:
        return asyncio.run(_count_tips(dsn))

    single = limits.pgbench(dsn, yardstick.script(PEOPLE, pipelined=False), 1, scratch, clients=1)
    before = count()
    unary = play_tips(server, "SendTip", unary_calls(crowd, tips))
    after = count()
    calls = batched_calls(crowd, tips // TIPS_PER_CALL)
    batched = play_tips(
        server, "BatchSendTips", calls, tips_per_call=TIPS_PER_CALL, in_flight=CALLS_IN_FLIGHT
    )
    rates = [counted(unary, before, lambda: after), counted(batched, after, count)]
    return [replace(each, single=single, times=each.per_second / single) for each in rates]


def _median(rates: Sequence[WireRate]) -> WireRate:
    def of(name: str) -> float:
        return statistics.median(getattr(each, name) for each in rates)

    medians = {name: of(name) for name in ("per_second", "p50_ms", "p99_ms", "cpu_us", "single", "times")}
    return replace(rates[0], tips=sum(each.tips for each in rates), **medians)


async def _prepare_yardstick(dsn: str) -> None:
    async with Connected(dsn) as connection:
        await yardstick.prepare(connection, PEOPLE, FUNDS)


async def _count_tips(dsn: str) -> int:
    async with Connected(dsn) as connection:
        tips: int = await connection.fetchval("select count(*) from tip.tip")
        return tips


def gather_crowd(server: Server) -> Crowd:
    """Registered, with wallets filled, through the server's own API."""
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


def batched_calls(crowd: Crowd, count: int) -> list[Call]:
    """So many calls of BatchSendTips, each of one sender."""
    calls = []
    for sender in itertools.islice(itertools.cycle(crowd.senders), count):
        drafts = [
            tip_pb2.TipDraft(
                request_id=str(new_id()),
                educator_id=crowd.educators[number % len(crowd.educators)].user_id,
                amount=money_pb2.Money(currency_code=CURRENCY, minor_units=100 + number),
            )
            for number in range(TIPS_PER_CALL)
        ]
        request = tip_pb.BatchSendTipsRequest(tips=drafts)
        calls.append(Call(BATCH_SEND_TIPS, request.SerializeToString(), sender.token))
    return calls


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
