"""A run as tables and as data: credentials.md and credentials.json."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.credentials.parts import CHUNK, Part
from benchmarks.credentials.results import Results, Target
from benchmarks.credentials.steady import INTERVAL_SECONDS
from benchmarks.credentials.timing import Timed

HOW = """Read the ratios: both sides of one were measured in the same run, on the same documents. Replies and
verdicts are checked, and after the bulk every credential, place and log entry is counted. Processor time is
that of the server, of the process that canonicalises for it, and of PostgreSQL together, and so what the work
would take on one core."""

SINGLE = """Together {limit:.1f} ms; a call takes {call:.1f} ms, {ratio:.2f} times as long. The rest is to
read who and what the credential is for, and whether the caller may; the way to the other process and back;
and the call itself."""

BULK = """{seconds:.1f} s, {rate:.0f} credentials a second. Memory afterwards: server {server_mb:.0f} MB, the
process that canonicalises {canonicaliser_mb:.0f} MB."""

BULK_LIMIT = """Together {each:.1f} ms a credential, {limit:.1f} s for all; the bulk used {used:.1f} s,
{ratio:.2f} times as much. {chunk} are stored in a transaction."""

VERIFYING = """One at a time, with a blocking client. Others' credentials are signed by a did:key, so that
nobody is asked; their pictures are as large as our certificates."""


def write(results: Results, folder: Path) -> str:
    """Writes credentials.md and credentials.json into the folder and returns the former."""
    text = table(results)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "credentials.md").write_text(text)
    data = {
        "conditions": results.conditions,
        "targets": [{**dataclasses.asdict(one), "met": one.met} for one in results.targets()],
        "parts": dataclasses.asdict(results.parts),
        "single": _data(results.single),
        "bulk": {
            **dataclasses.asdict(results.bulk),
            "limit_seconds": results.many_limit_seconds,
            "alone": _data(results.bulk.alone),
            "meanwhile": _data(results.bulk.meanwhile),
        },
        "floor": _data([results.floor]),
        "verified": _data(results.verified),
        "hostile": _data(results.hostile),
        "published": _data(results.published),
    }
    (folder / "credentials.json").write_text(json.dumps(data, indent=1) + "\n")
    return text


def _data(timings: Sequence[Timed]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "calls": one.calls,
            "in_flight": one.in_flight,
            "p50_ms": round(one.p50_ms, 3),
            "p99_ms": round(one.p99_ms, 3),
            "per_second": round(one.per_second, 2),
            "cpu_seconds": dataclasses.asdict(one.cpu),
        }
        for one in timings
    ]


def table(results: Results) -> str:
    parts = ["# Credentials, measured", _conditions(results), HOW, "## Targets", _targets(results.targets())]
    parts += ["## Issuing one", _single(results)]
    parts += [f"## Issuing {results.bulk.credentials:,}", _bulk(results)]
    parts += ["## Others meanwhile", _meanwhile(results)]
    parts += ["## Verifying", _verified(results)]
    parts += ["## Publishing", _timings(results.published)]
    return "\n\n".join(parts) + "\n"


def _conditions(results: Results) -> str:
    c = results.conditions
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {c['machine']}, {c['disk']}; PostgreSQL {c['server_version']}, "
        f"fsync {c['fsync']}, synchronous_commit {c['synchronous_commit']}; Python {c['python']}, engine "
        f"{c['engine']}. Server, database and callers share the machine; what has nothing to do with them "
        f"took {c['others']} of its cores meanwhile. A document has {results.parts.document_bytes:,} bytes."
    )


def _targets(targets: Sequence[Target]) -> str:
    lines = ["| what | wanted | measured | |", "|---|---:|---:|---|"]
    lines += [
        f"| {one.text} | ≤ {one.wanted:g} {one.unit} | {one.value:.1f} {one.unit} |"
        f" {'met' if one.met else '**missed**'} |"
        for one in targets
    ]
    return "\n".join(lines)


def _single(results: Results) -> str:
    parts, called = results.parts, results.single[0]
    each = (parts.canonicalised, parts.proved, parts.token, parts.stored)
    told = SINGLE.format(limit=parts.one_ms, call=called.p50_ms, ratio=called.p50_ms / parts.one_ms)
    alone = _parts(each, "elapsed ms, p50", lambda part: part.p50_ms)
    return "\n\n".join([_timings(results.single), alone, told])


def _bulk(results: Results) -> str:
    bulk, parts, limit = results.bulk, results.parts, results.many_limit_seconds
    each = (parts.canonicalised, parts.proved, parts.token, parts.stored_many)
    used = {
        "server": bulk.cpu.server,
        "process that canonicalises": bulk.cpu.canonicaliser,
        "PostgreSQL": bulk.cpu.database,
        "together": bulk.cpu.total,
    }
    lines = ["| processor time of | s | ms a credential |", "|---|---:|---:|"]
    lines += [f"| {name} | {s:.1f} | {s * 1000 / bulk.credentials:.2f} |" for name, s in used.items()]
    first = BULK.format(
        seconds=bulk.seconds,
        rate=bulk.per_second,
        server_mb=bulk.server_mb,
        canonicaliser_mb=bulk.canonicaliser_mb,
    )
    last = BULK_LIMIT.format(
        each=parts.many_cpu_ms,
        limit=limit,
        used=bulk.cpu.total,
        ratio=bulk.cpu.total / limit,
        chunk=CHUNK,
    )
    alone = _parts(each, "processor ms, mean", lambda part: part.cpu_ms)
    return "\n\n".join([first, "\n".join(lines), alone, last])


def _parts(parts: Sequence[Part], unit: str, value: Any) -> str:
    lines = [f"| part alone | {unit} |", "|---|---:|"]
    return "\n".join([*lines, *(f"| {part.name} | {value(part):.2f} |" for part in parts)])


def _meanwhile(results: Results) -> str:
    """Alone beside during the bulk."""
    told = f"A caller every {INTERVAL_SECONDS * 1000:.0f} ms, timed from when the call was due."
    lines = [
        told,
        "",
        "| call | alone p50 ms | p99 | during the bulk p50 | p99 |",
        "|---|---:|---:|---:|---:|",
    ]
    for alone, during in zip(results.bulk.alone, results.bulk.meanwhile, strict=True):
        seen = (alone.p50_ms, alone.p99_ms, during.p50_ms, during.p99_ms)
        lines.append(f"| {alone.name.partition(',')[0]} | " + " | ".join(f"{ms:.1f}" for ms in seen) + " |")
    return "\n".join(lines)


def _verified(results: Results) -> str:
    good = _timings([results.floor, *results.verified])
    told = "What people send who want something else:"
    return "\n\n".join([VERIFYING, good, told, _timings(results.hostile)])


def _timings(timings: Sequence[Timed]) -> str:
    lines = ["| what | calls | a second | p50 ms | p99 ms | processor ms |", "|---|---:|---:|---:|---:|---:|"]
    lines += [
        f"| {one.name} | {one.calls:,} | {one.per_second:,.0f} | {one.p50_ms:.1f} | {one.p99_ms:.1f} |"
        f" {f'{one.cpu_ms:.1f}' if one.cpu.total else ''} |"
        for one in timings
    ]
    return "\n".join(lines)
