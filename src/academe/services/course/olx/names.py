"""Gives items names of their own: in archives ids are unique by tag only, and not always then."""

from __future__ import annotations

import itertools


class Names:
    """The names given so far. However many items share an id, none costs more than the first."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        # By `tag/id`: the numbers that were not tried yet, so that none is tried twice.
        self._numbers: dict[str, itertools.count[int]] = {}

    def __len__(self) -> int:
        return len(self._taken)

    def claim(self, tag: str, source_id: str) -> str:
        """The item's own id, or `tag/id`, or that with the first free number from 2 on."""
        longer = f"{tag}/{source_id}"
        numbers = self._numbers.setdefault(longer, itertools.count(2))
        candidates = itertools.chain((source_id, longer), (f"{longer}~{number}" for number in numbers))
        found = next(candidate for candidate in candidates if candidate not in self._taken)
        self._taken.add(found)
        return found
