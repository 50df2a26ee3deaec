-- The transparency log: what happened to credentials, in one sequence, under a Merkle tree as in RFC 9162.
--
-- Leaves are appended through append_to_log, and the database makes the hashes that follow from them. Nothing is
-- ever changed or deleted. Whoever owns the tables can still take these rules away; then the hashes no longer
-- follow from the leaves, or the tree no longer has the roots that were signed and handed out.

create table credential.log_leaf (
    -- 0, 1, 2 … without gaps.
    leaf_index bigint not null,
    -- 1 issue, 2 revoke, 3 suspend, 4 reinstate.
    event smallint not null,
    -- SHA-256 of the credential's JSON document. The only thing that is said about it.
    credential_sha256 bytea not null,
    -- When it entered the log: the database's clock, pushed forward where that stood still or went back. Leaves
    -- that were appended together have it in common; later ones have a later one.
    log_time timestamptz not null,
    constraint log_leaf_pkey primary key (leaf_index),
    constraint log_leaf_event_known check (event between 1 and 4),
    constraint log_leaf_sha256_length check (octet_length(credential_sha256) = 32)
);

create index log_leaf_of_credential on credential.log_leaf (credential_sha256, event, leaf_index);

-- The hashes of complete subtrees: node i of a level is over the leaves from i * 2^level on, 2^level of them. The
-- root of any number of leaves, and every proof, is made of a few of these.
create table credential.log_node (
    level smallint not null,
    node_index bigint not null,
    hash bytea not null,
    constraint log_node_pkey primary key (level, node_index)
);

create unique index log_node_leaf_once on credential.log_node (hash) where level = 0;

-- What was signed. One root for each size, for ever.
create table credential.log_checkpoint (
    tree_size bigint not null,
    root_hash bytea not null,
    -- The signed note, as it is handed out.
    note text not null,
    sign_time timestamptz not null,
    constraint log_checkpoint_pkey primary key (tree_size),
    constraint log_checkpoint_root_length check (octet_length(root_hash) = 32)
);

-- What signs the checkpoints: one key, made when the first is asked for.
create table credential.log_key (
    number smallint not null,
    -- Of the log, which keeps it when the school's address changes.
    name text not null,
    public_key bytea not null,
    -- Encrypted.
    private_key bytea not null,
    create_time timestamptz not null,
    constraint log_key_pkey primary key (number),
    constraint log_key_one check (number = 1)
);

-- What is hashed for a leaf: its text, as the documentation of the log gives it.
create function credential.log_leaf_hash(event smallint, credential_sha256 bytea, log_time timestamptz)
returns bytea
language sql stable parallel safe
return sha256('\x00'::bytea || convert_to(
    'academe-log/1' || E'\n'
    || (array['issue', 'revoke', 'suspend', 'reinstate'])[event] || E'\n'
    || encode(credential_sha256, 'hex') || E'\n'
    || to_char(log_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || E'\n',
    'UTF8'
));

-- Appends leaves in the order of the arrays and returns the index of the first. Whoever calls it holds the end of
-- the log until their transaction ends, so it is the last thing that a transaction does: whoever waits for others
-- afterwards lets everybody wait, and may wait in a circle.
create function credential.append_to_log(events smallint[], sha256s bytea[]) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off -- a plan is kept, and perhaps made while there is little in the table
as $$
declare
    first_index bigint := 0;
    now_time timestamptz := clock_timestamp();
    last_leaf record;
begin
    perform pg_advisory_xact_lock(x'637265642e6c6f67'::bigint);
    -- After the lock, by a statement of its own: it sees what was committed while this waited.
    select leaf_index, log_time into last_leaf
    from credential.log_leaf order by leaf_index desc limit 1;
    if found then
        first_index := last_leaf.leaf_index + 1;
        now_time := greatest(clock_timestamp(), last_leaf.log_time + interval '1 microsecond');
    end if;
    insert into credential.log_leaf (leaf_index, event, credential_sha256, log_time)
    select first_index + place - 1, event, sha256, now_time
    from unnest(events, sha256s) with ordinality as entry (event, sha256, place);
    return first_index;
end;
$$;

-- Adds the hashes of the new leaves, and of every subtree that they complete, level by level.
create function credential.grow_log() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    leaves bigint;
    earliest timestamptz;
    latest timestamptz;
    low bigint;
    high bigint;
    made bigint;
    height smallint := 0;
begin
    -- Whoever may call this may also make it a trigger of a table of their own.
    if tg_relid <> 'credential.log_leaf'::regclass then
        raise exception 'nothing follows from rows of %', tg_relid::regclass
            using errcode = 'restrict_violation', constraint = 'log_derived';
    end if;
    select count(*), min(leaf_index), max(leaf_index) + 1, min(log_time), max(log_time)
    into leaves, low, high, earliest, latest
    from appended;
    if leaves = 0 then
        return null;
    end if;
    if high - low <> leaves or earliest <> latest or low <> 0 and not exists (
        select from credential.log_leaf where leaf_index = low - 1 and log_time < earliest
    ) then
        raise exception 'leaves are appended one after the other, in the order of their times'
            using errcode = 'check_violation', constraint = 'log_leaf_follows';
    end if;

    insert into credential.log_node (level, node_index, hash)
    select 0, leaf_index, credential.log_leaf_hash(event, credential_sha256, log_time)
    from appended;
    loop
        height := height + 1;
        low := low >> 1;
        high := high >> 1;
        exit when low = high;
        insert into credential.log_node (level, node_index, hash)
        select height, node_index >> 1, sha256('\x01'::bytea || string_agg(hash, ''::bytea order by node_index))
        from credential.log_node
        where level = height - 1 and node_index >= low << 1 and node_index < high << 1
        group by node_index >> 1
        having count(*) = 2;
        get diagnostics made = row_count;
        if made <> high - low then
            raise exception 'the tree has a hole below level %', height
                using errcode = 'check_violation', constraint = 'log_node_complete';
        end if;
    end loop;
    return null;
end;
$$;

create trigger grow_log after insert on credential.log_leaf
referencing new table as appended
for each statement execute function credential.grow_log();

create function credential.refuse_log_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'the log is append-only: no % on %.%', tg_op, tg_table_schema, tg_table_name
        using errcode = 'restrict_violation', constraint = 'log_append_only';
end;
$$;

create trigger append_only before update or delete or truncate on credential.log_leaf
for each statement execute function credential.refuse_log_change();
create trigger append_only before update or delete or truncate on credential.log_node
for each statement execute function credential.refuse_log_change();
create trigger append_only before update or delete or truncate on credential.log_checkpoint
for each statement execute function credential.refuse_log_change();
create trigger append_only before update or delete or truncate on credential.log_key
for each statement execute function credential.refuse_log_change();

-- Hashes are written by grow_log, one trigger deep, and by nobody else.
create function credential.refuse_log_node() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if pg_trigger_depth() < 2 then
        raise exception 'the hashes follow from the leaves: no % on %.%', tg_op, tg_table_schema, tg_table_name
            using errcode = 'restrict_violation', constraint = 'log_derived';
    end if;
    return null;
end;
$$;

create trigger derived before insert on credential.log_node
for each statement execute function credential.refuse_log_node();

-- The application owns the tables, and takes this right from itself: what it never does, it may not do.
revoke update, delete, truncate on
    credential.log_leaf, credential.log_node, credential.log_checkpoint, credential.log_key
from current_user;
