-- How rows become legs, entries and hashes: the only way into the tables of the ledger.

-- A transaction's own row as bytes, which no setting of the server or client changes and no
-- column to come. Stable because record_send is called so; what it gives for these types never changes.
create function tip.bytes_of_tip(t tip.tip) returns bytea
language sql stable parallel safe
return record_send(row(
    t.tip_id, t.sender_id, t.request_id, t.request_hash, t.educator_id, t.currency, t.amount, t.platform_fee,
    t.funding, t.review, t.visibility, t.hide_amount, t.course_id, t.lesson_id, t.create_time, t.sender_number,
    convert_to(t.message, 'UTF8')
));

create function tip.bytes_of_movement(m tip.movement) returns bytea
language sql stable parallel safe
return record_send(row(
    m.movement_id, m.kind, m.source_id, m.tip_id, m.from_kind, m.from_owner, m.to_kind, m.to_owner, m.currency,
    m.amount, m.platform_fee, m.payment_fee, m.debt, m.create_time
));

create function tip.hash_of_seal(previous bytea, number bigint, batch_id bigint, digest bytea) returns bytea
language sql immutable parallel safe
return sha256(previous || int8send(number) || int8send(batch_id) || digest);

-- Who owns the school's own accounts.
create function tip.school() returns uuid
language sql immutable parallel safe
return '00000000-0000-0000-0000-000000000000'::uuid;

-- Whether the statement that a trigger or function was called by is one of `writers` (functions of this schema);
-- `stack` is what it sees as pg_context, innermost first:
--
--   PL/pgSQL function tip.refuse_unless_posting() line 5 at GET DIAGNOSTICS
--   SQL statement "insert into tip.seal …"
--   PL/pgSQL function tip.seal_batch() line 9 at SQL statement
--
-- An attacker's statement, or the name of their function, may have all that follows in it, with line breaks and
-- quotes. So the statement must be, to the letter, one of those in the function that is said to execute it. None
-- of these goes on with a name in quotes, so none is the beginning of another. Functions here have their
-- own search_path, so that names in the stack are qualified and operators are the system's, whatever a client set.
--
-- Only a superuser has messages translated. On such a server the depth of triggers must do. The owner of this
-- schema, who may replace its functions and drop its triggers, is out of reach of any of this: VerifyLedger
-- finds what they did.
create function tip.is_posting(stack text, writers text[]) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    before constant text := split_part(stack, E'\n', 1) || E'\nSQL statement "';
    above text;
    statement text;
    writer text;
begin
    if not starts_with(stack, 'PL/pgSQL function tip.') then
        return pg_trigger_depth() > 1;
    end if;
    -- By split_part, since strpos and substr count characters, which takes ten times as long.
    foreach writer in array writers loop
        above := split_part(stack, E'"\nPL/pgSQL function tip.' || writer || '(', 1);
        statement := split_part(above, before, 2);
        if above = before || statement and exists (
            select from pg_proc
            where proname = writer and pronamespace = 'tip'::regnamespace
                and split_part(prosrc, E'\n    ' || statement || E';\n', 2) <> ''
        ) then
            return true;
        end if;
    end loop;
    return false;
end;
$$;

create type tip.leg as (
    batch_id bigint,
    transaction_id uuid,
    kind smallint,
    account_kind smallint,
    owner_id uuid,
    currency character(3),
    amount bigint,
    create_time timestamptz
);

-- Posts the legs of one statement: accounts are made, locked and changed once each, in one order for
-- everybody, so that two of these never wait for each other in a circle. Debts are last in it, because they
-- are repaid by a second statement, when all the others are locked. Within an account, entries have the
-- order of the transactions' ids, and times that never run backwards; a server whose clock is ahead cannot push
-- those of others into the future. Nested loops are off because the plan is made once, perhaps for one tip, and
-- kept for batches of hundreds.
create function tip.post(legs tip.leg[], sources bytea[], source_batches bigint[]) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
set enable_mergejoin = off
set enable_hashjoin = on
set plan_cache_mode = force_generic_plan
as $$
declare
    stack text;
    latest_time constant timestamptz := clock_timestamp() + interval '1 second';
begin
    -- Legs follow from rows. The two that make them call this in an assignment, which has no statement of its own
    -- in the stack, so what comes next in it is the name of the function.
    get diagnostics stack = pg_context;
    if starts_with(stack, 'PL/pgSQL function tip.')
        and not starts_with(split_part(stack, E'\n', 2), 'PL/pgSQL function tip.post_tips() ')
        and not starts_with(split_part(stack, E'\n', 2), 'PL/pgSQL function tip.post_movements() ')
        or pg_trigger_depth() = 0
    then
        raise exception 'legs follow from tips and movements'
            using errcode = 'restrict_violation', constraint = 'ledger_derived';
    end if;

    with leg as materialized (
        select batch_id, transaction_id, kind, account_kind, owner_id, currency, amount,
               least(create_time, latest_time) as create_time
        from unnest(legs)
        where amount <> 0
    ),
    touched as (
        insert into tip.account as account
            (kind, owner_id, currency, balance, entry_count, create_time, update_time)
        select account_kind, owner_id, currency, sum(amount), count(*), min(create_time), max(create_time)
        from leg
        group by account_kind, owner_id, currency
        order by account_kind = 5, account_kind, owner_id, currency
        on conflict on constraint account_once do update
            set balance = account.balance + excluded.balance,
                entry_count = account.entry_count + excluded.entry_count,
                update_time = greatest(account.update_time, excluded.update_time)
        returning account_id, kind, owner_id, currency, balance, entry_count, update_time
    ),
    -- Of the legs that one account gets, the latest has the account's new count and balance, and the ones
    -- before it are told by counting back.
    placed as (
        select account_kind, owner_id, currency, batch_id, transaction_id, kind, amount,
               row_number() over latest_first as place,
               sum(amount) over latest_first as total
        from leg
        window latest_first as (
            partition by owner_id, account_kind, currency order by transaction_id desc
            rows unbounded preceding
        )
    )
    insert into tip.entry (account_id, number, transaction_id, kind, amount, balance, create_time, batch_id)
    select touched.account_id,
           touched.entry_count + 1 - placed.place,
           placed.transaction_id,
           placed.kind,
           placed.amount,
           touched.balance + placed.amount - placed.total,
           touched.update_time,
           placed.batch_id
    from placed
    join touched on touched.kind = placed.account_kind and touched.owner_id = placed.owner_id
        and touched.currency = placed.currency;

    insert into tip.batch (batch_id, transaction_count, digest)
    select batch_id, count(*), sha256(string_agg(bytes, ''::bytea order by bytes))
    from unnest(sources, source_batches) as source (bytes, batch_id)
    group by batch_id
    order by batch_id;
    return true;
end;
$$;

-- A tip is posted as its funding says; one from outside is posted when its payment arrives.
create function tip.post_tips() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    legs tip.leg[];
    sources bytea[];
    source_batches bigint[];
    posted boolean;
begin
    -- Whoever may call this may also make it a trigger of a table of their own.
    if tg_relid <> 'tip.tip'::regclass then
        raise exception 'nothing follows from rows of %', tg_relid::regclass
            using errcode = 'restrict_violation', constraint = 'ledger_derived';
    end if;
    -- Of each sender the first follows what was there, and the others follow it; each is there once by its key.
    if exists (
        select from (
            select sender_id, min(sender_number) as first, max(sender_number) as last, count(*) as tips
            from sent
            group by sender_id
        ) as s
        where last - first + 1 <> tips or first <> 1 and (
            -- Asked for each, so that it is always found by its key.
            select t.sender_number from tip.tip as t
            where t.sender_id = s.sender_id and t.sender_number = s.first - 1
        ) is null
    ) then
        raise exception 'the tips of a sender are numbered without gaps'
            using errcode = 'check_violation', constraint = 'tip_number_follows';
    end if;

    insert into tip.lifecycle (
        tip_id, state, currency, amount, platform_fee, payment_fee,
        refunded, refunded_platform_fee, refunded_payment_fee, expire_time, update_time
    )
    select tip_id, case when funding = 3 then 3 when review then 2 else 1 end, currency, amount, platform_fee, 0,
           0, 0, 0, expire_time, create_time
    from sent
    where funding in (2, 3);
    legs := (
        select array_agg(row(
            leg.batch_id, leg.transaction_id, leg.kind, leg.account_kind, leg.owner_id, leg.currency, leg.amount,
            leg.create_time
        )::tip.leg)
        from sent as t
        cross join lateral (
            select t.batch_id, t.tip_id, t.funding, 1::smallint, t.sender_id, t.currency, -t.amount,
                   t.create_time
            where t.funding in (1, 2)
            union all
            select t.batch_id, t.tip_id, 1::smallint, 2::smallint, t.educator_id, t.currency,
                   t.amount - t.platform_fee, t.create_time
            where t.funding = 1
            union all
            select t.batch_id, t.tip_id, 1::smallint, 6::smallint, tip.school(), t.currency, t.platform_fee,
                   t.create_time
            where t.funding = 1
            union all
            select t.batch_id, t.tip_id, 2::smallint, 3::smallint, t.sender_id, t.currency, t.amount,
                   t.create_time
            where t.funding = 2
        ) as leg (
            batch_id, transaction_id, kind, account_kind, owner_id, currency, amount, create_time
        )
    );
    sources := (select array_agg(tip.bytes_of_tip(t)) from sent as t);
    source_batches := (select array_agg(batch_id) from sent);
    posted := tip.post(legs, sources, source_batches);
    return null;
end;
$$;

-- What a movement says of a tip must be so; then the tip goes on, and the legs are posted.
create function tip.post_movements() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
-- A plan is made once, perhaps while tables have little in them, and kept for what comes: every tip by index.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    wrong uuid;
    decided bigint;
    given_back bigint;
    legs tip.leg[];
    sources bytea[];
    source_batches bigint[];
    posted boolean;
begin
    if tg_relid <> 'tip.movement'::regclass then
        raise exception 'nothing follows from rows of %', tg_relid::regclass
            using errcode = 'restrict_violation', constraint = 'ledger_derived';
    end if;

    select m.movement_id into wrong
    from moved as m
    left join tip.tip as t on t.tip_id = m.tip_id
    -- What it undoes: a dispute that was won, or a refund that failed.
    left join tip.movement as undone on undone.source_id = m.source_id
        and undone.kind = case m.kind when 9 then 8 when 16 then 7 end
    where m.tip_id is not null and (
        t.tip_id is null or t.currency <> m.currency
        or case m.kind
            when 4 then (t.funding, m.from_owner, m.to_owner, m.amount, m.platform_fee, m.payment_fee)
                is distinct from (2, t.sender_id, t.educator_id, t.amount, t.platform_fee, 0)
            when 5 then (t.funding, m.from_owner, m.amount) is distinct from (2, t.sender_id, t.amount)
            when 6 then (t.funding, m.to_owner, m.amount, m.platform_fee)
                is distinct from (3, t.educator_id, t.amount, t.platform_fee)
            when 7 then m.from_owner <> t.educator_id or (t.funding = 3) <> (m.to_kind = 8)
                or (m.to_kind = 1 and m.to_owner <> t.sender_id)
            when 8 then (t.funding, m.from_owner) is distinct from (3, t.educator_id)
            when 9 then (t.funding, m.to_owner) is distinct from (3, t.educator_id)
            when 16 then (t.funding, m.to_owner) is distinct from (3, t.educator_id)
        end
        or m.kind in (9, 16) and (m.tip_id, m.amount, m.platform_fee, m.payment_fee) is distinct from
            (undone.tip_id, undone.amount, undone.platform_fee, undone.payment_fee)
    )
    limit 1;
    if found then
        raise exception 'movement % does not fit its tip', wrong
            using errcode = 'check_violation', constraint = 'movement_fits_tip';
    end if;

    -- Held, and paid for: decided once, and only while it is open.
    with locked as (
        select m.tip_id, m.kind, m.payment_fee, m.create_time
        from moved as m
        join tip.lifecycle as open on open.tip_id = m.tip_id
        where m.kind in (4, 5, 6)
        order by m.tip_id
        for no key update of open
    )
    update tip.lifecycle as l
    set state = case locked.kind when 5 then 5 else 4 end,
        payment_fee = locked.payment_fee,
        update_time = greatest(l.update_time, locked.create_time)
    from locked
    where l.tip_id = locked.tip_id and case locked.kind when 6 then l.state in (3, 6) else l.state in (1, 2) end;
    get diagnostics decided = row_count;
    if decided <> (select count(*) from moved where kind in (4, 5, 6)) then
        raise exception 'a tip is captured, voided or paid once, and only while it is open'
            using errcode = 'check_violation', constraint = 'movement_of_open_tip';
    end if;

    -- Given back: the constraints of tip.lifecycle hold every part of the sum. A tip from the wallet gets its row
    -- now, without anything in it, since they would also judge a row that is only proposed.
    insert into tip.lifecycle (
        tip_id, state, currency, amount, platform_fee, payment_fee,
        refunded, refunded_platform_fee, refunded_payment_fee, expire_time, update_time
    )
    select distinct on (t.tip_id) t.tip_id, 4, t.currency, t.amount, t.platform_fee, 0, 0, 0, 0, null::timestamptz,
           m.create_time
    from moved as m
    join tip.tip as t on t.tip_id = m.tip_id
    where m.kind = 7 and t.funding = 1
    order by t.tip_id
    on conflict on constraint lifecycle_pkey do nothing;

    with back as materialized (
        select tip_id, sum(case when kind in (9, 16) then -amount else amount end) as amount,
               sum(case when kind in (9, 16) then -platform_fee else platform_fee end) as platform_fee,
               sum(case when kind in (9, 16) then -payment_fee else payment_fee end) as payment_fee,
               max(create_time) as create_time
        from moved
        where kind in (7, 8, 9, 16)
        group by tip_id
    ),
    locked as materialized (
        select l.tip_id
        from tip.lifecycle as l
        where l.tip_id in (select tip_id from back)
        order by l.tip_id
        for no key update of l
    )
    update tip.lifecycle as l
    set refunded = l.refunded + back.amount,
        refunded_platform_fee = l.refunded_platform_fee + back.platform_fee,
        refunded_payment_fee = l.refunded_payment_fee + back.payment_fee,
        update_time = greatest(l.update_time, back.create_time)
    from back
    join locked using (tip_id)
    where l.tip_id = back.tip_id;
    get diagnostics given_back = row_count;
    if given_back <> (select count(distinct tip_id) from moved where kind in (7, 8, 9, 16)) then
        raise exception 'only a tip that was given is given back'
            using errcode = 'check_violation', constraint = 'refund_of_given';
    end if;

    legs := (
        select array_agg(row(
            leg.batch_id, leg.transaction_id, leg.kind, leg.account_kind, leg.owner_id, leg.currency, leg.amount,
            leg.create_time
        )::tip.leg)
        from (
            -- The other direction, with the same parts, when money goes back.
            select batch_id, movement_id, kind, from_kind, from_owner, to_kind, to_owner, currency, amount,
                   platform_fee, payment_fee, debt, create_time,
                   case when kind in (7, 8) then -1 else 1 end as direction
            from moved
        ) as m
        cross join lateral (
            select m.batch_id, m.movement_id, m.kind, m.from_kind, m.from_owner, m.currency,
                   case m.direction
                       when 1 then -m.amount
                       else m.platform_fee + m.payment_fee + m.debt - m.amount
                   end,
                   m.create_time
            union all
            select m.batch_id, m.movement_id, m.kind, m.to_kind, m.to_owner, m.currency,
                   case m.direction when 1 then m.amount - m.platform_fee - m.payment_fee else m.amount end,
                   m.create_time
            union all
            select m.batch_id, m.movement_id, m.kind, 6::smallint, tip.school(), m.currency,
                   m.direction * m.platform_fee, m.create_time
            union all
            select m.batch_id, m.movement_id, m.kind, 7::smallint, tip.school(), m.currency,
                   m.direction * m.payment_fee, m.create_time
            union all
            select m.batch_id, m.movement_id, m.kind, 5::smallint, m.from_owner, m.currency, -m.debt,
                   m.create_time
        ) as leg (
            batch_id, transaction_id, kind, account_kind, owner_id, currency, amount, create_time
        )
    );
    sources := (select array_agg(tip.bytes_of_movement(m)) from moved as m);
    source_batches := (select array_agg(batch_id) from moved);
    posted := tip.post(legs, sources, source_batches);
    return null;
end;
$$;

create trigger post_tips after insert on tip.tip
referencing new table as sent
for each statement execute function tip.post_tips();

create trigger post_movements after insert on tip.movement
referencing new table as moved
for each statement execute function tip.post_movements();

-- At the commit, when every account is locked that will be: batches get into one line, and each hash covers
-- all that came before it. The lock is the last one taken, so nobody who holds it waits for anybody.
create function tip.seal_batch() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    last_number bigint;
    last_hash bytea;
begin
    if tg_relid <> 'tip.batch'::regclass then
        raise exception 'nothing follows from rows of %', tg_relid::regclass
            using errcode = 'restrict_violation', constraint = 'ledger_derived';
    end if;
    perform pg_advisory_xact_lock(x'7469702e7365616c'::bigint);
    select number, hash into last_number, last_hash from tip.seal order by number desc limit 1;
    last_number := coalesce(last_number, 0) + 1;
    insert into tip.seal (number, batch_id, hash, seal_time)
    values (
        last_number,
        new.batch_id,
        tip.hash_of_seal(coalesce(last_hash, ''), last_number, new.batch_id, new.digest),
        clock_timestamp()
    );
    return null;
end;
$$;

create constraint trigger seal_batch after insert on tip.batch
deferrable initially deferred
for each row execute function tip.seal_batch();

-- What is written stays as it is, and what follows from it is written by the posting alone.
create trigger append_only before update or delete or truncate on tip.tip
for each statement execute function tip.refuse_change();
create trigger append_only before update or delete or truncate on tip.movement
for each statement execute function tip.refuse_change();
create trigger append_only before update or delete or truncate on tip.entry
for each statement execute function tip.refuse_change();
create trigger append_only before update or delete or truncate on tip.batch
for each statement execute function tip.refuse_change();
create trigger append_only before update or delete or truncate on tip.seal
for each statement execute function tip.refuse_change();
create trigger append_only before delete or truncate on tip.account
for each statement execute function tip.refuse_change();
create trigger append_only before delete or truncate on tip.lifecycle
for each statement execute function tip.refuse_change();
create trigger account_fixed before update of account_id, owner_id, kind, currency, create_time on tip.account
for each statement execute function tip.refuse_change();

create trigger derived before insert on tip.entry
for each statement execute function tip.refuse_unless_posting('post');
create trigger derived before insert on tip.batch
for each statement execute function tip.refuse_unless_posting('post');
create trigger derived before insert on tip.seal
for each statement execute function tip.refuse_unless_posting('seal_batch');
create trigger derived before insert or update on tip.account
for each statement execute function tip.refuse_unless_posting('post');
create trigger derived before insert on tip.lifecycle
for each statement execute function tip.refuse_unless_posting('post_tips', 'post_movements');

-- By hand, a tip that waits for its payment may fail, and a hold may wait for a review: neither moves money.
create function tip.refuse_other_changes() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    stack text;
begin
    if (old.state, new.state) in ((3, 6), (1, 2), (2, 1))
        and to_jsonb(new) - array['state', 'update_time'] = to_jsonb(old) - array['state', 'update_time']
    then
        return new;
    end if;
    get diagnostics stack = pg_context;
    if not tip.is_posting(stack, tg_argv) then
        raise exception 'where a tip stands follows from movements'
            using errcode = 'restrict_violation', constraint = 'ledger_derived';
    end if;
    return new;
end;
$$;

create trigger derived_update before update on tip.lifecycle
for each row execute function tip.refuse_other_changes('post_movements');

-- No check constraint, because one would also judge what the posting proposes to insert, which is a difference.
create function tip.check_covered() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from changed where kind <= 5 and case kind when 5 then balance > 0 else balance < 0 end) then
        raise exception 'an account does not hold this much'
            using errcode = 'check_violation', constraint = 'account_covered';
    end if;
    return null;
end;
$$;

create trigger covered_insert after insert on tip.account
referencing new table as changed
for each statement execute function tip.check_covered();
create trigger covered_update after update on tip.account
referencing new table as changed
for each statement execute function tip.check_covered();

create trigger check_legs after insert on tip.entry
referencing new table as posted
for each statement execute function tip.check_legs();

create or replace function tip.check_legs() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from posted group by transaction_id having sum(amount) <> 0) then
        raise exception 'the legs of a transaction do not add up to zero'
            using errcode = 'check_violation', constraint = 'entry_legs_balance';
    end if;
    return null;
end;
$$;

create or replace function tip.refuse_unless_posting() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    stack text;
begin
    get diagnostics stack = pg_context;
    if not tip.is_posting(stack, tg_argv) then
        raise exception 'entries and balances follow from tips and movements: no % on %.%',
            tg_op, tg_table_schema, tg_table_name
            using errcode = 'restrict_violation', constraint = 'ledger_derived';
    end if;
    return null;
end;
$$;

-- The tips from before, each a batch of its own.
do $$
declare
    known record;
    last_hash bytea := '';
    place bigint := 0;
begin
    alter table tip.batch disable trigger user;
    alter table tip.seal disable trigger user;
    for known in select t as tip, t.batch_id as batch_id from tip.tip as t order by t.batch_id loop
        insert into tip.batch (batch_id, transaction_count, digest)
        values (known.batch_id, 1, sha256(tip.bytes_of_tip(known.tip)));
        place := place + 1;
        select tip.hash_of_seal(last_hash, place, known.batch_id, digest) into last_hash
        from tip.batch where batch_id = known.batch_id;
        insert into tip.seal (number, batch_id, hash, seal_time)
        values (place, known.batch_id, last_hash, clock_timestamp());
    end loop;
    alter table tip.batch enable trigger user;
    alter table tip.seal enable trigger user;
end;
$$;
