"""The SQL of the design in savepoints.py."""

from __future__ import annotations

SCHEMA = """
create schema savepoints;

create table savepoints.account (
    account_id uuid primary key,
    opening bigint not null,
    balance bigint not null check (balance >= 0)
);

create table savepoints.transfer (
    transfer_id bigint generated always as identity primary key,
    source_id uuid not null references savepoints.account,
    target_id uuid not null references savepoints.account,
    amount bigint not null check (amount > 0),
    create_time timestamptz not null default now(),
    check (source_id <> target_id)
);
create index on savepoints.transfer (source_id);
create index on savepoints.transfer (target_id);
create index on savepoints.transfer (create_time);

-- 0: taken. 1: the payer does not have the money. 2: an account is missing. 3: anything else.
create function savepoints.send(
    payers uuid[], educators uuid[], platform uuid, amounts bigint[], fees bigint[]
) returns smallint[]
language plpgsql
as $$
declare
    codes smallint[] := '{}';
    code smallint;
    locked bigint;
    funds bigint;
begin
    for place in 1 .. cardinality(payers) loop
        begin
            select count(*), max(balance) filter (where account_id = payers[place])
            into locked, funds
            from (
                select account_id, balance from savepoints.account
                where account_id in (payers[place], educators[place], platform)
                order by account_id
                for update
            ) as held;

            if locked <> 3 then
                code := 2;
            elsif funds < amounts[place] then
                code := 1;
            else
                update savepoints.account set balance = balance - amounts[place]
                where account_id = payers[place];
                update savepoints.account set balance = balance + amounts[place] - fees[place]
                where account_id = educators[place];
                update savepoints.account set balance = balance + fees[place]
                where account_id = platform;
                insert into savepoints.transfer (source_id, target_id, amount)
                values (payers[place], educators[place], amounts[place] - fees[place]);
                insert into savepoints.transfer (source_id, target_id, amount)
                values (payers[place], platform, fees[place]);
                code := 0;
            end if;
        exception when others then
            code := 3;
        end;
        codes := codes || code;
    end loop;
    return codes;
end;
$$;
"""

FAULTS = """
with moved as (
    select account_id, sum(amount) as total
    from (
        select source_id as account_id, -amount as amount from savepoints.transfer
        union all
        select target_id, amount from savepoints.transfer
    ) as leg
    group by account_id
)
select 'the balance of ' || account_id as fault
from savepoints.account left join moved using (account_id)
where balance <> opening + coalesce(total, 0)
union all
select 'the total' from savepoints.account having sum(balance) <> sum(opening)
"""

# Every tip is 100, of which 5 are the fee.
FILL = (
    "drop table if exists filling",
    """
    create temp table filling as
    select n, :payer_id as payer, :educator_id as educator from generate_series(0, :tips - 1) as n
    """,
    """
    insert into savepoints.transfer (source_id, target_id, amount)
    select payer, target, amount
    from filling cross join lateral (values (educator, 95), (:platform, 5)) as leg (target, amount)
    order by n
    """,
    """
    update savepoints.account
    set balance = balance + total
    from (
        select account_id, sum(amount) as total
        from filling cross join lateral (values (payer, -100), (educator, 95), (:platform, 5))
            as leg (account_id, amount)
        group by account_id
    ) as moved
    where account.account_id = moved.account_id
    """,
    "drop table filling",
)
