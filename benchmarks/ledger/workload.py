"""Who tips whom: many educators, a few, or one. The same seed gives every design the same tips."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.ledger.design import Batch, People

PEOPLE = People(payer_count=10_000, educator_count=1_000)

FUNDS = 10**12
"""Minor units in each wallet at the start: more than any run can spend."""

AMOUNT_MIN, AMOUNT_MAX = 100, 10_000  # minor units
FEE_DIVISOR = 20  # the platform's share is 5 %


@dataclass(frozen=True)
class Workload:
    """Payers are drawn from all, educators from the first so many."""

    name: str
    key: str
    educators: int


UNIFORM = Workload("1,000 educators", "uniform", 1_000)
HOT = Workload("20 hot educators", "hot", 20)
HOTTEST = Workload("one single educator", "hottest", 1)
WORKLOADS = (UNIFORM, HOT, HOTTEST)


def batches(workload: Workload, size: int, seed: int, people: People = PEOPLE) -> Iterator[Batch]:
    """Batches without end, of so many tips each; ids are new every time, everything else follows the seed."""
    choose = random.Random(seed)
    payers, educators = people.payers, people.educators[: workload.educators]
    while True:
        batch = Batch()
        for _ in range(size):
            amount = choose.randint(AMOUNT_MIN, AMOUNT_MAX)
            batch.add(choose.choice(payers), choose.choice(educators), amount, amount // FEE_DIVISOR)
        yield batch
