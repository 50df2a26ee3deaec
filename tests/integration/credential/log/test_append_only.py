"""In the database, too, the log only grows, and its hashes follow from its leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from academe.db.pool import Pool
from tests.integration.credential.log.book import Book
from tests.support.postgres import TestPostgres

CHANGES = {
    "log_leaf": "update credential.log_leaf set event = 2",
    "log_node": "update credential.log_node set hash = hash",
    "log_checkpoint": "update credential.log_checkpoint set note = ''",
    "log_key": "update credential.log_key set name = 'x'",
}
STATEMENTS = [
    statement
    for table, update in CHANGES.items()
    for statement in (update, f"delete from credential.{table}", f"truncate credential.{table}")
]


@pytest.fixture(scope="module", autouse=True)
async def something_in_each_table(book: Book) -> None:
    await book.append(5)
    await book.service.get_checkpoint()


@pytest.fixture
async def owner(database: str) -> AsyncIterator[asyncpg.Connection]:
    """The application's role, in a transaction that comes to nothing."""
    connection = await asyncpg.connect(database)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.fixture
async def root(postgres: TestPostgres, database: str) -> AsyncIterator[asyncpg.Connection]:
    """The superuser, likewise."""
    connection = await asyncpg.connect(postgres.superuser_dsn_of(database))
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_the_application_may_change_nothing(owner: asyncpg.Connection, statement: str) -> None:
    """It has no right to, although it owns the tables."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute(statement)


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_whoever_may_is_stopped(owner: asyncpg.Connection, statement: str) -> None:
    """An application that takes its right back meets the triggers."""
    await owner.execute("grant all on all tables in schema credential to current_user")

    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await owner.execute(statement)


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_a_superuser_is_stopped_too(root: asyncpg.Connection, statement: str) -> None:
    """Nobody changes it by mistake."""
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await root.execute(statement)


async def test_hashes_are_not_written_by_hand(owner: asyncpg.Connection) -> None:
    """Not even one whose time has not come."""
    with pytest.raises(asyncpg.RestrictViolationError, match="hashes follow"):
        await owner.execute("insert into credential.log_node values (3, 0, sha256('made up'))")


async def test_hashes_follow_from_no_other_table(owner: asyncpg.Connection) -> None:
    """The trigger works for the leaves alone, whoever else hangs it on a table of theirs."""
    await owner.execute("create table credential.decoy (like credential.log_leaf)")
    await owner.execute(
        """
        create trigger grow_log after insert on credential.decoy
        referencing new table as appended for each statement execute function credential.grow_log()
        """
    )

    with pytest.raises(asyncpg.RestrictViolationError, match="nothing follows"):
        await owner.execute(
            "insert into credential.decoy select 5, 1, sha256('x'), clock_timestamp()",
        )


@pytest.mark.parametrize(
    "leaf",
    [
        "select 6, 1, sha256('x'), clock_timestamp()",  # a gap
        "select 5, 1, sha256('x'), timestamptz '2020-01-01'",  # older than the one before
        "select i, 1, sha256('x'), clock_timestamp() from generate_series(5, 7, 2) as i",
        "select i, 1, sha256('x'), timestamptz '2999-01-01' + interval '1h' * i from generate_series(5, 6) i",
    ],
)
async def test_a_leaf_written_by_hand_fits_or_fails(owner: asyncpg.Connection, leaf: str) -> None:
    """Gaps and times that run backwards are refused."""
    with pytest.raises(asyncpg.CheckViolationError, match="one after the other"):
        await owner.execute(f"insert into credential.log_leaf {leaf}")


async def test_one_root_for_each_size(book: Book, pool: Pool) -> None:
    """A second checkpoint of a size cannot be kept, whatever it states."""
    checkpoint = await book.service.get_checkpoint()

    with pytest.raises(asyncpg.UniqueViolationError, match="log_checkpoint_pkey"):
        await pool.execute(
            "insert into credential.log_checkpoint values ($1, sha256('fork'), '', clock_timestamp())",
            checkpoint.tree_size,
        )


async def test_one_key(pool: Pool) -> None:
    """A second key cannot be added beside the first."""
    with pytest.raises(asyncpg.CheckViolationError, match="log_key_one"):
        await pool.execute("insert into credential.log_key values (2, 'x', '', '', clock_timestamp())")
