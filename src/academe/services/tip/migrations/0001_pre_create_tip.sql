-- The ledger of tips. It stays on one node, so its rules live here, where no code can forget them.
--
-- A row of tip.tip is the only thing that is ever written. From it the database itself derives the legs
-- (tip.entry) and the balances (tip.account), which refuse to be written in any other way: a ledger that
-- does not add up cannot be expressed. Nothing is ever changed or deleted; corrections will be new rows.
-- Whoever owns the tables can still take these rules away; recomputing the ledger from its entries finds that.

create schema tip;

create table tip.tip (
    tip_id uuid not null,
    sender_id uuid not null,
    -- The client's own id of its wish to tip, and a digest of what it asked for. Kept for ever: this row is
    -- the record by which a repeated request is known.
    request_id uuid not null,
    request_hash bytea not null,
    educator_id uuid not null,
    currency character(3) collate "C" not null,
    -- Minor units of the currency.
    amount bigint not null,
    message text not null,
    visibility smallint not null,
    hide_amount boolean not null,
    -- What the tip is a thank-you for, as the sender gave it: plain references, whose existence is not checked.
    course_id uuid,
    lesson_id uuid,
    create_time timestamptz not null,
    constraint tip_pkey primary key (tip_id),
    constraint tip_request_once unique (sender_id, request_id),
    constraint tip_amount_positive check (amount > 0),
    constraint tip_not_to_oneself check (sender_id <> educator_id),
    constraint tip_currency_code check (currency ~ '^[A-Z]{3}$'),
    constraint tip_visibility_known check (visibility between 1 and 3)
);

create index tip_sent on tip.tip (sender_id, tip_id desc);
create index tip_received on tip.tip (educator_id, tip_id desc);

create table tip.account (
    account_id bigint generated always as identity,
    -- Null for the platform's own accounts.
    owner_id uuid,
    -- 1: what a sender has put in. Below zero by as much as is still to be settled outside.
    -- 2: what an educator has received and not been paid out.
    kind smallint not null,
    currency character(3) collate "C" not null,
    -- Minor units. Always the sum of the account's entries.
    balance bigint not null,
    -- How many entries the account has, which is also the number of the last one.
    entry_count bigint not null,
    create_time timestamptz not null,
    constraint account_pkey primary key (account_id),
    constraint account_once unique nulls not distinct (owner_id, kind, currency),
    constraint account_kind_known check (kind in (1, 2)),
    constraint account_payable_covered check (kind <> 2 or balance >= 0)
) with (fillfactor = 50); -- room beside each row, so that a changed balance needs no change of an index

create table tip.entry (
    account_id bigint not null,
    -- 1, 2, 3 … within the account, without gaps.
    number bigint not null,
    tip_id uuid not null,
    -- Minor units of the account's currency; what leaves the account is negative.
    amount bigint not null,
    -- Of the account after this entry.
    balance bigint not null,
    create_time timestamptz not null,
    constraint entry_pkey primary key (account_id, number),
    constraint entry_amount_not_zero check (amount <> 0)
);

-- Posts the tips of one statement: a leg out of the sender's account, a leg into the educator's.
-- Accounts are made, locked and changed once each, in one order for everybody, so that two of these never
-- wait for each other in a circle. Nested loops are off because the plan is made once, perhaps for one tip,
-- and kept for batches of hundreds.
create function tip.post_tips() returns trigger
language plpgsql
set enable_nestloop = off
as $$
begin
    with leg as (
        select tip_id, sender_id as owner_id, 1::smallint as kind, currency, -amount as amount, create_time
        from sent
        union all
        select tip_id, educator_id, 2::smallint, currency, amount, create_time
        from sent
    ),
    touched as (
        insert into tip.account as account
            (owner_id, kind, currency, balance, entry_count, create_time)
        select owner_id, kind, currency, sum(amount), count(*), min(create_time)
        from leg
        group by owner_id, kind, currency
        order by owner_id, kind, currency
        on conflict on constraint account_once do update
            set balance = account.balance + excluded.balance,
                entry_count = account.entry_count + excluded.entry_count
        returning account_id, owner_id, kind, currency, balance, entry_count
    )
    -- Of the legs that one account gets, the latest has the account's new count and balance, and the ones
    -- before it are told by counting back.
    insert into tip.entry (account_id, number, tip_id, amount, balance, create_time)
    select touched.account_id,
           touched.entry_count + 1 - leg.place,
           leg.tip_id,
           leg.amount,
           touched.balance + leg.amount - leg.total,
           leg.create_time
    from (
        select owner_id, kind, currency, tip_id, amount, create_time,
               row_number() over latest_first as place,
               sum(amount) over latest_first as total
        from leg
        window latest_first as
            (partition by owner_id, kind, currency order by tip_id desc rows unbounded preceding)
    ) as leg
    join touched using (owner_id, kind, currency);
    return null;
end;
$$;

create trigger post_tips after insert on tip.tip
referencing new table as sent
for each statement execute function tip.post_tips();

-- The backstop of the posting above, and of whatever posts later: legs written together add up to nothing.
create function tip.check_legs() returns trigger
language plpgsql
as $$
begin
    if exists (select from posted group by tip_id having sum(amount) <> 0) then
        raise exception 'the legs of a tip do not add up to zero'
            using errcode = 'check_violation', constraint = 'entry_legs_balance';
    end if;
    return null;
end;
$$;

create trigger check_legs after insert on tip.entry
referencing new table as posted
for each statement execute function tip.check_legs();

create function tip.refuse_change() returns trigger
language plpgsql
as $$
begin
    raise exception 'the ledger is append-only: no % on %.%', tg_op, tg_table_schema, tg_table_name
        using errcode = 'restrict_violation', constraint = 'ledger_append_only';
end;
$$;

create trigger append_only before update or delete or truncate on tip.tip
for each statement execute function tip.refuse_change();

create trigger append_only before update or delete or truncate on tip.entry
for each statement execute function tip.refuse_change();

create trigger append_only before delete or truncate on tip.account
for each statement execute function tip.refuse_change();

-- Whose account it is, of which kind and in which currency is settled when it is made.
create trigger account_fixed before update of account_id, owner_id, kind, currency, create_time on tip.account
for each statement execute function tip.refuse_change();

-- Entries and balances are written by the posting, one trigger deep, and by nobody else.
create function tip.refuse_unless_posting() returns trigger
language plpgsql
as $$
begin
    if pg_trigger_depth() < 2 then
        raise exception 'entries and balances follow from tips: no % on %.%', tg_op, tg_table_schema, tg_table_name
            using errcode = 'restrict_violation', constraint = 'ledger_derived';
    end if;
    return null;
end;
$$;

create trigger derived before insert on tip.entry
for each statement execute function tip.refuse_unless_posting();

create trigger derived before insert or update on tip.account
for each statement execute function tip.refuse_unless_posting();
