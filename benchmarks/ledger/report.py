"""A run as tables and as data: ledger.md and ledger.json."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.ledger.designs import OURS
from benchmarks.ledger.results import TARGET_BATCH, Results, Target
from benchmarks.ledger.workload import WORKLOADS
from benchmarks.ledger.yardstick import WAYS

HOW = """Read the ratios. Designs take turns in every round, so that a slow minute of a shared machine hits
all of them. A number is the median of the rounds, and a target's ratio the median of each round's ratio. One
connection sends batch after batch; a batch is one call and one commit. Every tip moves money from a payer to
an educator and to the platform, whose single account is in every tip of every design. After each run every
ledger's sums are recomputed, and every tip is counted.

The rivals are restated in SQL of our own from what their authors publish, and made cheaper where that was
easy (`benchmarks/ledger/per_transfer.py`, `savepoints.py`). They recognise no repeated request, keep no
message and no hash. Going through rows one by one they get slower again in long transactions, so each rival
is compared at the size of batch that suits it best.

The rows alone are no ledger but the limit of one of this shape: a tip, three entries and the balances, which
one statement writes that knows no rule (`benchmarks/ledger/rows_alone.py`)."""


def write(results: Results, folder: Path) -> str:
    """Writes ledger.md and ledger.json into the folder and returns the former."""
    text = table(results)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ledger.md").write_text(text)
    data = {
        "conditions": results.conditions,
        "designs": results.names,
        "yardstick_tips_per_second": round(results.yardstick, 1),
        "single": [
            {"design": key, "clients": clients, "rounds": [round(rate, 1) for rate in rates]}
            for (key, clients), rates in results.single.items()
        ],
        "core": list(results.cases()),
        "growth": [dataclasses.asdict(stage) for stage in results.growth],
        "wire": [dataclasses.asdict(each) for each in results.wire],
        "targets": [{**dataclasses.asdict(each), "met": each.met} for each in results.targets()],
    }
    (folder / "ledger.json").write_text(json.dumps(data, indent=1) + "\n")
    return text


def table(results: Results) -> str:
    parts = ["# The ledger of tips, measured", _conditions(results), HOW, "## Targets", _targets(results)]
    parts += ["## One tip in one transaction (pgbench)", _single(results)]
    parts += ["## Batches, tips a second", _batches(results)]
    if results.wire:
        parts += ["## Over gRPC", _wire(results)]
    if results.growth:
        parts += ["## Growth", _growth(results)]
    return "\n\n".join(parts) + "\n"


def _conditions(results: Results) -> str:
    c = results.conditions
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {c['machine']}, {c['disk']}; PostgreSQL {c['server_version']}, "
        f"fsync {c['fsync']}, full_page_writes {c['full_page_writes']}, synchronous_commit "
        f"{c['synchronous_commit']}, shared_buffers {c['shared_buffers']}; Python {c['python']}. "
        "Database and load share the machine."
    )


def _targets(results: Results) -> str:
    lines = ["| what | wanted | measured | |", "|---|---:|---:|---|"]
    lines += [
        f"| {target.text} | {_wanted(target)} | {_measured(target)} | {_verdict(target)} |"
        for target in results.targets()
    ]
    return "\n".join(lines)


def _wanted(target: Target) -> str:
    if target.wanted is None:
        return ""
    return f"{'≤' if target.at_most else '≥'} {target.wanted:g}{target.unit}"


def _measured(target: Target) -> str:
    return "not measured" if target.value is None else f"{target.value:.2f}{target.unit}"


def _verdict(target: Target) -> str:
    return {None: "", True: "met", False: "**missed**"}[target.met]


def _single(results: Results) -> str:
    many = sorted({clients for _, clients in results.single})
    names = {**WAYS, **results.names}
    core = results.rate(OURS)
    lines = [
        "| way | "
        + " | ".join(f"{n} client{'s' if n > 1 else ''}, tips/s" for n in many)
        + f" | our core at batch {TARGET_BATCH} : one client |",
        "|---|" + "---:|" * (len(many) + 1),
    ]
    for key in dict.fromkeys(key for key, _ in results.single):
        rates = [results.single_rate(key, clients) for clients in many]
        single = results.single_rate(key)
        times = f"{core / single:.1f}x" if core and single else ""
        lines.append(f"| {names[key]} | " + " | ".join(_rate(rate) for rate in rates) + f" | {times} |")
    told = (
        f"The single-tip rate of the targets is {results.yardstick:,.0f}: one client's, of the first way or"
    )
    return "\n".join([*lines, "", told + " of our own call, whichever is faster."])


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{rate:,.0f}"


def _batches(results: Results) -> str:
    lines = [
        "| design | workload | " + " | ".join(str(size) for size in results.sizes) + " | CPU us/tip at 256 |",
        "|---|---|" + "---:|" * (len(results.sizes) + 1),
    ]
    for key, name in results.names.items():
        for workload in WORKLOADS:
            rates = [_rate(results.rate(key, workload.key, size)) for size in results.sizes]
            cpu = results.rounds.cpu_us(key, workload.key, TARGET_BATCH)
            lines.append(f"| {name} | {workload.name} | " + " | ".join(rates) + f" | {cpu:.0f} |")
    return "\n".join(lines)


def _wire(results: Results) -> str:
    lines = [
        "Round by round, each with pgbench just before it on the server's own PostgreSQL: one client, a",
        "textbook's transaction.",
        "",
        "| call | tips/s | pgbench, tips/s | times | p50 ms | p99 ms | server CPU us/tip |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {each.name}, {each.in_flight} in flight | {each.per_second:,.0f} | {each.single:,.0f} |"
        f" {each.times:.2f} | {each.p50_ms:.1f} |"
        f" {each.p99_ms:.1f} | {each.cpu_us:.0f} |"
        for each in results.wire
    ]
    return "\n".join(lines)


def _growth(results: Results) -> str:
    lines = [
        "Filled at once, vacuumed, analysed and checkpointed; tips of the uniform workload at batch 256.",
        "",
        "| design | entries | us/tip | backend CPU us/tip | verification s | database MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {results.names[stage.design]} | {stage.entries:,} | {stage.us_per_tip:.1f} |"
        f" {stage.cpu_us_per_tip:.1f} | {stage.verify_seconds:.2f} | {stage.database_mb:,.0f} |"
        for stage in results.growth
    ]
    return "\n".join(lines)
