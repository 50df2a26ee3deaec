"""A cache that forgets what was not used for longest, bounded by what its values weigh."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lru(Generic[K, V]):
    """Holds values up to `max_weight` in all, in whatever unit the callers weigh them."""

    def __init__(self, max_weight: int) -> None:
        self._max_weight = max_weight
        self._weight = 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Keeps the value, unless it alone is heavier than all may be."""
        if weight > self._max_weight:
            return
        replaced = self._values.pop(key, None)
        if replaced is not None:
            self._weight -= replaced[1]
        self._values[key] = value, weight
        self._weight += weight
        while self._weight > self._max_weight:
            _, (_, forgotten) = self._values.popitem(last=False)
            self._weight -= forgotten
