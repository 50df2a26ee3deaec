create schema account;

-- One row per person. Names and addresses are unique over the whole school, so this table stays on one node
-- when others are spread; it is read by key and written when somebody registers or edits their profile.
create table account.account (
    account_id uuid not null,
    username text not null,
    -- What makes a name or an address taken: its form without differences of case and writing.
    username_key text not null,
    email text,
    email_key text,
    display_name text not null,
    biography text not null,
    -- Numbers of academe.api.rpc.v1.Role.
    roles smallint[] not null,
    -- Null until the person sets one.
    password_hash text,
    version bigint not null,
    request_id uuid,
    request_hash bytea,
    create_time timestamptz not null,
    update_time timestamptz not null,
    constraint account_pkey primary key (account_id),
    constraint account_request_once unique (request_id),
    constraint account_username_taken unique (username_key),
    constraint account_email_taken unique (email_key),
    constraint account_email_has_key check ((email is null) = (email_key is null)),
    constraint account_request_has_hash check ((request_id is null) = (request_hash is null)),
    constraint account_roles_known check (roles <@ '{1,2,3}' and roles @> '{1}'),
    constraint account_version_positive check (version > 0)
);

-- Finds the few administrators among everybody.
create index account_administrators on account.account (account_id) where roles @> '{3}';
