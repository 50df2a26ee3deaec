"""Calls, timed: how long each took, and what they used of the processors."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from benchmarks.credentials.processes import Cpu, Processes
from benchmarks.player import Call, play
from benchmarks.server import Server

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Timed:
    """Of calls of one kind. `cpu` is of all of them together."""

    name: str
    milliseconds: list[float]
    elapsed_seconds: float
    in_flight: int = 1
    cpu: Cpu = field(default_factory=Cpu)

    @property
    def calls(self) -> int:
        return len(self.milliseconds)

    @property
    def p50_ms(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p99_ms(self) -> float:
        return sorted(self.milliseconds)[int(self.calls * 0.99)]

    @property
    def per_second(self) -> float:
        return self.calls / self.elapsed_seconds

    @property
    def cpu_ms(self) -> float:
        """Of everybody, for one call."""
        return self.cpu.total * 1000 / self.calls


def timed(name: str, works: Sequence[Callable[[], object]], processes: Processes | None = None) -> Timed:
    """Does these one after the other; the first one is not counted, because it warms up."""
    works[0]()
    milliseconds = []
    before = processes.cpu() if processes else Cpu()
    started = time.perf_counter()
    for work in works[1:]:
        begun = time.perf_counter()
        work()
        milliseconds.append((time.perf_counter() - begun) * 1000)
    elapsed = time.perf_counter() - started
    cpu = processes.cpu() - before if processes else Cpu()
    return Timed(name, milliseconds, elapsed, cpu=cpu)


def timed_in_turn(
    steps: Mapping[str, Callable[[Subject], object]], subjects: Sequence[Subject], processes: Processes
) -> list[Timed]:
    """Does every step for each subject before the next subject; the first one only warms up."""
    milliseconds: dict[str, list[float]] = {name: [] for name in steps}
    used = dict.fromkeys(steps, Cpu())
    for subject in subjects:
        for name, step in steps.items():
            before, begun = processes.cpu(), time.perf_counter()
            step(subject)
            milliseconds[name].append((time.perf_counter() - begun) * 1000)
            used[name] += processes.cpu() - before
    return [
        Timed(name, found[1:], sum(found[1:]) / 1000, cpu=used[name]) for name, found in milliseconds.items()
    ]


def played(name: str, server: Server, calls: Sequence[Call], in_flight: int, processes: Processes) -> Timed:
    """Plays calls over HTTP/2 and checks every grpc-status. Raises RuntimeError if one is not OK."""
    before = processes.cpu()
    connections = min(8, in_flight)
    result = asyncio.run(play("127.0.0.1", server.port, calls, connections=connections, in_flight=in_flight))
    cpu = processes.cpu() - before
    if result.statuses != {"0": len(calls)}:
        raise RuntimeError(f"{name}: not every call succeeded: {dict(result.statuses)}")
    return Timed(name, [one * 1000 for one in result.latencies], result.seconds, in_flight, cpu)
