"""A named constraint is told as an error of the domain."""

from __future__ import annotations

import asyncpg
import pytest

from academe.db.constraints import on_constraint
from academe.db.pool import Pool
from academe.errors import AlreadyExists, FailedPrecondition


class Taken(AlreadyExists):
    """The name is taken."""


class TooShort(FailedPrecondition):
    """The name is too short."""


@pytest.fixture(scope="module")
async def names(pool: Pool) -> Pool:
    await pool.execute(
        """
        create table trial.name (
            name text not null,
            constraint name_taken unique (name),
            constraint name_too_short check (length(name) > 2)
        )
        """
    )
    await pool.execute("insert into trial.name (name) values ('ada')")
    return pool


async def add(names: Pool, name: str | None) -> None:
    with (
        on_constraint("name_taken", lambda: Taken(name=name)),
        on_constraint("name_too_short", TooShort),
    ):
        await names.execute("insert into trial.name (name) values ($1)", name)


async def test_broken_constraint_raises_its_error(names: Pool) -> None:
    """Each constraint has its own, with the violation as the cause."""
    with pytest.raises(Taken) as taken:
        await add(names, "ada")
    with pytest.raises(TooShort):
        await add(names, "x")

    assert taken.value.metadata == {"name": "ada"}
    assert isinstance(taken.value.__cause__, asyncpg.UniqueViolationError)


async def test_other_failures_pass(names: Pool) -> None:
    """A constraint that was not named stays what it was."""
    with pytest.raises(asyncpg.NotNullViolationError):
        await add(names, None)


async def test_kept_constraint_changes_nothing(names: Pool) -> None:
    """The statement is run once and succeeds."""
    await add(names, "grace")

    assert await names.fetchval("select count(*) from trial.name where name = 'grace'") == 1
