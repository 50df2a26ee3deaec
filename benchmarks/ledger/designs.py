"""The designs that are measured; the only place that knows all of them."""

from __future__ import annotations

from benchmarks.ledger.academe import Academe
from benchmarks.ledger.design import Design
from benchmarks.ledger.per_transfer import PerTransfer
from benchmarks.ledger.rows_alone import RowsAlone
from benchmarks.ledger.savepoints import Savepoints

OURS = "academe"
"""The key of our own design, which the targets are about."""


def designs() -> tuple[Design, ...]:
    """In the order in which they take turns."""
    return (Academe(), PerTransfer(), Savepoints(), RowsAlone())


def grown() -> tuple[Design, ...]:
    """Those that are also looked at when they have grown: the ledgers."""
    return designs()[:-1]
