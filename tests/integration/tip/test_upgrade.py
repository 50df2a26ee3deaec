"""A database from before there were wallets: its tips stay, and the new ledger proves them."""

from __future__ import annotations

import shutil
from pathlib import Path

from academe.db.connect import connect
from academe.db.migrate import PACKAGE, migrate
from academe.db.pool import create_pool
from academe.ids import new_id
from tests.support.ledger import faults
from tests.support.postgres import TestPostgres

OLD_TIP = """
    insert into tip.tip (
        tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message, visibility,
        hide_amount, course_id, lesson_id, create_time
    )
    values ($1, $2, gen_random_uuid(), '\\x01', $3, 'EUR', $4, 'Thank you', 2, false, null, null, now())
"""


async def test_tips_from_before_there_were_wallets_stay(postgres: TestPostgres, tmp_path: Path) -> None:
    """Balances of educators are as they were, senders' are to be settled outside, every tip is sealed."""
    old = tmp_path / "academe"
    shutil.copytree(PACKAGE / "db" / "migrations", old / "db" / "migrations")
    first = old / "services" / "tip" / "migrations" / "0001_pre_create_tip.sql"
    first.parent.mkdir(parents=True)
    shutil.copy(PACKAGE / "services" / "tip" / "migrations" / first.name, first)
    dsn = await postgres.create_database()
    connection = await connect(dsn, application_name="trial", statement_timeout_ms=0, command_timeout=None)
    await migrate(connection, package=old)
    sender, educators = new_id(), [new_id(), new_id()]
    for number in range(1, 8):
        await connection.execute(OLD_TIP, new_id(), sender, educators[number % 2], number * 100)
    await migrate(connection)
    await connection.close()

    pool = await create_pool(dsn, size=1)
    balances = await pool.fetch("select kind, owner_id, balance from tip.account order by balance")
    numbers = await pool.fetch("select sender_number from tip.tip order by tip_id")
    sealed = await pool.fetchval("select count(*) from tip.seal")
    found = await faults(pool)
    await pool.close()

    assert [(row["kind"], row["balance"]) for row in balances] == [(10, -2800), (2, 1200), (2, 1600)]
    assert [row["sender_number"] for row in numbers] == [1, 2, 3, 4, 5, 6, 7]
    assert sealed == 7
    assert found == []
