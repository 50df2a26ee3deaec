"""What something costs, told apart from what else goes on on the machine."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 10


def cpu_seconds(work: Callable[[], object], enough: float) -> float:
    """CPU time of this process for `work`: of a few times the first that is less than `enough`, or the last.

    A machine that is busy with other things makes it more, never less.
    """
    spent = 0.0
    for _ in range(TRIES):
        started = time.process_time()
        work()
        spent = time.process_time() - started
        if spent < enough:
            break
    return spent
