-- Money that leaves to educators.

create table tip.payout_account (
    educator_id uuid not null,
    provider text not null,
    provider_reference text not null,
    payouts_enabled boolean not null,
    requirements text[] not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    constraint payout_account_pkey primary key (educator_id, provider),
    constraint payout_account_once unique (provider, provider_reference)
);

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
    provider_reference text,
    -- 1: pending. 2: paid. 3: failed. 4: in review.
    state smallint not null,
    reason text not null,
    -- When to ask the provider how it stands; null when that is settled, or nobody can be asked.
    ask_time timestamptz,
    create_time timestamptz not null,
    update_time timestamptz not null,
    settle_time timestamptz,
    constraint payout_pkey primary key (payout_id),
    constraint payout_request_once unique (educator_id, request_id),
    constraint payout_known check (state between 1 and 4 and amount > 0)
);

create index payout_of_educator on tip.payout (educator_id, payout_id desc);
create index payout_open on tip.payout (state, payout_id) where state in (1, 4);
create index payout_in_state on tip.payout (state, payout_id desc);
create index payout_to_ask on tip.payout (ask_time) where ask_time is not null;
create unique index payout_reference_once on tip.payout (provider, provider_reference)
    where provider_reference is not null;
