"""A run's numbers, and the targets that they are held against."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.ledger.designs import OURS
from benchmarks.ledger.growth import Stage
from benchmarks.ledger.per_transfer import PerTransfer
from benchmarks.ledger.rounds import Case, Rounds
from benchmarks.ledger.rows_alone import RowsAlone
from benchmarks.ledger.savepoints import Savepoints
from benchmarks.ledger.wire import WireRate
from benchmarks.ledger.workload import HOTTEST, UNIFORM

TARGET_BATCH = 256
CORE, HOTTEST_CORE = (OURS, UNIFORM.key, TARGET_BATCH), (OURS, HOTTEST.key, TARGET_BATCH)
PLAIN = "plain"
"""The key of the yardstick among the ways to send a single tip (yardstick.WAYS and the designs)."""


@dataclass(frozen=True)
class Target:
    """What was aimed at; `value` is None when this run did not measure it."""

    text: str
    wanted: float | None
    """None where it is only told."""
    value: float | None
    unit: str = "x"
    at_most: bool = False

    @property
    def met(self) -> bool | None:
        if self.value is None or self.wanted is None:
            return None
        return self.value <= self.wanted if self.at_most else self.value >= self.wanted


@dataclass
class Results:
    """Rates are tips a second. `single[key, clients]` has a rate of each round."""

    conditions: dict[str, str]
    names: dict[str, str]
    rounds: Rounds
    sizes: tuple[int, ...]
    single: dict[tuple[str, int], list[float]]
    growth: list[Stage] = field(default_factory=list)
    wire: list[WireRate] = field(default_factory=list)

    def single_rate(self, key: str, clients: int = 1) -> float | None:
        seen = self.single.get((key, clients))
        return statistics.median(seen) if seen else None

    @property
    def yardstick(self) -> float:
        """One client, one tip a transaction: the textbook's or our own call, whichever is faster."""
        rates = (self.single_rate(PLAIN), self.single_rate(OURS))
        return max(rate for rate in rates if rate is not None)

    def rate(self, key: str, workload: str = UNIFORM.key, size: int = TARGET_BATCH) -> float | None:
        if (key, workload, size) not in self.rounds.slices:
            return None
        return self.rounds.per_second(key, workload, size)

    def best_size(self, key: str) -> int:
        """The size of batch that suits a design best, of the uniform workload."""
        return max(self.sizes, key=lambda size: self.rate(key, UNIFORM.key, size) or 0.0)

    def times(self, key: str, size: int = TARGET_BATCH) -> float | None:
        """Our core at the target's batch beside another design, round by round, of the uniform workload."""
        return self._beside(CORE, (key, UNIFORM.key, size))

    def times_single(self) -> float | None:
        """Our core at the target's batch beside the yardstick, round by round."""
        ours = self.rounds.slices.get(CORE)
        if ours is None:
            return None
        single = zip(self.single[PLAIN, 1], self.single[OURS, 1], strict=True)
        return statistics.median(
            core.per_second / max(rates) for core, rates in zip(ours, single, strict=True)
        )

    def targets(self) -> list[Target]:
        unary, batched = (self._wire(name) for name in ("SendTip", "BatchSendTips"))
        largest = [stage for stage in self.growth if stage.design == OURS and stage.entries >= 10_000_000]
        return [
            Target("core at batch 256 : single-tip rate", 30, self.times_single()),
            Target("core at batch 256 : the rows alone", None, self.times(RowsAlone.key)),
            Target("one single educator : uniform, at batch 256", 0.8, self._beside(HOTTEST_CORE, CORE)),
            Target(
                "core at batch 256 : one call per transfer at its best",
                3,
                self.times(PerTransfer.key, self.best_size(PerTransfer.key)),
            ),
            Target(
                "core at batch 256 : a savepoint per row at its best",
                2,
                self.times(Savepoints.key, self.best_size(Savepoints.key)),
            ),
            Target("unary SendTip at 128 in flight : single-tip rate", 3, unary),
            Target("BatchSendTips : single-tip rate", 10, batched),
            Target(
                "verification of 10 million entries",
                60,
                largest[0].verify_seconds if largest else None,
                unit=" s",
                at_most=True,
            ),
        ]

    def _beside(self, case: Case, other: Case) -> float | None:
        measured = case in self.rounds.slices and other in self.rounds.slices
        return self.rounds.times(case, other) if measured else None

    def _wire(self, name: str) -> float | None:
        return next((each.times for each in self.wire if each.name == name), None)

    def cases(self) -> Iterator[dict[str, Any]]:
        """Each design, workload and size with its medians and every round."""
        for (key, workload, size), slices in self.rounds.slices.items():
            yield {
                "design": key,
                "workload": workload,
                "batch": size,
                "tips_per_second": round(self.rounds.per_second(key, workload, size), 1),
                "call_ms": round(self.rounds.call_ms(key, workload, size), 3),
                "backend_cpu_us_per_tip": round(self.rounds.cpu_us(key, workload, size), 2),
                "rounds": [round(each.per_second, 1) for each in slices],
            }
