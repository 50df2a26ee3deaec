"""Every SQL statement, prepared on the migrated database: what a compiler would check."""

from __future__ import annotations

import re

import asyncpg
import pytest

from academe.db.pool import Pool
from tests.support.statements import SOURCE, Statement, repositories, statements, subscripts

ALL = [statement for path in repositories() for statement in statements(path)]

NAIVE_TYPES = {"timestamp", "time", "unknown", "money", "float4", "float8"}
"""Types that no parameter or column of ours has: a time without a zone, an inexact number, a guess."""


@pytest.mark.parametrize("statement", ALL, ids=str)
async def test_a_statement_is_a_literal_that_prepares(pool: Pool, statement: Statement) -> None:
    """Its tables and columns exist, its types fit, and it is called with as many arguments as it has."""
    assert statement.sql is not None, "the first argument must be a literal string"
    async with pool.acquire() as connection:
        prepared = await connection.prepare(statement.sql)
    kinds = {kind.name for kind in prepared.get_parameters()}
    kinds |= {column.type.name for column in prepared.get_attributes()}

    assert not kinds & NAIVE_TYPES
    if statement.arguments is not None:
        assert len(prepared.get_parameters()) == statement.arguments


@pytest.mark.parametrize("path", repositories(), ids=lambda path: str(path.relative_to(SOURCE)))
async def test_a_row_is_asked_only_for_columns_it_has(pool: Pool, path: object) -> None:
    """Each column that a repository reads is one that some statement of its slice gives."""
    from pathlib import Path

    assert isinstance(path, Path)
    asked = list(subscripts(path))
    if not asked:
        return
    given: set[str] = set()
    async with pool.acquire() as connection:
        for statement in ALL:
            if (
                statement.path.relative_to(SOURCE).parts[1] == path.relative_to(SOURCE).parts[1]
                and statement.sql
            ):
                prepared = await connection.prepare(statement.sql)
                given |= {column.name for column in prepared.get_attributes()}

    assert [(line, name) for line, name in asked if name not in given] == []


@pytest.mark.parametrize("statement", ALL, ids=str)
def test_a_statement_stays_in_its_own_schema(statement: Statement) -> None:
    """No statement of a slice names another slice's schema."""
    own = statement.path.relative_to(SOURCE).parts[1]
    schemas = {"user": "account"}
    others = {"account", "auth", "course", "enrollment", "credential", "tip", "outbox"} - {
        schemas.get(own, own)
    }
    used = set(re.findall(r"\b(?:from|join|into|update|table)\s+([a-z_]+)\.", statement.sql or ""))

    assert not used & others


@pytest.mark.parametrize("statement", ALL, ids=str)
def test_a_statement_keeps_the_habits_that_distribute(statement: Statement) -> None:
    """No MERGE, and no now() in what an upsert sets: distributed PostgreSQL refuses both."""
    sql = (statement.sql or "").lower()

    assert not re.search(r"\bmerge\s+into\b", sql)
    assert not re.search(r"do update\s+set[^;]*\b(now\(\)|current_timestamp|clock_timestamp)", sql, re.DOTALL)


def test_a_wrong_statement_would_be_found() -> None:
    """The collector sees statements at all."""
    assert len(ALL) > 30


async def test_a_missing_column_is_found(pool: Pool) -> None:
    """The check itself can fail."""
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.UndefinedColumnError):
            await connection.prepare("select no_such_column from account.account")
