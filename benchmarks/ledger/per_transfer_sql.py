"""The SQL of the design in per_transfer.py."""

from __future__ import annotations

SCHEMA = """
create schema per_transfer;

create table per_transfer.account (
    account_id uuid primary key,
    currency text not null,
    opening numeric not null,
    balance numeric not null,
    version bigint not null default 0,
    may_be_negative boolean not null,
    update_time timestamptz not null default now()
);

create table per_transfer.transfer (
    transfer_id uuid primary key default uuidv7(),
    source_id uuid not null references per_transfer.account,
    target_id uuid not null references per_transfer.account,
    amount numeric not null,
    create_time timestamptz not null,
    event_time timestamptz not null,
    check (amount > 0 and source_id <> target_id)
);
create index on per_transfer.transfer (source_id);
create index on per_transfer.transfer (target_id);
create index on per_transfer.transfer (event_time);

create table per_transfer.entry (
    entry_id uuid primary key default uuidv7(),
    account_id uuid not null references per_transfer.account,
    transfer_id uuid not null references per_transfer.transfer,
    amount numeric not null,
    previous_balance numeric not null,
    current_balance numeric not null,
    account_version bigint not null,
    create_time timestamptz not null
);
create index on per_transfer.entry (account_id);
create index on per_transfer.entry (transfer_id);

create function per_transfer.send(sources uuid[], targets uuid[], amounts bigint[]) returns uuid[]
language plpgsql
as $$
declare
    source per_transfer.account;
    target per_transfer.account;
    amount numeric;
    made uuid;
    all_made uuid[] := '{}';
begin
    perform from per_transfer.account
    where account_id = any (sources || targets)
    order by account_id
    for update;

    for place in 1 .. cardinality(sources) loop
        amount := amounts[place];

        update per_transfer.account as a
        set balance = a.balance - amount, version = a.version + 1, update_time = now()
        where a.account_id = sources[place]
        returning a.* into source;

        update per_transfer.account as a
        set balance = a.balance + amount, version = a.version + 1, update_time = now()
        where a.account_id = targets[place]
        returning a.* into target;

        if source.balance < 0 and not source.may_be_negative then
            raise exception 'account % does not hold %', source.account_id, amount;
        end if;
        if source.currency is distinct from target.currency then
            raise exception 'accounts % and % differ in currency', source.account_id, target.account_id;
        end if;

        insert into per_transfer.transfer (source_id, target_id, amount, create_time, event_time)
        values (sources[place], targets[place], amount, now(), now())
        returning transfer_id into made;

        insert into per_transfer.entry (
            account_id, transfer_id, amount, previous_balance, current_balance, account_version, create_time
        )
        values (
            source.account_id, made, -amount, source.balance + amount, source.balance, source.version, now()
        );

        insert into per_transfer.entry (
            account_id, transfer_id, amount, previous_balance, current_balance, account_version, create_time
        )
        values (
            target.account_id, made, amount, target.balance - amount, target.balance, target.version, now()
        );

        all_made := all_made || made;
    end loop;
    return all_made;
end;
$$;
"""

FAULTS = """
with entries as (
    select account_id, sum(amount) as total, count(*) as entries, max(account_version) as latest,
           bool_and(current_balance = previous_balance + amount) as steps
    from per_transfer.entry
    group by account_id
),
legs as (
    select transfer_id, count(*) as legs, sum(amount) as total, max(amount) as amount
    from per_transfer.entry
    group by transfer_id
)
select 'the balance of ' || account_id as fault
from per_transfer.account left join entries using (account_id)
where balance <> opening + coalesce(total, 0)
   or (version, version) is distinct from (coalesce(entries, 0), coalesce(latest, 0))
   or not coalesce(steps, true) or balance < 0
union all
select 'the legs of ' || transfer_id
from per_transfer.transfer left join legs using (transfer_id)
where (legs, total, legs.amount) is distinct from (2, 0, transfer.amount)
union all
select 'the total' from per_transfer.account having sum(balance) <> sum(opening)
"""

# Every tip is 100, of which 5 are the fee. The n-th tip of all is the n / :payers-th of its payer, so that
# the balance after it is known without adding up.
FILL = (
    "drop table if exists filling",
    """
    create temp table filling as
    select n, :payer_id as payer, :educator_id as educator, uuidv7() as given, uuidv7() as charged
    from generate_series(0, :tips - 1) as n
    """,
    """
    insert into per_transfer.transfer (transfer_id, source_id, target_id, amount, create_time, event_time)
    select transfer_id, payer, target, amount, now(), now()
    from filling cross join lateral (values (given, educator, 95), (charged, :platform, 5))
        as leg (transfer_id, target, amount)
    order by n
    """,
    """
    insert into per_transfer.entry (
        account_id, transfer_id, amount, previous_balance, current_balance, account_version, create_time
    )
    select account_id, transfer_id, leg.amount, balance + before, balance + before + leg.amount,
           version + number, now()
    from filling cross join lateral (values
        (payer, given, -95, -100 * (n / :payers), 2 * (n / :payers) + 1),
        (payer, charged, -5, -100 * (n / :payers) - 95, 2 * (n / :payers) + 2),
        (educator, given, 95, 95 * (n / :educators), n / :educators + 1),
        (:platform, charged, 5, 5 * n, n + 1)
    ) as leg (account_id, transfer_id, amount, before, number)
    join per_transfer.account using (account_id)
    order by n
    """,
    """
    update per_transfer.account
    set balance = balance + total, version = version + entries
    from (
        select account_id, sum(amount) as total, sum(entries) as entries
        from filling cross join lateral (values (payer, -100, 2), (educator, 95, 1), (:platform, 5, 1))
            as leg (account_id, amount, entries)
        group by account_id
    ) as moved
    where account.account_id = moved.account_id
    """,
    "drop table filling",
)
