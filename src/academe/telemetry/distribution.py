"""A histogram for the event loop's thread alone, ten times cheaper than one that locks."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

DURATION_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: from a cached read to the longest that a call may take; three to a decade tell p99 well enough."""

SIZE_BOUNDS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
"""Items of a batch, up to the largest that the loaders and group commits make."""


class Distribution:
    """Counts of observed values by upper bound, with their sum.

    prometheus_client takes two locks for each value, which a single thread does not need: 1.3 microseconds
    against 0.15. Only the event loop may call `observe`; reading from elsewhere is harmless.
    """

    __slots__ = ("_bounds", "_counts", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        # A value equal to a bound belongs under it: Prometheus reads `le` as less or equal.
        self._counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    @property
    def count(self) -> int:
        return sum(self._counts)

    def buckets(self) -> list[tuple[str, float]]:
        """Cumulative counts by upper bound, as the exposition format has them."""
        bounds = [*(str(bound) for bound in self._bounds), "+Inf"]
        return [(bound, float(count)) for bound, count in zip(bounds, accumulate(self._counts), strict=True)]
