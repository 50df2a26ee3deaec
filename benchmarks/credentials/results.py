"""A run's numbers, and the targets that they are held against."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.credentials.bulk import Bulk
from benchmarks.credentials.parts import Parts
from benchmarks.credentials.timing import Timed

GRADUATES = 10_000
"""Of the target; a run with fewer is held against as much less time."""


@dataclass(frozen=True)
class Target:
    """What was aimed at, at most."""

    text: str
    wanted: float
    value: float
    unit: str

    @property
    def met(self) -> bool:
        return self.value <= self.wanted


@dataclass(frozen=True)
class Results:
    """Everything that one run measured."""

    conditions: dict[str, str]
    floor: Timed
    """A call that does nothing, with the same blocking client: what of a figure is the way there and back."""
    parts: Parts
    single: list[Timed]
    """One at a time, then many in flight."""
    bulk: Bulk
    verified: list[Timed]
    hostile: list[Timed]
    published: list[Timed]

    @property
    def many_limit_seconds(self) -> float:
        """What the parts of the bulk cost alone, on one core."""
        return self.parts.many_cpu_ms * self.bulk.credentials / 1000

    def targets(self) -> list[Target]:
        allowed = 120 * self.bulk.credentials / GRADUATES
        count = f"{self.bulk.credentials:,}"
        verified = {one.name: one for one in self.verified}
        foreign = max((one for one in self.verified if "another's" in one.name), key=lambda one: one.p50_ms)
        worst = max(self.hostile, key=lambda one: one.cpu_ms)
        return [
            Target("IssueCredential, one at a time, p50", 15, self.single[0].p50_ms, "ms"),
            Target(f"{count} in bulk, on one core: all processor time", allowed, self.bulk.cpu.total, "s"),
            Target(f"{count} in bulk, elapsed", allowed, self.bulk.seconds, "s"),
            Target("VerifyCredential by code, p50", 15, verified["a code"].p50_ms, "ms"),
            Target(
                f"VerifyCredential of others' at its slowest ({foreign.name}), p50", 15, foreign.p50_ms, "ms"
            ),
            Target(f"hostile input at its dearest ({worst.name}), processor time", 100, worst.cpu_ms, "ms"),
        ]
