create schema auth;

-- The pairs of keys that access tokens are signed with; rows are never changed. The newest whose time has come
-- signs, and one verifies until the last token it can have signed has expired.
create table auth.signing_key (
    -- Counts the rotations. Of two processes that rotate at once one makes the next generation.
    generation bigint not null,
    kid text not null,
    -- PKCS #8, AES-256-GCM under a key derived from the school's secret: 12 bytes of nonce, then the rest.
    private_key bytea not null,
    create_time timestamptz not null,
    activate_time timestamptz not null,
    constraint signing_key_pkey primary key (generation),
    constraint signing_key_kid unique (kid)
);

-- One row per sign-in, however often it is refreshed; removed at a later sign-in of the person.
create table auth.session (
    user_id uuid not null,
    session_id uuid not null,
    method text not null,
    authenticate_time timestamptz not null,
    expire_time timestamptz not null,
    -- Which refresh token is the unspent one, and since when.
    refresh_count bigint not null,
    refresh_time timestamptz not null,
    end_time timestamptz,
    constraint session_pkey primary key (user_id, session_id),
    constraint session_method_known check (method in ('password', 'one_time_code'))
);

-- The one code that a person may sign in with once; a new one replaces it.
create table auth.one_time_code (
    user_id uuid not null,
    -- SHA-256 of 140 random bits: too many to try, so no salt and no slow hash.
    code_hash bytea not null,
    expire_time timestamptz not null,
    used_time timestamptz,
    constraint one_time_code_pkey primary key (user_id)
);

create index one_time_code_hash on auth.one_time_code (code_hash);
