"""Rounds in which every design does everything once, so that a slow minute of the machine hits them all."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import asyncpg

from benchmarks.ledger.design import Batch, Design, LedgerWrongError
from benchmarks.ledger.postgres import Backend
from benchmarks.ledger.workload import Workload, batches

Case = tuple[str, str, int]
"""A design's key, a workload's key, and the size of a batch."""


@dataclass(frozen=True)
class Slice:
    """One look at one case: `seconds` and the backend's CPU time are of the calls alone."""

    tips: int
    seconds: float
    cpu_seconds: float
    call_seconds: float
    """Of the median call."""

    @property
    def per_second(self) -> float:
        return self.tips / self.seconds

    @property
    def cpu_us(self) -> float:
        return self.cpu_seconds / self.tips * 1e6


@dataclass
class Contender:
    """A design with its database open; `sent` counts what `verify` must find beyond `found_before`."""

    design: Design
    dsn: str
    connection: asyncpg.Connection
    found_before: int = 0
    sent: int = 0

    async def look(self, tips: Iterator[Batch], seconds: float) -> Slice:
        """Sends batch after batch until their calls took so long. Making a batch is not counted."""
        backend = Backend.of(self.connection)
        spent: list[float] = []
        count, total = 0, 0.0
        cpu = backend.cpu_seconds()
        while total < seconds:
            batch = next(tips)
            started = time.perf_counter()
            await self.design.send(self.connection, batch)
            spent.append(time.perf_counter() - started)
            total += spent[-1]
            count += len(batch)
        self.sent += count
        return Slice(count, total, backend.cpu_seconds() - cpu, statistics.median(spent))

    async def verify(self) -> float:
        """Seconds that it took to find every sum right and every tip there. Raises LedgerWrongError."""
        started = time.perf_counter()
        found = await self.design.verify(self.connection, self.dsn)
        seconds = time.perf_counter() - started
        if found != self.found_before + self.sent:
            raise LedgerWrongError(
                f"{self.design.key}: {self.found_before} tips and {self.sent} sent, but {found} found"
            )
        return seconds


class Rounds:
    """What was seen of several workloads, by case."""

    def __init__(self, workloads: Sequence[Workload]) -> None:
        self._workloads = workloads
        self.slices: dict[Case, list[Slice]] = defaultdict(list)

    async def warm_up(self, contenders: Sequence[Contender], sizes: Sequence[int]) -> None:
        """Enough calls that every plan is made and kept: PostgreSQL looks at the first five."""
        for contender in contenders:
            for size in sizes:
                for workload in self._workloads:
                    await contender.look(batches(workload, size, seed=0), 0.01)

    async def run(
        self, contenders: Sequence[Contender], sizes: Sequence[int], seconds: float, seed: int
    ) -> None:
        """One round: each size, each workload, each design in turn, `seconds` of calls for each."""
        for size in sizes:
            for workload in self._workloads:
                for contender in contenders:
                    seen = await contender.look(batches(workload, size, seed), seconds)
                    self.slices[contender.design.key, workload.key, size].append(seen)

    def per_second(self, design: str, workload: str, size: int) -> float:
        """Tips a second in the median round."""
        return statistics.median(each.per_second for each in self.slices[design, workload, size])

    def times(self, case: Case, other: Case) -> float:
        """How many times the rate of another case: the median of what each round says, since the machine is
        faster or slower from round to round and both have that in common."""
        pairs = zip(self.slices[case], self.slices[other], strict=True)
        return statistics.median(ours.per_second / theirs.per_second for ours, theirs in pairs)

    def cpu_us(self, design: str, workload: str, size: int) -> float:
        """The backend's CPU time for a tip over all rounds, in microseconds."""
        seen = self.slices[design, workload, size]
        return sum(each.cpu_seconds for each in seen) / sum(each.tips for each in seen) * 1e6

    def call_ms(self, design: str, workload: str, size: int) -> float:
        return statistics.median(each.call_seconds for each in self.slices[design, workload, size]) * 1e3
