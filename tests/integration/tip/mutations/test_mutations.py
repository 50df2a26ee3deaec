"""Each defence of the ledger is taken away once, and the race that it is there for is lost.

A mutant is the real migrations with one piece of text taken out. So a defence that somebody removes, and a
race that no longer shows anything, are both found.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from academe.db.connect import connect
from academe.db.migrate import PACKAGE, migrate
from tests.integration.tip.mutations import races
from tests.integration.tip.mutations.races import Check
from tests.support.postgres import TestPostgres

MIGRATIONS = Path("services/tip/migrations")


@dataclass(frozen=True)
class Mutation:
    """A piece of a migration's text that is there once, what is put in its place, and the race it loses."""

    name: str
    file: str
    text: str
    check: Check
    instead: str = ""


MUTATIONS = [
    Mutation(
        "the order of the accounts",
        "0003_pre_posting.sql",
        "        order by account_kind = 5, account_kind, owner_id, currency\n",
        races.accounts_are_locked_in_order,
    ),
    Mutation(
        "the order of the wallets",
        "0004_pre_send_tips.sql",
        "        where kind = 1 and owner_id = any (sender_ids)\n        order by owner_id, currency\n",
        races.wallets_are_locked_in_order,
        "        where kind = 1 and owner_id = any (sender_ids)\n",
    ),
    Mutation(
        "the lock of the wallets",
        "0004_pre_send_tips.sql",
        "        order by owner_id, currency\n        for no key update\n    ) as held;\n",
        races.a_wallet_is_spent_once,
        "        order by owner_id, currency\n    ) as held;\n",
    ),
    Mutation(
        "the key of the requests",
        "0001_pre_create_tip.sql",
        "    constraint tip_request_once unique (sender_id, request_id),\n",
        races.a_request_makes_one_tip,
    ),
    Mutation(
        "the key of the movements",
        "0002_pre_ledger_of_movements.sql",
        "    constraint movement_once unique (kind, source_id),\n",
        races.a_top_up_is_credited_once,
    ),
    Mutation(
        "the lock of the seal",
        "0003_pre_posting.sql",
        "    perform pg_advisory_xact_lock(x'7469702e7365616c'::bigint);\n",
        races.batches_get_into_one_line,
    ),
    Mutation(
        "the answer to a collision",
        "0004_pre_send_tips.sql",
        "            fits := false;\n",
        races.a_request_makes_one_tip,
        "            raise;\n",
    ),
]

CHECKS = sorted({mutation.check for mutation in MUTATIONS}, key=lambda check: check.__name__)


def copy_of_migrations(folder: Path) -> Path:
    """A package with the migrations of this slice alone, and of what no slice owns."""
    for part in (Path("db/migrations"), MIGRATIONS):
        shutil.copytree(PACKAGE / part, folder / part)
    return folder


async def database_of(postgres: TestPostgres, package: Path) -> str:
    dsn = await postgres.create_database()
    connection = await connect(dsn, application_name="tests", statement_timeout_ms=0, command_timeout=None)
    await migrate(connection, package=package)
    await connection.close()
    return dsn


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_the_ledger_as_it_is(postgres: TestPostgres, template_database: str, check: Check) -> None:
    """With every defence in place, each race ends well."""
    await check(await postgres.create_database(template=template_database))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
async def test_the_ledger_without(postgres: TestPostgres, tmp_path: Path, mutation: Mutation) -> None:
    """Without this one defence its race is lost: with a wrong result or an unexpected error."""
    package = copy_of_migrations(tmp_path / "package")
    file = package / MIGRATIONS / mutation.file
    assert file.read_text().count(mutation.text) == 1
    file.write_text(file.read_text().replace(mutation.text, mutation.instead))
    dsn = await database_of(postgres, package)

    with pytest.raises((AssertionError, asyncpg.IntegrityConstraintViolationError)):
        await mutation.check(dsn)
