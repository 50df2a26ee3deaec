"""Rings: people who tip each other in a circle, which moves money without anybody being thanked.

Nobody can tip themselves; with a second account, or a friend, money comes back all the same. A ring proves
nothing, two educators may well thank each other, so it is a reason to look at a payout and not to refuse it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Ring:
    """Each of `people` tipped the next one, and the last one the first: two or three, the educator first."""

    people: Sequence[UUID]

    def __str__(self) -> str:
        """For an administrator to read: "a -> b -> a"."""
        return " -> ".join(str(person) for person in (*self.people, self.people[0]))
