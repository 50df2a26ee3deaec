"""`python -m benchmarks.ledger`: every design in turn, verified, and what came of it as a report."""

from __future__ import annotations

import argparse
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks import limits
from benchmarks.ledger import picture, report, yardstick
from benchmarks.ledger.design import Design
from benchmarks.ledger.designs import OURS, designs, grown
from benchmarks.ledger.growth import Stage, grow
from benchmarks.ledger.postgres import Connected, MeasuredPostgres, measured_postgres
from benchmarks.ledger.results import PLAIN, Results
from benchmarks.ledger.rounds import Contender, Rounds
from benchmarks.ledger.wire import measure_wire
from benchmarks.ledger.workload import FUNDS, PEOPLE, WORKLOADS
from benchmarks.report import RESULTS


@dataclass(frozen=True)
class Plan:
    """How much of everything; the full run takes minutes, the quick one about 20 seconds."""

    rounds: int
    sizes: tuple[int, ...]
    seconds: float
    """Of calls for one design, workload and size in one round."""
    grown: tuple[int, ...]
    """Entries."""
    grown_rivals: tuple[int, ...]
    grown_seconds: float
    wire_tips: int
    """Over gRPC, one by one and again in batches."""
    wire_rounds: int
    also_clients: tuple[int, ...] = ()
    """Of pgbench, for information, beside the one client of the yardstick."""


FULL = Plan(
    15,
    (1, 16, 64, 256, 1024),
    0.2,
    (10_000, 1_000_000, 10_000_000),
    (10_000, 1_000_000),
    3.0,
    25_600,
    5,
    (limits.CLIENTS,),
)
QUICK = Plan(2, (1, 256), 0.1, (10_000,), (10_000,), 0.2, 2_560, 2)


async def measure(plan: Plan, disk: Path | None) -> Results:
    async with measured_postgres(disk) as postgres, AsyncExitStack() as stack:
        contenders = [await _open(postgres, stack, design) for design in designs()]
        scripts = await _scripts(postgres)
        rounds = Rounds(WORKLOADS)
        single: dict[tuple[str, int], list[float]] = defaultdict(list)
        await rounds.warm_up(contenders, plan.sizes)
        for number in range(1, plan.rounds + 1):
            print(f"round {number} of {plan.rounds} ...")
            for key, (dsn, script) in scripts.items():
                rate = await yardstick.tips_per_second(dsn, script, 1, 1, postgres.scratch)
                single[key, 1].append(rate)
            await rounds.run(contenders, plan.sizes, plan.seconds, seed=number)
        for clients in plan.also_clients:
            for key, (dsn, script) in scripts.items():
                rate = await yardstick.tips_per_second(dsn, script, clients, 1, postgres.scratch)
                single[key, clients].append(rate)
        print("verifying ...")
        for contender in contenders:
            await contender.verify()
        await _verify_scripts(scripts)
        return Results(
            conditions=await postgres.conditions(),
            names={design.key: design.name for design in designs()},
            rounds=rounds,
            sizes=plan.sizes,
            single=dict(single),
            growth=await _growth(postgres, plan),
        )


async def _open(postgres: MeasuredPostgres, stack: AsyncExitStack, design: Design) -> Contender:
    dsn = await postgres.create_database(f"core_{design.key}")
    connection = await stack.enter_async_context(Connected(dsn))
    await design.prepare(connection, PEOPLE, FUNDS)
    return Contender(design, dsn, connection)


async def _scripts(postgres: MeasuredPostgres) -> dict[str, tuple[str, str]]:
    """A database of its own and a script for each way to send one tip in pgbench."""
    scripts = {}
    for key in yardstick.WAYS:
        dsn = await postgres.create_database(key)
        async with Connected(dsn) as connection:
            await yardstick.prepare(connection, PEOPLE, FUNDS)
        scripts[key] = (dsn, yardstick.script(PEOPLE, pipelined=key != PLAIN))
    for design in designs():
        dsn = await postgres.create_database(f"single_{design.key}")
        async with Connected(dsn) as connection:
            await design.prepare(connection, PEOPLE, FUNDS)
        scripts[design.key] = (dsn, design.one_tip(PEOPLE))
    return scripts


async def _verify_scripts(scripts: dict[str, tuple[str, str]]) -> None:
    by_key = {design.key: design for design in designs()}
    for key, (dsn, _) in scripts.items():
        async with Connected(dsn) as connection:
            await by_key.get(key, yardstick).verify(connection, dsn)


async def _growth(postgres: MeasuredPostgres, plan: Plan) -> list[Stage]:
    stages: list[Stage] = []
    for design in grown():
        print(f"growing {design.key} ...")
        sizes = plan.grown if design.key == OURS else plan.grown_rivals
        stages += await grow(postgres, design, sizes, plan.grown_seconds)
    return stages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="20 seconds; prints only, unless --into is given"
    )
    parser.add_argument("--disk", type=Path, help="a directory on the disk to measure, instead of TMPDIR")
    parser.add_argument("--into", type=Path, help="where the report goes, instead of benchmarks/results")
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else FULL
    results = uvloop.run(measure(plan, arguments.disk))
    print("over gRPC ...")
    results.wire += measure_wire(arguments.disk, plan.wire_tips, plan.wire_rounds)
    folder = arguments.into or (None if arguments.quick else RESULTS)
    if folder is None:
        print(report.table(results))
        return
    print(report.write(results, folder))
    picture.draw(results, folder)


if __name__ == "__main__":
    main()
