"""The limit of our shape: a tip, three entries and three balances, written by one statement, and no rule.

Whatever a ledger has beyond it costs something: requests recognised, limits, digests, guards against raw SQL,
indexes for what people look up. Here is none of that, only what must be written for the sums to be there, in
the way that PostgreSQL does it fastest: one statement for the batch, accounts found and locked by their key
in one order, each changed once.
"""

from __future__ import annotations

import asyncpg

from benchmarks.ledger.design import (
    PLATFORM,
    Batch,
    People,
    educator_sql,
    open_accounts,
    payer_sql,
    random_people,
    refuse_faults,
)

SCHEMA = """
create schema rows_alone;

create table rows_alone.account (
    account_id uuid primary key,
    opening bigint not null,
    balance bigint not null check (balance >= 0),
    entry_count bigint not null default 0
);

create table rows_alone.tip (
    tip_id uuid primary key,
    payer_id uuid not null,
    educator_id uuid not null,
    request_id uuid not null,
    amount bigint not null check (amount > 0),
    message text not null,
    create_time timestamptz not null
);

create table rows_alone.entry (
    account_id uuid,
    number bigint,
    tip_id uuid not null,
    amount bigint not null,
    balance bigint not null,
    primary key (account_id, number)
);
"""

SEND = """
with given as materialized (
    select tip_id, payer, educator, amount, fee, request_id, place
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::uuid[])
        with ordinality as given (tip_id, payer, educator, amount, fee, request_id, place)
), leg as materialized (
    select tip_id, payer as account_id, -amount as amount, place from given
    union all select tip_id, educator, amount - fee, place from given
    union all select tip_id, $7::uuid, fee, place from given
), locked as materialized (
    select account_id, balance, entry_count from rows_alone.account
    where account_id = any (array(select distinct account_id from leg))
    order by account_id
    for no key update
), written as (
    insert into rows_alone.tip (tip_id, payer_id, educator_id, request_id, amount, message, create_time)
    select tip_id, payer, educator, request_id, amount, 'Thank you!', now() from given
), summed as (
    select account_id, sum(amount)::bigint as amount, count(*) as entries from leg group by account_id
), changed as (
    update rows_alone.account as account
    set balance = account.balance + summed.amount, entry_count = account.entry_count + summed.entries
    from summed
    where account.account_id = summed.account_id
        and account.account_id = any (array(select distinct account_id from leg))
)
insert into rows_alone.entry (account_id, number, tip_id, amount, balance)
select leg.account_id, locked.entry_count + row_number() over so_far, leg.tip_id, leg.amount,
       locked.balance + sum(leg.amount) over so_far
from leg join locked on locked.account_id = leg.account_id
window so_far as (partition by leg.account_id order by leg.place rows unbounded preceding)
"""

FAULTS = """
with entries as (
    select account_id, sum(amount) as total, max(number) as latest from rows_alone.entry group by account_id
)
select 'the balance of ' || account_id as fault
from rows_alone.account left join entries using (account_id)
where balance <> opening + coalesce(total, 0) or entry_count <> coalesce(latest, 0)
union all
select 'the legs of ' || tip_id from rows_alone.entry group by tip_id having sum(amount) <> 0 or count(*) <> 3
"""


class RowsAlone:
    """See the module."""

    name = "the rows alone, without a rule (the limit)"
    key = "rows_alone"
    entries_per_tip = 3

    async def prepare(self, connection: asyncpg.Connection, people: People, funds: int) -> None:
        await connection.execute(SCHEMA)
        await open_accounts(connection, "rows_alone", people, funds)
        await connection.execute("analyze rows_alone.account")
        await connection.execute("set enable_seqscan = off")  # accounts are found by their key

    async def send(self, connection: asyncpg.Connection, batch: Batch) -> None:
        await connection.execute(
            SEND,
            batch.tip_ids,
            batch.payers,
            batch.educators,
            batch.amounts,
            batch.fees,
            batch.request_ids,
            PLATFORM,
        )

    async def verify(self, connection: asyncpg.Connection, dsn: str) -> int:
        await refuse_faults(connection, self.key, FAULTS)
        tips: int = await connection.fetchval("select count(*) from rows_alone.tip")
        return tips

    async def fill(self, connection: asyncpg.Connection, people: People, tips: int) -> None:
        """As many batches of a thousand."""
        for first in range(0, tips, 1_000):
            batch = Batch()
            for number in range(first, min(first + 1_000, tips)):
                payer = people.payers[number % people.payer_count]
                batch.add(payer, people.educators[number % people.educator_count], 100, 5)
            await self.send(connection, batch)

    def one_tip(self, people: People) -> str:
        text = SEND
        for place, value in enumerate(
            (
                "array[uuidv7()]",
                f"array[{payer_sql(':payer')}]",
                f"array[{educator_sql(':educator')}]",
                "array[:amount::bigint]",
                "array[:amount::bigint / 20]",
                "array[gen_random_uuid()]",
                f"'{PLATFORM}'",
            ),
            start=1,
        ):
            text = text.replace(f"${place}::", f"{value}::")
        return random_people(people) + " ".join(text.split()) + ";\n"
