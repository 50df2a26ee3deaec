"""`python -m benchmarks.credentials`: a school with graduates, everything measured, a report."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
from grpc_health.v1 import health_pb2, health_pb2_grpc

from benchmarks.credentials import picture, report
from benchmarks.credentials.bulk import issue_in_bulk
from benchmarks.credentials.issuing import WARM_UP, issue_singly
from benchmarks.credentials.parts import measure_parts
from benchmarks.credentials.processes import Others
from benchmarks.credentials.publishing import make_lists, publish
from benchmarks.credentials.results import GRADUATES, Results
from benchmarks.credentials.school import School, open_school
from benchmarks.credentials.timing import Timed, timed
from benchmarks.credentials.verifying import verify_all
from benchmarks.ledger.postgres import MEMORY_FILE_SYSTEMS, file_system
from benchmarks.report import RESULTS

IN_FLIGHT = 32


@dataclass(frozen=True)
class Plan:
    """How much of everything; the full run takes some five minutes, the quick one about one."""

    graduates: int
    singles: int
    """Of IssueCredential, one at a time and again in flight."""
    quiet_seconds: float
    """Of the light caller with nothing else going on."""
    verified: int
    """Of each form."""
    published: int
    """Revocations, lists, checkpoints."""


FULL = Plan(GRADUATES, 1_000, 30.0, 300, 50)
QUICK = Plan(400, 100, 3.0, 20, 5)


def measure(plan: Plan, data_dir: Path) -> Results:
    """Issues, then verifies and publishes what was issued."""
    print(f"a school with {plan.graduates:,} graduates ...")
    if plan.graduates < WARM_UP + 2 * plan.singles:
        raise ValueError("too few graduates for so many single credentials")
    school = open_school(data_dir, plan.graduates)
    others = Others(school.processes)
    try:
        print("one at a time ...")
        single = issue_singly(school, plan.singles, IN_FLIGHT)
        print("the parts alone ...")
        parts = measure_parts(school)
        print("in bulk ...")
        bulk = asyncio.run(issue_in_bulk(school, plan.quiet_seconds))
        print("verifying ...")
        floor = _floor(school, plan.verified)
        verified, hostile = verify_all(school, plan.verified)
        print("publishing ...")
        published = [*make_lists(plan.published), *publish(school, plan.published)]
        conditions = {**_conditions(school), "others": f"{others.cores():.1f}"}
        return Results(conditions, floor, parts, single, bulk, verified, hostile, published)
    finally:
        school.server.stop()


def _floor(school: School, calls: int) -> Timed:
    with school.channel() as channel:
        health = health_pb2_grpc.HealthStub(channel)
        request = health_pb2.HealthCheckRequest()
        return timed("(an empty call)", [lambda: health.Check(request)] * (calls + 1), school.processes)


def _conditions(school: School) -> dict[str, str]:
    """What a reader has to know of the machine and the database to judge the numbers."""
    shown = {
        name: str(school.fetchval("select current_setting($1)", name))
        for name in ("server_version", "fsync", "synchronous_commit")
    }
    memory_gb = psutil.virtual_memory().total / 1e9
    return {
        "machine": f"{os.cpu_count()} cores ({platform.machine()}), {memory_gb:.0f} GB",
        "python": platform.python_version(),
        "disk": file_system(school.data_dir),
        "engine": "native",
        **shown,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute; prints only, unless --into is given")
    parser.add_argument("--disk", type=Path, help="a directory on the disk to measure, instead of TMPDIR")
    parser.add_argument("--into", type=Path, help="where the report goes, instead of benchmarks/results")
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else FULL
    with tempfile.TemporaryDirectory(
        prefix="academe-credentials-", dir=arguments.disk, ignore_cleanup_errors=True
    ) as made:
        kind = file_system(Path(made))
        if kind in MEMORY_FILE_SYSTEMS:
            sys.exit(f"{Path(made).parent} is in memory ({kind}); give a directory on a disk with --disk")
        results = measure(plan, Path(made) / "data")
    folder = arguments.into or (None if arguments.quick else RESULTS)
    if folder is None:
        print(report.table(results))
        return
    print(report.write(results, folder))
    picture.draw(results, folder)


if __name__ == "__main__":
    main()
