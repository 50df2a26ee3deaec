"""The yardstick: one tip in one transaction, written as a textbook would, in pgbench.

Nothing is cut from what a ledger needs (the tip, three entries with their balances, three balances), and
nothing is added: no request to recognise, no limits, no function. It is measured in two ways: statement by
statement, as an application and pgbench's own scripts do it, which is the yardstick; and all statements in
one pipeline, for one round trip, which no driver does by itself and which is shown beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from benchmarks import limits
from benchmarks.ledger.design import (
    PLATFORM,
    People,
    educator_sql,
    open_accounts,
    payer_sql,
    random_people,
    refuse_faults,
)

WAYS: Mapping[str, str] = {
    "plain": "a textbook's transaction, statement by statement",
    "pipelined": "the same in one pipeline",
}
"""By key, in words; `script` has the one for each."""

SCHEMA = """
create schema plain;

create table plain.account (
    account_id uuid primary key,
    opening bigint not null,
    balance bigint not null check (balance >= 0),
    entry_count bigint not null default 0
);

create table plain.tip (
    tip_id uuid primary key,
    payer_id uuid not null,
    educator_id uuid not null,
    amount bigint not null check (amount > 0),
    create_time timestamptz not null default now()
);

create table plain.entry (
    account_id uuid,
    number bigint,
    tip_id uuid not null,
    amount bigint not null,
    balance bigint not null,
    primary key (account_id, number)
);
"""

FAULTS = """
with entries as (
    select account_id, sum(amount) as total, max(number) as latest from plain.entry group by account_id
)
select 'the balance of ' || account_id as fault
from plain.account left join entries using (account_id)
where balance <> opening + coalesce(total, 0) or entry_count <> coalesce(latest, 0)
union all
select 'the legs of ' || tip_id from plain.entry group by tip_id having sum(amount) <> 0 or count(*) <> 3
"""


async def prepare(connection: asyncpg.Connection, people: People, funds: int) -> None:
    await connection.execute(SCHEMA)
    await open_accounts(connection, "plain", people, funds)


def script(people: People, *, pipelined: bool) -> str:
    """Payers before educators before the platform, so that several clients never wait in a circle."""
    tip = "('0190' || lpad(to_hex(:tip::bigint), 28, '0'))::uuid"
    legs = (
        (payer_sql(":payer"), "-:amount::bigint"),
        (educator_sql(":educator"), "(:amount::bigint - :amount::bigint / 20)"),
        (f"'{PLATFORM}'::uuid", "(:amount::bigint / 20)"),
    )
    posted = "".join(
        "with changed as (update plain.account set balance = balance + "
        f"{amount}, entry_count = entry_count + 1 where account_id = {account} "
        "returning account_id, entry_count, balance) "
        "insert into plain.entry (account_id, number, tip_id, amount, balance) "
        f"select account_id, entry_count, {tip}, {amount}, balance from changed;\n"
        for account, amount in legs
    )
    return (
        random_people(people)
        + "\\set tip random(1, 9223372036854775806)\n"
        + ("\\startpipeline\n" if pipelined else "")
        + "begin;\n"
        + f"insert into plain.tip (tip_id, payer_id, educator_id, amount) values ({tip}, "
        + f"{payer_sql(':payer')}, {educator_sql(':educator')}, :amount::bigint);\n"
        + posted
        + "commit;\n"
        + ("\\endpipeline\n" if pipelined else "")
    )


async def verify(connection: asyncpg.Connection, dsn: str) -> None:
    """Raises LedgerWrongError if a sum is off."""
    await refuse_faults(connection, "plain", FAULTS)


async def tips_per_second(dsn: str, text: str, clients: int, seconds: int, scratch: Path) -> float:
    """How many transactions of a script that sends one tip."""
    return await asyncio.to_thread(limits.pgbench, dsn, text, seconds, scratch, clients=clients)
