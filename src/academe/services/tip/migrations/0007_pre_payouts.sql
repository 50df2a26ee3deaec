-- Money that leaves to educators.

-- Written before the provider is asked for an account, so that it is asked once however often somebody calls.
create table tip.payout_account (
    educator_id uuid not null,
    provider text not null,
    -- The provider's id of it; null until it is known.
    provider_reference text,
    payouts_enabled boolean not null,
    requirements text[] not null,
    -- Until when one caller alone asks the provider to make the account.
    claim_time timestamptz not null,
    create_time timestamptz not null,
    -- When the provider was asked what is said above; a later answer is never replaced by an earlier one.
    update_time timestamptz not null,
    constraint payout_account_pkey primary key (educator_id, provider),
    constraint payout_account_once unique (provider, provider_reference),
    constraint payout_account_known check (provider_reference is not null or not payouts_enabled)
);

create trigger payout_account_fixed before update of educator_id, provider, create_time on tip.payout_account
for each statement execute function tip.refuse_change();
create trigger reference_known_once before update of provider_reference on tip.payout_account
for each row execute function tip.check_reference();

-- Pays out all that the educator's account holds, so its lines since the payout before are what it consists of.
create table tip.payout (
    payout_id uuid not null,
    educator_id uuid not null,
    request_id uuid not null,
    request_hash bytea not null,
    currency character(3) collate "C" not null,
    amount bigint not null,
    -- "stripe", or "hand".
    provider text not null,
    -- The provider's id of the account that is paid to, which never changes; empty by hand.
    destination text not null,
    provider_reference text,
    -- 1: pending. 2: paid. 3: failed. 4: in review.
    state smallint not null,
    reason text not null,
    -- Of the educator's account: the entry that this payout made, and the one of the payout before it, 0 if none.
    -- The entries between them are what it pays out.
    line_number bigint not null,
    previous_number bigint not null,
    -- When to ask the provider (again); null when that is settled, or nobody can be asked.
    ask_time timestamptz,
    -- How often it was asked.
    attempts integer not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    -- When an administrator let it out of its review.
    approve_time timestamptz,
    settle_time timestamptz,
    constraint payout_pkey primary key (payout_id),
    constraint payout_request_once unique (educator_id, request_id),
    constraint payout_line_once unique (educator_id, currency, line_number),
    constraint payout_known check (
        state between 1 and 4 and amount > 0 and attempts >= 0
        and previous_number >= 0 and previous_number < line_number
    ),
    constraint payout_settle_time check ((state in (2, 3)) = (settle_time is not null)),
    constraint payout_asked_while_pending check (ask_time is null or state = 1)
);

create index payout_of_educator on tip.payout (educator_id, payout_id desc);
create index payout_in_state on tip.payout (state, payout_id desc);
create index payout_to_ask on tip.payout (provider, ask_time) where ask_time is not null;
create unique index payout_reference_once on tip.payout (provider, provider_reference)
    where provider_reference is not null;

-- What is paid, to whom and by whom is settled when it is asked for.
create trigger append_only before delete or truncate on tip.payout
for each statement execute function tip.refuse_change();
create trigger payout_fixed before update of
    payout_id, educator_id, request_id, request_hash, currency, amount, provider, destination, line_number,
    previous_number, create_time
on tip.payout
for each statement execute function tip.refuse_change();

-- What was paid or has failed stays so, and only what was looked at leaves a review.
create function tip.check_payout() returns trigger
language plpgsql
as $$
begin
    if old.state in (2, 3) or (old.state, new.state) in ((1, 4), (4, 2)) then
        raise exception 'payout % does not go from state % to %', old.payout_id, old.state, new.state
            using errcode = 'check_violation', constraint = 'payout_settled_once';
    end if;
    return new;
end;
$$;

create trigger settled_once before update on tip.payout
for each row execute function tip.check_payout();

-- A payout is paid or comes back: one of the two, once, and as much as was taken.
create unique index movement_settles_once on tip.movement (source_id) where kind in (11, 12);

create function tip.check_settlements() returns trigger
language plpgsql
as $$
declare
    wrong uuid;
begin
    select m.movement_id into wrong
    from moved as m
    where m.kind in (11, 12) and (
        -- Asked for each, so that it is always found by its key.
        select (taken.to_owner, taken.currency, taken.amount) = (m.from_owner, m.currency, m.amount)
        from tip.movement as taken
        where taken.kind = 10 and taken.source_id = m.source_id
    ) is not true
    limit 1;
    if found then
        raise exception 'movement % does not settle what its payout took', wrong
            using errcode = 'check_violation', constraint = 'movement_fits_payout';
    end if;
    return null;
end;
$$;

create trigger check_settlements after insert on tip.movement
referencing new table as moved
for each statement execute function tip.check_settlements();

-- Tips are watched while they come and change. The entries of an educator's account tell of nearly all of it in
-- the order of the commits; what does not touch the account (a hold, a void, a payment that is waited for) is
-- found by the transaction that changed it, since a moment of the clock may be committed later than another.
alter table tip.lifecycle add column change_xid xid8 not null default pg_current_xact_id();
create index lifecycle_changed on tip.lifecycle (change_xid, tip_id);

create function tip.mark_change() returns trigger
language plpgsql
as $$
begin
    new.change_xid := pg_current_xact_id();
    return new;
end;
$$;

create trigger mark_change before update on tip.lifecycle
for each row execute function tip.mark_change();
