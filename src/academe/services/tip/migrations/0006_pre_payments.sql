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
    constraint payment_amounts check (amount > 0 and fee >= 0 and fee <= amount)
);

create index payment_to_ask on tip.payment (ask_time) where ask_time is not null;
create index payment_by_card on tip.payment (fingerprint, create_time) where fingerprint <> '';

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
    -- The request_id of who asked.
    refund_id uuid not null,
    requester_id uuid not null,
    request_hash bytea not null,
    tip_id uuid not null,
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
    constraint refund_known check (state between 1 and 3 and amount > 0)
);

create index refund_of_tip on tip.refund (tip_id);
create index refund_to_ask on tip.refund (ask_time) where ask_time is not null;
create unique index refund_reference_once on tip.refund (provider_reference) where provider_reference is not null;

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
    constraint dispute_pkey primary key (dispute_id),
    constraint dispute_once unique (provider, provider_reference),
    constraint dispute_known check (state between 1 and 3 and amount > 0)
);

create index dispute_of_payment on tip.dispute (payment_id);

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
