-- Money from outside and back: what was asked of the provider, written before it was asked, and what it told.

create table tip.payment (
    -- For a tip its tip_id, for a top-up its top_up_id: the provider's idempotency key is made of it.
    payment_id uuid not null,
    -- 1: pays a tip. 2: fills a wallet.
    purpose smallint not null,
    payer_id uuid not null,
    provider text not null,
    -- The provider's id of it; null until it is known.
    provider_reference text,
    client_secret text not null,
    -- 1: created. 2: requires action. 3: processing. 4: succeeded. 5: failed. 6: canceled.
    state smallint not null,
    currency character(3) collate "C" not null,
    amount bigint not null,
    -- The provider's fee, once it is known.
    fee bigint,
    failure text not null,
    -- Of the card, as the provider knows it again; empty until it is known.
    fingerprint text not null,
    -- When to ask the provider how it stands; null when that is settled.
    ask_time timestamptz,
    create_time timestamptz not null,
    update_time timestamptz not null,
    constraint payment_pkey primary key (payment_id),
    constraint payment_reference_once unique (provider, provider_reference),
    constraint payment_known check (purpose in (1, 2) and state between 1 and 6),
    constraint payment_amounts check (amount > 0 and fee >= 0)
);

create index payment_to_ask on tip.payment (ask_time) where ask_time is not null;
create index payment_by_card on tip.payment (fingerprint, create_time) where fingerprint <> '';
create index payment_of_payer on tip.payment (payer_id, create_time);

-- What was paid stays paid: what becomes of the money later is told by refunds and disputes.
create function tip.check_payment() returns trigger
language plpgsql
as $$
begin
    if old.state = 4 and new.state <> 4
        or old.provider_reference is not null and new.provider_reference is distinct from old.provider_reference
    then
        raise exception 'payment % has succeeded, or is another of the provider''s', old.payment_id
            using errcode = 'check_violation', constraint = 'payment_goes_forward';
    end if;
    return new;
end;
$$;

create trigger goes_forward before update on tip.payment
for each row execute function tip.check_payment();
create trigger payment_fixed before update of
    payment_id, purpose, payer_id, provider, currency, amount, create_time
on tip.payment
for each statement execute function tip.refuse_change();
create trigger append_only before delete or truncate on tip.payment
for each statement execute function tip.refuse_change();

create table tip.top_up (
    top_up_id uuid not null,
    -- Who asked, and their own id of it.
    requester_id uuid not null,
    request_id uuid not null,
    request_hash bytea not null,
    owner_id uuid not null,
    -- 1: by hand. 2: by a payment.
    source smallint not null,
    currency character(3) collate "C" not null,
    amount bigint not null,
    create_time timestamptz not null,
    constraint top_up_pkey primary key (top_up_id),
    constraint top_up_request_once unique (requester_id, request_id),
    constraint top_up_known check (source in (1, 2) and amount > 0)
);

create trigger append_only before update or delete or truncate on tip.top_up
for each statement execute function tip.refuse_change();

create table tip.refund (
    -- The request_id of who asked; made of the provider's reference when it was made there.
    refund_id uuid not null,
    -- The nil UUID when it was made at the provider, by the school or by the provider itself.
    requester_id uuid not null,
    request_hash bytea not null,
    -- Of a tip, or null: of a top-up.
    tip_id uuid,
    -- What it is a refund of at the provider; null when it goes back to a wallet.
    payment_id uuid,
    currency character(3) collate "C" not null,
    amount bigint not null,
    reason text not null,
    -- 1: pending at the provider. 2: succeeded. 3: failed.
    state smallint not null,
    provider_reference text,
    -- When to ask the provider how it stands; null when that is settled.
    ask_time timestamptz,
    create_time timestamptz not null,
    update_time timestamptz not null,
    constraint refund_pkey primary key (refund_id),
    constraint refund_known check (state between 1 and 3 and amount > 0),
    constraint refund_of_something check (tip_id is not null or payment_id is not null),
    constraint refund_at_provider check (payment_id is not null or (state = 2 and provider_reference is null))
);

create index refund_of_tip on tip.refund (tip_id) where tip_id is not null;
create index refund_of_payment on tip.refund (payment_id) where payment_id is not null;
create index refund_to_ask on tip.refund (ask_time) where ask_time is not null;
create unique index refund_reference_once on tip.refund (provider_reference) where provider_reference is not null;
create trigger append_only before delete or truncate on tip.refund
for each statement execute function tip.refuse_change();
create trigger refund_fixed before update of
    refund_id, requester_id, request_hash, tip_id, payment_id, currency, amount, reason, create_time
on tip.refund
for each statement execute function tip.refuse_change();

-- The provider's id of something, once known, stays.
create function tip.check_reference() returns trigger
language plpgsql
as $$
begin
    if old.provider_reference is not null and new.provider_reference is distinct from old.provider_reference then
        raise exception '% is another of the provider''s than %', new.provider_reference, old.provider_reference
            using errcode = 'check_violation', constraint = 'reference_known_once';
    end if;
    return new;
end;
$$;

create trigger reference_known_once before update of provider_reference on tip.refund
for each row execute function tip.check_reference();

create table tip.dispute (
    dispute_id uuid not null,
    provider text not null,
    provider_reference text not null,
    -- The payment that is disputed; of a tip, or of a top-up.
    payment_id uuid not null,
    currency character(3) collate "C" not null,
    amount bigint not null,
    -- 1: open. 2: won. 3: lost.
    state smallint not null,
    reason text not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    -- What the provider took for it until now, and what it gave again of that.
    fee bigint not null default 0,
    fee_returned bigint not null default 0,
    constraint dispute_pkey primary key (dispute_id),
    constraint dispute_once unique (provider, provider_reference),
    constraint dispute_known check (state between 1 and 3 and amount > 0 and fee >= 0 and fee_returned >= 0)
);

create index dispute_of_payment on tip.dispute (payment_id);
create trigger append_only before delete or truncate on tip.dispute
for each statement execute function tip.refuse_change();
create trigger dispute_fixed before update of
    dispute_id, provider, provider_reference, payment_id, currency, amount, create_time
on tip.dispute
for each statement execute function tip.refuse_change();

-- What the provider sent, once each; written in the transaction of its effect.
create table tip.provider_event (
    provider text not null,
    event_id text not null,
    kind text not null,
    create_time timestamptz not null,
    receive_time timestamptz not null,
    constraint provider_event_pkey primary key (provider, event_id)
);

create trigger append_only before update or delete or truncate on tip.provider_event
for each statement execute function tip.refuse_change();
