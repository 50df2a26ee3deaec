"""What a verification of the log says."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS_TOLD = 20
"""Sentences of one check at most; `fault_count` counts them all. The statements have the same number."""


@dataclass(frozen=True, slots=True)
class LogCheck:
    """One rule of the log, held against everything that it is about."""

    name: str
    """leaves, nodes, checkpoints or kept."""
    examined: int
    fault_count: int
    faults: tuple[str, ...] = ()
    """The first FAULTS_TOLD of them, each a sentence that names what is wrong."""

    @property
    def passed(self) -> bool:
        return self.fault_count == 0
