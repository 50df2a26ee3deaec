"""The SQL of the design in academe.py; the ledger itself is in the migrations of the tip slice."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.ledger.design import People, educator_sql, payer_sql, random_people

TOP_UP = """
with batch as materialized (select nextval('tip.batch_number') as batch_id)
insert into tip.movement (
    movement_id, batch_id, kind, source_id, from_kind, from_owner, to_kind, to_owner, currency, amount,
    platform_fee, payment_fee, debt, create_time
)
select uuidv7(), batch_id, 3, uuidv7(), 9, tip.school(), 1, owner_id, $2, $3, 0, 0, 0, clock_timestamp()
from batch cross join unnest($1::uuid[]) as owner_id
"""

SEND = """
select place, outcome, found_tip_id
from tip.send_tips(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::uuid[], $6::text[], $7::bigint[], $8::bigint[],
    $9::smallint[], $10::text[], $11::smallint[], $12::boolean[], $13::uuid[], $14::uuid[],
    $15::timestamptz[], $16::timestamptz[], $17::boolean[], $18::bigint[], $19::bigint[]
)
"""

# Every tip is 100, of which 5 are the fee; 256 of them make a batch.
FILL = (
    "drop table if exists filling",
    """
    create temp table filling as
    select n, uuidv7() as tip_id, payer, educator, now() as create_time,
           (select last_value from tip.batch_number) + 1 + n / 256 as batch_id
    from (
        select n, :payer_id as payer, :educator_id as educator from generate_series(0, :tips - 1) as n
    ) as made
    order by n
    """,
    "select setval('tip.batch_number', (select max(batch_id) from filling))",
    """
    insert into tip.tip (
        tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message, visibility,
        hide_amount, create_time, batch_id, funding, review, platform_fee, sender_number
    )
    select tip_id, payer, gen_random_uuid(), decode(repeat('01', 32), 'hex'), educator, :currency, 100,
           'Thank you!', 2, false, create_time, batch_id, 1, false, 5,
           coalesce(latest, 0) + row_number() over (partition by payer order by n)
    from filling
    left join (select sender_id, max(sender_number) as latest from tip.tip group by sender_id) as sent
        on sent.sender_id = payer
    order by n
    """,
    """
    insert into tip.account (kind, owner_id, currency, balance, entry_count, create_time, update_time)
    select distinct kind, owner_id, :currency, 0, 0, create_time, create_time
    from filling cross join lateral (values (2::smallint, educator), (6::smallint, tip.school()))
        as owned (kind, owner_id)
    on conflict on constraint account_once do nothing
    """,
    """
    create temp table filling_leg as
    select n, account_id, tip_id, leg.amount, batch_id, filling.create_time
    from filling
    cross join lateral (values (1, payer, -100), (2, educator, 95), (6, tip.school(), 5))
        as leg (kind, owner_id, amount)
    join tip.account as account
        on account.kind = leg.kind and account.owner_id = leg.owner_id and account.currency = :currency
    """,
    """
    insert into tip.entry (account_id, number, transaction_id, kind, amount, balance, create_time, batch_id)
    select account_id, entry_count + row_number() over so_far, tip_id, 1, amount,
           balance + sum(amount) over so_far, filling_leg.create_time, batch_id
    from filling_leg join tip.account using (account_id)
    window so_far as (partition by account_id order by n rows unbounded preceding)
    order by n
    """,
    """
    update tip.account as account
    set balance = balance + total, entry_count = entry_count + entries, update_time = latest
    from (
        select account_id, sum(amount) as total, count(*) as entries, max(create_time) as latest
        from filling_leg group by account_id
    ) as moved
    where moved.account_id = account.account_id
    """,
    """
    insert into tip.batch (batch_id, transaction_count, digest)
    select batch_id, count(*), sha256(string_agg(bytes, ''::bytea order by bytes))
    from (
        select t.batch_id, tip.bytes_of_tip(t) as bytes
        from tip.tip as t where t.batch_id in (select batch_id from filling)
    ) as written
    group by batch_id
    """,
    """
    do $$
    declare
        known record;
        last_number bigint;
        last_hash bytea;
    begin
        select number, hash into last_number, last_hash from tip.seal order by number desc limit 1;
        for known in
            select batch_id, digest from tip.batch
            where batch_id in (select batch_id from filling)
            order by batch_id
        loop
            last_number := coalesce(last_number, 0) + 1;
            last_hash := tip.hash_of_seal(coalesce(last_hash, ''), last_number, known.batch_id, known.digest);
            insert into tip.seal (number, batch_id, hash, seal_time)
            values (last_number, known.batch_id, last_hash, clock_timestamp());
        end loop;
    end;
    $$
    """,
    "drop table filling_leg",
    "drop table filling",
)


def one_tip(
    people: People, currency: str, message: str, limit_seconds: Sequence[int], limit_tips: Sequence[int]
) -> str:
    """The pgbench script of a single tip through the writer's call."""
    seconds, tips = (", ".join(map(str, limits)) for limits in (limit_seconds, limit_tips))
    return random_people(people) + (
        "select place, outcome, found_tip_id from tip.send_tips("
        f"array[uuidv7()], array[{payer_sql(':payer')}], array[gen_random_uuid()], "
        f"array[decode(repeat('01', 32), 'hex')], array[{educator_sql(':educator')}], array['{currency}'], "
        "array[:amount::bigint], array[:amount::bigint / 20], array[1::smallint], "
        f"array['{message}'], array[2::smallint], array[false], array[null::uuid], array[null::uuid], "
        "array[clock_timestamp()], array[null::timestamptz], array[false], "
        f"array[{seconds}]::bigint[], array[{tips}]::bigint[]);\n"
    )
