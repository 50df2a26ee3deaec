"""The ledger against raw SQL of the application's own role: what breaks a rule is refused by the database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.tip import TipRepository
from tests.support.ledger import balances_of, faults, new_tip
from tests.support.postgres import TestPostgres

APPEND_ONLY = "ledger_append_only"
DERIVED = "ledger_derived"

ATTACKS = [
    # Tips that must not be.
    ("tip_amount_positive", "insert into tip.tip select (t).* from (select make_tip(amount => 0) t)"),
    ("tip_amount_positive", "insert into tip.tip select (t).* from (select make_tip(amount => -1) t)"),
    ("tip_not_to_oneself", "insert into tip.tip select (t).* from (select make_tip(to_oneself => true) t)"),
    ("tip_currency_code", "insert into tip.tip select (t).* from (select make_tip(currency => 'eur') t)"),
    ("tip_currency_code", "insert into tip.tip select (t).* from (select make_tip(currency => 'E') t)"),
    ("tip_visibility_known", "insert into tip.tip select (t).* from (select make_tip(visibility => 0) t)"),
    ("tip_pkey", "insert into tip.tip select * from tip.tip limit 1"),
    (
        "tip_request_once",
        """insert into tip.tip select gen_random_uuid(), sender_id, request_id, request_hash, educator_id,
           currency, amount, message, visibility, hide_amount, course_id, lesson_id, create_time
           from tip.tip limit 1""",
    ),
    # What was written stays as it is.
    (APPEND_ONLY, "update tip.tip set amount = amount + 1"),
    (APPEND_ONLY, "update tip.tip set message = '' where false"),
    (APPEND_ONLY, "delete from tip.tip"),
    (APPEND_ONLY, "truncate tip.tip"),
    (APPEND_ONLY, "insert into tip.tip select * from tip.tip on conflict (tip_id) do update set amount = 1"),
    (APPEND_ONLY, "update tip.entry set amount = -amount"),
    (APPEND_ONLY, "delete from tip.entry"),
    (APPEND_ONLY, "truncate tip.entry"),
    (APPEND_ONLY, "delete from tip.account"),
    (APPEND_ONLY, "truncate tip.account cascade"),
    # An account belongs to one owner, in one currency.
    (APPEND_ONLY, "update tip.account set currency = 'USD'"),
    (APPEND_ONLY, "update tip.account set owner_id = gen_random_uuid()"),
    (APPEND_ONLY, "update tip.account set kind = 3 - kind"),
    # Entries and balances come from tips only.
    (DERIVED, "update tip.account set balance = balance + 1"),
    (DERIVED, "update tip.account set entry_count = 0 where false"),
    (
        DERIVED,
        """insert into tip.account (owner_id, kind, currency, balance, entry_count, create_time)
           values (gen_random_uuid(), 2, 'EUR', 100, 0, now())""",
    ),
    (
        DERIVED,
        """insert into tip.entry (account_id, number, tip_id, amount, balance, create_time)
           select account_id, number + 1, tip_id, amount, balance + amount, create_time from tip.entry""",
    ),
    (DERIVED, "do $$ begin update tip.account set balance = 0; end $$"),
]

MAKE_TIP = """
    create function pg_temp.make_tip(
        amount bigint default 5, currency text default 'EUR', to_oneself boolean default false,
        visibility integer default 1
    ) returns tip.tip language sql as $$
        with sender as materialized (select gen_random_uuid() as id)
        select row(gen_random_uuid(), sender.id, gen_random_uuid(), 'x'::bytea,
                   case when to_oneself then sender.id else gen_random_uuid() end, currency::character(3),
                   amount, '', visibility::smallint, false, null, null, now())::tip.tip
        from sender
    $$
"""


@pytest.fixture
async def attacker(pool: Pool) -> AsyncIterator[asyncpg.Connection]:
    """The application's own connection, on a ledger with a tip in it; what it does is rolled back."""
    await TipRepository(pool).add_tip(new_tip(new_id(), new_id()))
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(MAKE_TIP)
        await connection.execute("set local search_path = pg_catalog, pg_temp")
        yield connection
        await transaction.rollback()


@pytest.mark.parametrize(("rule", "attack"), ATTACKS, ids=[f"{rule}: {sql}" for rule, sql in ATTACKS])
async def test_an_attack_by_raw_sql_is_refused(attacker: asyncpg.Connection, rule: str, attack: str) -> None:
    """Each is refused by the rule that it breaks, by name."""
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
        await attacker.execute(attack.replace("make_tip", "pg_temp.make_tip"))

    assert refusal.value.constraint_name == rule


async def test_a_tip_written_by_raw_sql_is_posted_like_any_other(attacker: asyncpg.Connection) -> None:
    """A tip's row is all there is to write: its legs and balances follow, whoever wrote it."""
    await attacker.execute(
        "insert into tip.tip select (t).* from (select pg_temp.make_tip(7) t from generate_series(1, 5))"
    )
    posted = await attacker.fetchval("select count(*) from tip.entry where abs(amount) = 7")

    assert posted == 10
    assert await faults(attacker) == []


async def test_a_posting_that_does_not_add_up_is_refused(attacker: asyncpg.Connection) -> None:
    """Whatever trigger comes to post here: legs written together add up to nothing, or are not written."""
    await attacker.execute("create temp table bait (n integer)")
    await attacker.execute(
        """
        create function pg_temp.post_amiss() returns trigger language plpgsql as $$
        begin
            insert into tip.entry (account_id, number, tip_id, amount, balance, create_time)
            select account_id, entry_count + 1, gen_random_uuid(), 100, balance + 100, now()
            from tip.account limit 1;
            return null;
        end $$
        """
    )
    await attacker.execute(
        """
        create trigger post_amiss after insert on bait
        for each statement execute function pg_temp.post_amiss()
        """
    )
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await attacker.execute("insert into bait values (1)")

    assert refusal.value.constraint_name == "entry_legs_balance"


async def test_an_educators_account_does_not_go_below_zero(attacker: asyncpg.Connection) -> None:
    """Nobody is paid what they did not receive; a sender's account may, it is settled outside."""
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await attacker.execute(
            """
            create temp table bait (n integer);
            create function pg_temp.take() returns trigger language plpgsql as $$
            begin update tip.account set balance = -1 where kind = 2; return null; end $$;
            create trigger take after insert on bait for each statement execute function pg_temp.take();
            insert into bait values (1)
            """
        )

    assert refusal.value.constraint_name == "account_payable_covered"


async def test_what_one_sends_and_what_one_receives_are_two_accounts(pool: Pool) -> None:
    """Somebody who teaches here and learns there has both, in each currency."""
    both, other = new_id(), new_id()
    repository = TipRepository(pool)
    for tip in (
        new_tip(other, both, 300),
        new_tip(both, other, 200),
        new_tip(other, both, 40, currency="JPY"),
        new_tip(other, both, 1),
    ):
        await repository.add_tip(tip)

    assert await balances_of(pool, [both]) == {
        (both, 1, "EUR"): -200,
        (both, 2, "EUR"): 301,
        (both, 2, "JPY"): 40,
    }
    assert await faults(pool) == []


FRAUDS = [
    "update tip.account set balance = balance + 1 where kind = 2",
    "update tip.entry set amount = amount * 2, balance = balance * 2",
    "update tip.entry set balance = balance + 1 where number = 1",
    "delete from tip.entry",
    "update tip.tip set amount = amount + 1",
    "update tip.account set entry_count = entry_count + 1",
    "update tip.account set owner_id = gen_random_uuid()",
]


@pytest.mark.parametrize("fraud", FRAUDS)
async def test_a_fraud_past_the_triggers_is_found(
    pool: Pool, postgres: TestPostgres, database: str, fraud: str
) -> None:
    """A superuser can switch triggers off; recomputing the ledger tells."""
    await TipRepository(pool).add_tip(new_tip(new_id(), new_id()))
    superuser = await asyncpg.connect(postgres.superuser_dsn_of(database))
    try:
        transaction = superuser.transaction()
        await transaction.start()
        await superuser.execute("set local session_replication_role = replica")
        await superuser.execute(fraud)
        found = await faults(superuser)
        await transaction.rollback()
    finally:
        await superuser.close()

    assert found
    assert await faults(pool) == []
