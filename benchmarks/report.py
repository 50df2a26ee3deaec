"""A run as a table, as data and as a picture, in benchmarks/results."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


LIMITS = """Limits are `pgbench -M prepared` with 8 clients on the same database, bcrypt apart. Read the
ratios: both sides of one were measured in the same run."""


@dataclass
class Row:
    """One method's figures; `limit` in the same unit as `per_second`."""

    name: str
    calls: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    memory_mb: float
    limit: float = 0.0
    limit_name: str = ""
    second_limit: float = 0.0
    second_limit_name: str = ""
    also: Row | None = None

    @property
    def ratio(self) -> float:
        return self.per_second / self.limit if self.limit else 0.0


def write_report(
    rows: list[Row], *, idle_mb: float, engine: str, in_flight: int, pipeline: dict[str, float]
) -> None:
    """Prints the table and writes <engine>.md, .json and .png."""
    RESULTS.mkdir(exist_ok=True)
    parts = ", ".join(f"{name} {cost:.1f}" for name, cost in pipeline.items())
    table = _table(rows, idle_mb, engine, in_flight)
    table += f"\nThe pipeline of interceptors, microseconds of CPU a call: {parts}.\n"
    print(table)
    (RESULTS / f"{engine}.md").write_text(table)
    data = {"rows": [dataclasses.asdict(row) for row in rows], "idle_mb": round(idle_mb, 1)}
    (RESULTS / f"{engine}.json").write_text(json.dumps(data, indent=1) + "\n")
    _picture(rows, engine)


def _table(rows: list[Row], idle_mb: float, engine: str, in_flight: int) -> str:
    lines = [
        f"# Benchmark, engine {engine}",
        "",
        _conditions(in_flight),
        LIMITS,
        "",
        "| call | calls/s | p50 ms | p99 ms | server CPU us/call | memory MB | limit/s | of limit |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    shown = [each for row in rows for each in (row, row.also) if each is not None]
    for row in shown:
        limit = f"{row.limit:,.0f} | {row.ratio:.2f}" if row.limit else "|"
        lines.append(
            f"| {row.name} | {row.per_second:,.0f} | {row.p50_ms:.1f} | {row.p99_ms:.1f} |"
            f" {row.cpu_us:,.0f} | {row.memory_mb:.0f} | {limit} |"
        )
    lines += ["", f"Idle memory of the server, without PostgreSQL: {idle_mb:.0f} MB.", "", "Limits:", ""]
    lines += [f"- {row.name}: {row.limit_name}{_second(row)}" for row in rows if row.limit_name]
    return "\n".join(lines) + "\n"


def _second(row: Row) -> str:
    if not row.second_limit:
        return ""
    share = row.per_second / row.second_limit
    return f"; beside it, {row.second_limit_name}: {row.second_limit:,.0f}/s, of which {share:.2f}"


def _conditions(in_flight: int) -> str:
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}; server, database and load share them. {in_flight} calls in flight "
        "(Authenticate: 4), authenticated, validated, logged; fsync on; every reply's gRPC status checked."
    )


def _picture(rows: list[Row], engine: str) -> None:
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
    names = [row.name.split()[0] for row in rows]
    places = range(len(rows))
    left.bar(
        [p - 0.2 for p in places], [row.per_second for row in rows], 0.4, label="Academe", color="#2f6f9f"
    )
    left.bar([p + 0.2 for p in places], [row.limit for row in rows], 0.4, label="limit", color="#c9c9c9")
    left.set_yscale("log")
    left.set_ylabel("calls a second")
    left.legend(frameon=False)
    right.bar(places, [row.cpu_us for row in rows], 0.5, color="#2f6f9f")
    right.set_yscale("log")
    right.set_ylabel("server CPU, microseconds a call")
    for axes in (left, right):
        axes.set_xticks(list(places), names, rotation=20, ha="right")
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"Academe, engine {engine}: calls beside the limit measured in the same run")
    figure.tight_layout()
    figure.savefig(RESULTS / f"{engine}.png", dpi=110)
