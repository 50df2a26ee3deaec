"""What a tip costs when the ledger has grown, and how long it takes then to verify all of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.ledger.design import Design
from benchmarks.ledger.postgres import Connected, MeasuredPostgres, database_of
from benchmarks.ledger.rounds import Contender
from benchmarks.ledger.workload import FUNDS, PEOPLE, UNIFORM, batches

BATCH = 256
LOOKS = 5


@dataclass(frozen=True)
class Stage:
    """A ledger of so many entries."""

    design: str
    entries: int
    fill_seconds: float
    us_per_tip: float
    """Wall time at batch 256, the median of several looks."""
    cpu_us_per_tip: float
    verify_seconds: float
    database_mb: float


async def grow(
    postgres: MeasuredPostgres, design: Design, sizes: Sequence[int], seconds: float
) -> list[Stage]:
    """Fills one database of a design to each size in turn (entries, ascending), and looks at it there.

    `seconds` are of calls at each size. Raises LedgerWrongError when what was filled does not verify.
    """
    dsn = await postgres.create_database(f"grown_{design.key}")
    stages: list[Stage] = []
    async with Connected(dsn) as connection:
        await design.prepare(connection, PEOPLE, FUNDS)
        contender = Contender(design, dsn, connection)
        for size in sizes:
            fill_seconds = await _fill(postgres, contender, size)
            stages.append(await _look(contender, size, fill_seconds, seconds))
    return stages


async def _fill(postgres: MeasuredPostgres, contender: Contender, size: int) -> float:
    """Seconds of the fill alone. What a loaded database does later by itself, vacuum, statistics and a
    checkpoint, is done afterwards, so that it does not run under the measurement."""
    missing = size // contender.design.entries_per_tip - contender.found_before - contender.sent
    async with postgres.superuser(database_of(contender.dsn)) as connection:
        await connection.execute("set session_replication_role = replica")
        await connection.execute("set work_mem = '256MB'")
        started = time.perf_counter()
        if missing > 0:
            await contender.design.fill(connection, PEOPLE, missing)
            contender.found_before += missing
        seconds = time.perf_counter() - started
        await connection.execute("vacuum (analyze)")
        await connection.execute("checkpoint")
    return seconds


async def _look(contender: Contender, size: int, fill_seconds: float, seconds: float) -> Stage:
    tips = batches(UNIFORM, BATCH, seed=size)
    await contender.look(tips, 0.1)
    looks = [await contender.look(tips, seconds / LOOKS) for _ in range(LOOKS)]
    verify_seconds = await contender.verify()
    size_bytes: int = await contender.connection.fetchval("select pg_database_size(current_database())")
    return Stage(
        design=contender.design.key,
        entries=size,
        fill_seconds=fill_seconds,
        us_per_tip=statistics.median(1e6 / each.per_second for each in looks),
        cpu_us_per_tip=statistics.median(each.cpu_us for each in looks),
        verify_seconds=verify_seconds,
        database_mb=size_bytes / 1e6,
    )
