"""What a verification says."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS_TOLD = 20
"""Sentences of one check at most; `fault_count` counts them all. The statements have the same number."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the ledger, held against every row that it is about."""

    name: str
    examined: int
    """Rows looked at."""
    fault_count: int
    faults: tuple[str, ...] = ()
    """The first FAULTS_TOLD of them in alphabetical order, each a sentence that names the row."""
    head_hash: str = ""
    """In hexadecimal: what the chain of hashes ends with. Of the check of the chain, and of the summary."""

    @property
    def passed(self) -> bool:
        return self.fault_count == 0
