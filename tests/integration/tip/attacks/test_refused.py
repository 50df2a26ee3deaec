"""The ledger against raw SQL of the application's own role: what breaks a rule is refused by the database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from academe.db.pool import Pool
from tests.integration.tip.attacks.attacks import MOVEMENTS, STATEMENTS, TIPS, Columns
from tests.integration.tip.attacks.fixed import REFERENCES
from tests.integration.tip.attacks.scene import Scene, build
from tests.support.ledger_oracle import faults
from tests.support.ledger_rows import CHARGE, PAYOUT, REFUND, insert_movement, insert_tip


@pytest.fixture
async def names(attacker: asyncpg.Connection, scene: Scene) -> dict[str, str]:
    """What the attacks may refer to."""
    return {name: str(value) for name, value in asdict(scene).items()} | {
        "batch": await attacker.fetchval("select min(batch_id)::text from tip.batch"),
        "school": "00000000-0000-0000-0000-000000000000",
        "nobody": "00000000-0000-7000-8000-000000000001",
    }


def filled(columns: Columns, names: dict[str, str]) -> Columns:
    return {
        column: value.format(**names) if isinstance(value, str) else value
        for column, value in columns.items()
    }


@pytest.mark.parametrize(("rule", "columns"), TIPS, ids=str)
async def test_a_tip_that_must_not_be(
    attacker: asyncpg.Connection, scene: Scene, names: dict[str, str], rule: str, columns: Columns
) -> None:
    """Refused by the rule that it breaks, by name."""
    people = {"sender_id": scene.payer, "educator_id": scene.educator}
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
        await insert_tip(attacker, **people | filled(columns, names))

    assert refusal.value.constraint_name == rule


@pytest.mark.parametrize(("rule", "kind", "columns"), MOVEMENTS, ids=str)
async def test_a_movement_that_must_not_be(
    attacker: asyncpg.Connection, scene: Scene, names: dict[str, str], rule: str, kind: int, columns: Columns
) -> None:
    """Refused by the rule that it breaks, by name."""
    if columns.get("tip_id") == "{broke}":
        names["broke"] = str(await a_tip_of_somebody_paid_out(attacker, scene))
    if kind == REFUND and columns.get("to_kind") == 8:
        columns = columns | {"to_owner": "{school}"}
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
        await insert_movement(attacker, kind, **filled(columns, names))

    assert refusal.value.constraint_name == rule


async def a_tip_of_somebody_paid_out(attacker: asyncpg.Connection, scene: Scene) -> object:
    """Like the paid tip, but the educator's account is empty by now."""
    tip_id = await insert_tip(attacker, scene.payer, scene.educator, amount=400, platform_fee=20, funding=3)
    charge = {"amount": 400, "platform_fee": 20, "payment_fee": 12}
    await insert_movement(attacker, CHARGE, tip_id=tip_id, to_owner=scene.educator, **charge)
    left = await attacker.fetchval(
        "select balance from tip.account where kind = 2 and owner_id = $1", scene.educator
    )
    owner = {"from_owner": scene.educator, "to_owner": scene.educator}
    await insert_movement(attacker, PAYOUT, amount=left, **owner)
    return tip_id


@pytest.mark.parametrize(("rule", "attack"), STATEMENTS, ids=str)
async def test_a_statement_that_must_not_be(
    attacker: asyncpg.Connection, names: dict[str, str], rule: str, attack: str
) -> None:
    """Refused by the rule that it breaks, by name."""
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
        await attacker.execute(attack.format(**names) if "$$" not in attack else attack)

    assert refusal.value.constraint_name == rule


@pytest.mark.parametrize("changed", ["null", "'po_2'", "''"])
@pytest.mark.parametrize(("rule", "table", "row"), REFERENCES, ids=str)
async def test_the_id_at_the_provider_once_known(
    attacker: asyncpg.Connection, names: dict[str, str], rule: str, table: str, row: str, changed: str
) -> None:
    """It becomes known and may be told again, but is neither forgotten nor replaced."""
    await attacker.execute(row.format(**names))
    for _ in range(2):
        await attacker.execute(f"update tip.{table} set provider_reference = 'po_1'")
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await attacker.execute(f"update tip.{table} set provider_reference = {changed}")

    assert refusal.value.constraint_name == rule


async def test_what_is_refused_leaves_nothing(pool: Pool, scene: Scene) -> None:
    """After all of these the scene is as it was, and adds up."""
    assert await faults(pool) == []


async def test_rows_written_by_raw_sql_are_posted_like_any_others(attacker: asyncpg.Connection) -> None:
    """A tip's row is all there is to write: its legs, balances and hashes follow, whoever wrote it."""
    scene = await build(attacker)
    tip_id = await insert_tip(attacker, scene.payer, scene.educator, amount=7, platform_fee=1)
    await attacker.execute("set constraints all immediate")
    posted = await attacker.fetch(
        "select amount from tip.entry where transaction_id = $1 order by amount", tip_id
    )

    assert [row["amount"] for row in posted] == [-7, 1, 6]
    assert await faults(attacker) == []


async def test_a_seal_by_somebody_who_looks_at_the_past_is_refused(pool: Pool, scene: Scene) -> None:
    """A transaction that does not see the latest seal would fork the chain; it fails instead."""
    async with pool.acquire() as behind, pool.acquire() as other:
        late = behind.transaction(isolation="repeatable_read")
        await late.start()
        await behind.fetchval("select count(*) from tip.seal")
        await insert_tip(other, scene.payer, scene.educator, amount=1)
        await insert_tip(behind, scene.stranger, scene.educator, amount=1, currency="JPY", funding=3)
        with pytest.raises(asyncpg.UniqueViolationError) as refusal:
            await late.commit()

    assert refusal.value.constraint_name == "seal_pkey"
    assert await faults(pool) == []


@pytest.mark.parametrize("number", [-1, 0, 2, 1_000])
async def test_a_number_that_does_not_follow(attacker: asyncpg.Connection, scene: Scene, number: int) -> None:
    """The tips of a sender are numbered without gaps: their caps count on it."""
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await insert_tip(attacker, scene.stranger, scene.educator, currency="JPY", sender_number=number)

    assert refusal.value.constraint_name == "tip_number_follows"


async def test_a_clock_that_is_ahead(attacker: asyncpg.Connection, scene: Scene) -> None:
    """A tip has the time that it was given; its entries, and those of others after it, have the real one."""
    ahead = datetime.now(UTC) + timedelta(days=1)
    tip_id = await insert_tip(attacker, scene.payer, scene.educator, amount=7, create_time=ahead)
    later = await insert_tip(attacker, scene.payer, scene.educator, amount=7)
    times = await attacker.fetch(
        "select create_time from tip.entry where transaction_id in ($1, $2)", tip_id, later
    )
    latest = await attacker.fetchval("select max(update_time) from tip.account")
    kept = await attacker.fetchval("select create_time from tip.tip where tip_id = $1", tip_id)

    assert kept == ahead
    assert max(row["create_time"] for row in times) == latest
    assert latest < datetime.now(UTC) + timedelta(seconds=2)
