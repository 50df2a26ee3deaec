"""Frauds that nobody can refuse, of those who own the tables or the server: recomputing finds them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict

import asyncpg
import pytest

from academe.services.tip.verification.repository import CHECKS, run_check
from tests.integration.tip.attacks.scene import Scene, build
from tests.support.ledger_oracle import bytes_of_tip, faults
from tests.support.postgres import TestPostgres
from tests.support.verifying import failed_checks, verify

# By a superuser whose session fires no trigger; the checks that must find it, and no other does.
FRAUDS = [
    ("batches legs", "update tip.tip set amount = amount + 1 where tip_id = '{given}'"),
    ("batches legs lifecycle", "update tip.movement set amount = amount + 1 where kind = 8"),
    ("batches", "update tip.tip set message = 'Nothing of the kind' where tip_id = '{given}'"),
    ("batches", "update tip.tip set visibility = 3 where tip_id = '{given}'"),
    ("batches", "update tip.movement set create_time = create_time - interval '1 year' where kind = 3"),
    ("batches sender_numbers", "update tip.tip set sender_number = 99 where tip_id = '{given}'"),
    ("batches legs", "update tip.tip set educator_id = '{stranger}' where tip_id = '{given}'"),
    ("balances totals", "update tip.account set balance = balance + 1 where kind = 2"),
    ("balances covered totals", "update tip.account set balance = -1 where kind = 3"),
    ("balances", "update tip.account set entry_count = entry_count + 1 where kind = 2"),
    ("balances", "update tip.account set update_time = now() + interval '1 day' where kind = 2"),
    ("legs", "update tip.account set owner_id = '{nobody}' where kind = 2"),
    (
        "legs totals transactions",
        "update tip.account set currency = 'USD' where kind = 2 and currency = 'EUR'",
    ),
    ("balances legs totals transactions", "delete from tip.account where kind = 6"),
    ("balances legs running_balances transactions", "delete from tip.entry where amount = -700"),
    (
        "balances legs running_balances transactions",
        "update tip.entry set amount = amount + 1 where amount = -700",
    ),
    ("legs", "update tip.entry set kind = 14 where amount = -700"),
    ("legs", "update tip.entry set batch_id = 1 where amount = -700"),
    ("balances running_balances", "update tip.entry set balance = balance + 1 where number = 1"),
    ("balances running_balances", "update tip.entry set create_time = '2020-01-01' where number = 2"),
    ("balances running_balances", "update tip.entry set number = -number where number = 1"),
    ("batches legs sender_numbers", "delete from tip.tip where tip_id = '{given}'"),
    ("batches legs lifecycle", "delete from tip.movement where kind = 7"),
    ("batches decisions legs lifecycle sender_numbers", "delete from tip.tip where tip_id = '{captured}'"),
    (
        "lifecycle",
        "update tip.lifecycle set refunded = 0, refunded_platform_fee = 0, refunded_payment_fee = 0",
    ),
    ("lifecycle", "update tip.lifecycle set state = 1 where tip_id = '{voided}'"),
    ("lifecycle", "update tip.lifecycle set expire_time = now() where tip_id = '{held}'"),
    ("lifecycle", "delete from tip.lifecycle where tip_id = '{held}'"),
    ("batches seals", "delete from tip.batch where batch_id = (select max(batch_id) from tip.batch)"),
    ("batches seals", "update tip.batch set digest = sha256('') where batch_id = {batch}"),
    ("batches", "update tip.batch set transaction_count = 2 where batch_id = {batch}"),
    ("seals", "delete from tip.seal where number = (select max(number) from tip.seal)"),
    ("seals", "delete from tip.seal where number = 3"),
    ("seals", "update tip.seal set hash = sha256('') where number = 3"),
    ("seals", "update tip.seal set number = 1000 where number = 2"),
    (
        "seals",  # two of them in the other order
        """update tip.seal set number = -2 where number = 2; update tip.seal set number = 2 where number = 3;
           update tip.seal set number = 3 where number = -2""",
    ),
    (
        "batches legs once",  # a cause that has its effect twice
        """alter table tip.movement drop constraint movement_once;
           insert into tip.movement select (jsonb_populate_record(m, jsonb_build_object(
               'movement_id', gen_random_uuid(), 'batch_id', -1))).*
           from tip.movement as m where kind = 10""",
    ),
    (
        "batches decisions legs once",  # a hold that is captured twice
        """alter table tip.movement drop constraint movement_once; drop index tip.movement_decides_once;
           insert into tip.movement select (jsonb_populate_record(m, jsonb_build_object(
               'movement_id', gen_random_uuid(), 'batch_id', -1))).* from tip.movement as m where kind = 4""",
    ),
    (
        "batches legs lifecycle refunds",  # more given back than there was
        """insert into tip.movement select (jsonb_populate_record(m, jsonb_build_object(
               'movement_id', gen_random_uuid(), 'source_id', gen_random_uuid(), 'batch_id', -1,
               'amount', 5000))).* from tip.movement as m where kind = 7""",
    ),
    (
        "batches decisions legs",  # a payout that is paid by less than was taken
        """insert into tip.movement select (jsonb_populate_record(m, jsonb_build_object(
               'movement_id', gen_random_uuid(), 'batch_id', -1, 'kind', 11, 'from_kind', 4, 'to_kind', 9,
               'to_owner', tip.school(), 'amount', 99))).* from tip.movement as m where kind = 10""",
    ),
    (
        "batches decisions legs lifecycle",  # a dispute that is won by more than was lost
        """insert into tip.movement select (jsonb_populate_record(m, jsonb_build_object(
               'movement_id', gen_random_uuid(), 'batch_id', -1, 'kind', 9, 'from_kind', 8, 'to_kind', 2,
               'from_owner', tip.school(), 'to_owner', '{educator}', 'debt', 0, 'amount', 60))).*
           from tip.movement as m where kind = 8""",
    ),
    (
        "balances legs running_balances transactions",  # beyond 64 bits
        "update tip.entry set amount = 9223372036854775807, balance = -9223372036854775808",
    ),
]


@pytest.fixture(scope="module")
async def scene_database(postgres: TestPostgres, template_database: str) -> tuple[str, Scene]:
    """A database with the scene in it, to be copied, and what is in it."""
    dsn = await postgres.create_database(template=template_database)
    connection = await asyncpg.connect(dsn)
    scene = await build(connection)
    await connection.close()
    return dsn, scene


@pytest.mark.parametrize(("checks", "fraud"), FRAUDS, ids=str)
async def test_a_fraud_past_the_triggers_is_found(
    postgres: TestPostgres, scene_database: tuple[str, Scene], checks: str, fraud: str
) -> None:
    """Each by the checks that it concerns, and by the second opinion."""
    dsn, scene = scene_database
    names = {name: str(value) for name, value in asdict(scene).items()}
    names["nobody"] = "00000000-0000-7000-8000-000000000001"
    names["batch"] = "(select min(batch_id) + 1 from tip.batch)"
    superuser = await asyncpg.connect(postgres.superuser_dsn_of(dsn))
    try:
        transaction = superuser.transaction()
        await transaction.start()
        await superuser.execute("set local session_replication_role = replica")
        await superuser.execute(fraud.format(**names))
        done = [await run_check(name, superuser) for name in CHECKS]
        second = await faults(superuser)
        await transaction.rollback()
    finally:
        await superuser.close()

    found = {check.name: check.faults for check in done if not check.passed}
    assert set(found) == set(checks.split())
    assert all(sentences and all(s.endswith(".") for s in sentences) for sentences in found.values())
    assert second


OWNERS = [
    (
        "balances totals",
        """alter table tip.account disable trigger user;
           update tip.account set balance = balance + 5 where kind = 1""",
    ),
    (
        "batches legs",
        """create or replace function tip.refuse_change() returns trigger language plpgsql as
           'begin return null; end'; update tip.tip set amount = amount + 1""",
    ),
    (
        "legs",  # from one to the other, by a trigger that the guards take for the posting
        """
        create or replace function tip.is_posting(stack text, writers text[]) returns boolean
        language sql return true;
        create table public.bait (n integer);
        create function public.steal() returns trigger language plpgsql as $$
        begin
            with taken as (
                update tip.account
                set balance = balance + case kind when 1 then -5 else 5 end, entry_count = entry_count + 1
                where (kind = 1 and owner_id = '{payer}') or (kind = 2 and owner_id = '{educator}')
                returning *
            )
            insert into tip.entry
                (account_id, number, transaction_id, kind, amount, balance, create_time, batch_id)
            select account_id, entry_count, '{given}', 1, case kind when 1 then -5 else 5 end, balance,
                   update_time, 1
            from taken;
            return null;
        end $$;
        create trigger steal after insert on public.bait for each statement execute function public.steal();
        insert into public.bait values (1)
        """,
    ),
    (
        "seals",  # a chain that begins anew
        """alter table tip.seal disable trigger user;
           update tip.seal set hash = sha256(int8send(number) || int8send(batch_id));
           create or replace function tip.hash_of_seal(
               previous bytea, number bigint, batch_id bigint, digest bytea
           ) returns bytea language sql immutable return sha256(int8send(number) || int8send(batch_id))""",
    ),
]


@pytest.mark.parametrize(("checks", "fraud"), OWNERS, ids=lambda value: value[:60])
async def test_a_fraud_by_the_owner_of_the_tables_is_found(
    postgres: TestPostgres, scene_database: tuple[str, Scene], checks: str, fraud: str
) -> None:
    """The application's role may change the tables and functions; the verification uses none of ours."""
    template, scene = scene_database
    dsn = await postgres.create_database(template=template)
    connection = await asyncpg.connect(dsn)
    for name, value in asdict(scene).items():
        fraud = fraud.replace(f"{{{name}}}", str(value))
    await connection.execute(fraud)
    await connection.close()

    assert set(checks.split()) <= set(await failed_checks(dsn))


async def test_a_ledger_rewritten_as_a_whole_has_another_head(
    postgres: TestPostgres, scene_database: tuple[str, Scene]
) -> None:
    """Who makes every hash anew passes every check; the head that somebody kept tells."""
    template, scene = scene_database
    dsn = await postgres.create_database(template=template)
    kept = (await verify(dsn))["all"].head_hash
    superuser = await asyncpg.connect(postgres.superuser_dsn_of(dsn))
    await superuser.execute("set session_replication_role = replica")
    await superuser.execute("update tip.tip set message = 'Other' where tip_id = $1", scene.given)
    tip = await superuser.fetchrow("select * from tip.tip where tip_id = $1", scene.given)
    await superuser.execute(
        "update tip.batch set digest = $2 where batch_id = $1",
        tip["batch_id"],
        hashlib.sha256(bytes_of_tip(tip)).digest(),
    )
    previous = b""
    seals = await superuser.fetch(
        "select number, batch_id, digest from tip.seal join tip.batch using (batch_id) order by number"
    )
    for seal in seals:
        previous = await superuser.fetchval(
            "update tip.seal set hash = tip.hash_of_seal($3, number, batch_id, $2) where number = $1"
            " returning hash",
            seal["number"],
            seal["digest"],
            previous,
        )
    await superuser.close()
    checks = await verify(dsn)

    assert all(check.passed for check in checks.values())
    assert len(kept) == len(checks["all"].head_hash) == 64
    assert checks["all"].head_hash != kept
