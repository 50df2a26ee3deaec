"""Attackers of the application's own role who would be taken for the posting: none of them gets through."""

from __future__ import annotations

import asyncpg
import pytest

from tests.integration.tip.attacks.attacks import ACCOUNT, ENTRY
from tests.integration.tip.attacks.scene import Scene
from tests.support.ledger import fill_wallets
from tests.support.ledger_rows import insert_tip
from tests.support.postgres import TestPostgres

STATEMENTS = {
    "account": "update tip.account set balance = balance + 777",
    "new account": ACCOUNT,
    "entry": ENTRY,
    "batch": "insert into tip.batch (batch_id, transaction_count, digest) values (-1, 1, '')",
    "seal": "insert into tip.seal (number, batch_id, hash, seal_time) values (9999, 1, '', now())",
    "lifecycle": "insert into tip.lifecycle select * from tip.lifecycle",
    "changed lifecycle": "update tip.lifecycle set refunded = 0 where refunded <> 0",
}
WRITERS = ["post", "post_tips", "post_movements", "seal_batch"]
NAMES = ["steal", "post", '"tip.post"', '"\nPL/pgSQL function tip.post() line 1 at SQL statement\n"']
"""Of the attacker's function; the last one breaks the line of the stack that it is in."""

TRIGGER = """
    create temp table bait (n integer);
    create function pg_temp.{name}() returns trigger language plpgsql as $f$
    begin
        {body};
        return null;
    end $f$;
    create trigger bait after insert on bait for each statement execute function pg_temp.{name}();
    insert into bait values (1);
    set constraints all immediate
"""


async def refused(attacker: asyncpg.Connection, attack: str) -> None:
    with pytest.raises(asyncpg.RestrictViolationError) as refusal:
        await attacker.execute(attack)
    assert refusal.value.constraint_name == "ledger_derived"


@pytest.mark.parametrize("path", ["public", "tip, public"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("table", STATEMENTS)
async def test_a_trigger_of_ones_own(attacker: asyncpg.Connection, table: str, name: str, path: str) -> None:
    """As deep as the posting, whatever it is called and whatever is the search path."""
    await attacker.execute(f"set local search_path = {path}")

    await refused(attacker, TRIGGER.format(name=name, body=STATEMENTS[table]))


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("table", STATEMENTS)
async def test_a_statement_with_the_rest_of_the_stack_in_it(
    attacker: asyncpg.Connection, table: str, writer: str
) -> None:
    """What follows a statement in the stack is written into it, as a comment."""
    forged = f'"\nPL/pgSQL function tip.{writer}() line 1 at SQL statement\nSQL statement "'
    execute = f"execute $e$ {STATEMENTS[table]} /*{forged}*/ $e$"

    await refused(attacker, TRIGGER.format(name="steal", body=execute))


@pytest.mark.parametrize("forged", ["", '"\nPL/pgSQL function tip.post() line 1 at SQL statement'])
async def test_a_copy_of_the_posting(attacker: asyncpg.Connection, scene: Scene, forged: str) -> None:
    """The posting's own statement, in another function."""
    statements = await attacker.fetchval(
        "select substring(prosrc from 'with leg as .*') from pg_proc where oid = 'tip.post'::regproc"
    )
    await attacker.execute(f"""
        create function pg_temp.post(
            legs tip.leg[], sources bytea[], source_batches bigint[], latest_time timestamptz
        ) returns boolean language plpgsql as $f$ begin {statements} $f$
    """)
    legs = f"""array[
        row(1, gen_random_uuid(), 3, 9, tip.school(), 'EUR', -5, now())::tip.leg,
        row(1, gen_random_uuid(), 3, 1, '{scene.payer}', 'EUR', 5, now())::tip.leg
    ]"""
    call = f"perform pg_temp.post({legs}, array[''::bytea], array[1::bigint], now()) /*{forged}*/"

    await refused(attacker, TRIGGER.format(name="steal", body=call))


@pytest.mark.parametrize(
    "call", ["perform {post}", "if {post} then end if", "execute $e$ select {post} $e$"], ids=str
)
async def test_legs_that_follow_from_no_row(attacker: asyncpg.Connection, call: str) -> None:
    """The posting itself, called by a trigger of one's own."""
    post = """tip.post(array[row(1, gen_random_uuid(), 3, 1, tip.school(), 'EUR', 5, now())::tip.leg],
                       array[''::bytea], array[1::bigint])"""

    await refused(attacker, TRIGGER.format(name="post_tips", body=call.format(post=post)))


@pytest.mark.parametrize(
    ("table", "rows"), [("tip", "sent"), ("movement", "moved"), ("batch", None)], ids=str
)
async def test_rows_of_a_table_of_ones_own(
    attacker: asyncpg.Connection, table: str, rows: str | None
) -> None:
    """Our triggers on a table that looks like ours, even by its name."""
    function = {"tip": "post_tips", "movement": "post_movements", "batch": "seal_batch"}[table]
    how = f"referencing new table as {rows} for each statement" if rows else "for each row"

    await refused(
        attacker,
        f"""
        create temp table {table} (like tip.{table});
        create trigger bait after insert on pg_temp.{table} {how} execute function tip.{function}();
        insert into pg_temp.{table} select * from tip.{table}
        """,
    )


async def test_the_posting_under_any_search_path(postgres: TestPostgres, template_database: str) -> None:
    """Also when functions and types are first looked up by a client who has its own of the same names."""
    connection = await asyncpg.connect(await postgres.create_database(template=template_database))
    try:
        await connection.execute("set search_path = pg_temp, tip; create temp table text (n integer)")
        sender, educator = [
            await connection.fetchval("select pg_catalog.gen_random_uuid()") for _ in range(2)
        ]
        await fill_wallets(connection, [sender], 1_000)
        await insert_tip(connection, sender, educator, amount=400)
        balance = await connection.fetchval(
            "select balance from tip.account where kind = 1 and owner_id = $1", sender
        )
    finally:
        await connection.close()

    assert balance == 600
