"""No statement that a call runs reads a whole table, at a hundred thousand rows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.support.postgres import TestPostgres
from tests.support.statements import Statement, repositories, statements

SMALL = {
    "signing_key": "a handful of rows, read at start",
    "one_time_code": "one row per administrator at most",
    "job": "one row for each periodic job",
    "log_key": "one row",
    "consumer": "one row for each reader of the outbox",
    "head": "one row",
    "unsequenced": "the events of the last second",
}
"""Tables that may be read whole, and why."""

AUDIT = "tip/verification"
"""Recomputes the whole ledger, so it reads all of it; on connections of its own."""

ALL = [statement for path in repositories() if AUDIT not in path.as_posix() for statement in statements(path)]
WHOLE = {"verification": "recomputes the whole ledger, which is its purpose"}
"""Packages whose statements read whole tables, and why."""

READS = [
    statement
    for statement in ALL
    if statement.sql
    and not statement.sql.lstrip().startswith("insert")
    and not set(WHOLE) & set(statement.path.parts)
]


@pytest.fixture(scope="module")
async def full(postgres: TestPostgres, template_database: str) -> AsyncIterator[asyncpg.Connection]:
    dsn = await postgres.create_database(template=template_database)
    connection = await asyncpg.connect(postgres.superuser_dsn_of(dsn))
    await connection.execute(Path(__file__).with_name("fill.sql").read_text())
    await connection.execute("set plan_cache_mode = force_generic_plan")
    yield connection
    await connection.close()


def scans(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from scans(below)


async def whole_tables(connection: asyncpg.Connection, sql: str) -> set[str]:
    """Of the generic plan: the one for any values of the parameters, which are nulls here."""
    count = len((await connection.prepare(sql)).get_parameters())
    values = f"({', '.join(['null'] * count)})" if count else ""
    await connection.execute(f"prepare looked_at as {sql}")
    raw = await connection.fetchval(f"explain (format json) execute looked_at{values}")
    await connection.execute("deallocate looked_at")
    return {table for plan in json.loads(raw) for table in scans(plan["Plan"])}


@pytest.mark.parametrize("statement", READS, ids=str)
async def test_a_statement_finds_its_rows_by_index(full: asyncpg.Connection, statement: Statement) -> None:
    """The plan that PostgreSQL makes for any values of the parameters scans no large table."""
    assert statement.sql is not None
    if statement.sql.lstrip().startswith(("lock", "set")):
        return

    assert await whole_tables(full, statement.sql) - set(SMALL) == set()


async def test_a_missing_index_would_be_found(full: asyncpg.Connection) -> None:
    """The check itself can fail."""
    assert await whole_tables(full, "select tip_id from tip.tip where message = $1") == {"tip"}
