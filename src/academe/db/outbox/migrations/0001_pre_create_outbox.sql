-- What happened in this database, for whoever acts on it later: written with the change itself, numbered in
-- an order that never gains a member in the middle, read by consumers that each keep their own place.
--
-- Every database has a schema like this one, for the slices that live in it. A slice calls outbox.append and
-- touches nothing else here.

create schema outbox;

create table outbox.event (
    -- Handed out when the event is written, not when it is committed: an id may become visible after higher
    -- ones. Nobody reads by it; it only breaks ties for the sequencer.
    event_id bigint generated always as identity,
    topic text not null,
    -- What the event happened to. The events of one aggregate are consumed in the order they happened in.
    aggregate_id uuid not null,
    type text not null,
    payload jsonb not null,
    create_time timestamptz not null default clock_timestamp(),
    constraint event_pkey primary key (event_id)
);

-- Each event without a position, written with the event and taken away with its position. It is a table of its
-- own because it is nearly always empty: looking into it costs the same however many events are kept.
create table outbox.unsequenced (
    event_id bigint not null,
    constraint unsequenced_pkey primary key (event_id)
);

-- The order that consumers read in: 1, 2, 3 and so on, without gaps.
create table outbox.position (
    position bigint not null,
    event_id bigint not null,
    constraint position_pkey primary key (position),
    constraint position_of_event unique (event_id)
);

-- One row, the last position given. It outlives the events, so that no position is ever given twice, and its
-- lock is the sequencer's.
create table outbox.head (
    only_row boolean not null default true,
    position bigint not null,
    constraint head_pkey primary key (only_row),
    constraint head_is_one_row check (only_row)
);
insert into outbox.head (position) values (0);

create table outbox.consumer (
    name text not null,
    -- Every event up to here was handled by the consumer, or is in outbox.held for it.
    position bigint not null,
    create_time timestamptz not null,
    constraint consumer_pkey primary key (name)
);

-- Events that a consumer has passed without having handled them: one that failed, and those of the same
-- aggregate that came after it and wait for it.
create table outbox.held (
    consumer text not null,
    position bigint not null,
    event_id bigint not null,
    aggregate_id uuid not null,
    -- How often it failed; 0 for one that only waits.
    attempts integer not null,
    -- Failed so often that it is not tried again until somebody says so.
    parked boolean not null,
    -- When it is due again. Null for what is parked, and for what waits behind another of its aggregate.
    retry_time timestamptz,
    -- Of the last failure, in a few words.
    error text not null,
    constraint held_pkey primary key (consumer, position)
);

create index held_aggregate on outbox.held (consumer, aggregate_id, position);
create index held_due on outbox.held (consumer, retry_time, position) where retry_time is not null;
create index held_failed on outbox.held (consumer, position) where attempts > 0;
create index held_event on outbox.held (event_id);

-- Writes an event within the transaction of whoever calls it. Call it after the aggregate's row was locked or
-- written: whoever changes the same aggregate next waits for that lock until this transaction is committed, and
-- only then draws an id, so of two events of an aggregate the later has the higher id and is seen later.
create function outbox.append(topic text, aggregate_id uuid, type text, payload jsonb) returns bigint
language plpgsql as $$
declare
    added bigint;
begin
    insert into outbox.event (topic, aggregate_id, type, payload)
    values (append.topic, append.aggregate_id, append.type, append.payload)
    returning event_id into added;
    insert into outbox.unsequenced (event_id) values (added);
    return added;
end
$$;

-- Gives positions to committed events, `most` at a time, and returns to how many. Why no consumer misses one:
--
-- Runs happen one after the other, since each holds the lock of outbox.head until its positions can be seen.
-- So whoever sees a position sees all lower ones, and a consumer that has read up to a position never finds
-- a new one below. An event whose transaction was open during a run is simply there for the next, and gets a
-- higher position than everything before, whatever its id is; a long transaction holds up nobody.
--
-- Why the order of an aggregate holds: whoever sees its later event sees its earlier one, which is committed
-- before the later one gets an id (see outbox.append). A run takes what it sees by id, lowest first. So the
-- earlier event is in an earlier run, or before the later one in the same.
create function outbox.sequence(most integer) returns integer
language plpgsql as $$
declare
    last bigint;
    given integer;
begin
    if not exists (select from outbox.unsequenced) then
        return 0; -- without a lock, which would be written to disk
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'outbox.sequence needs a snapshot taken after its lock, which read committed gives';
    end if;
    select h.position into last from outbox.head h for update;
    -- A statement of its own, which sees what the run before has committed.
    with taken as (
        delete from outbox.unsequenced
        where event_id in (select u.event_id from outbox.unsequenced u order by u.event_id limit most)
        returning event_id
    ), placed as (
        insert into outbox.position (position, event_id)
        select last + row_number() over (order by t.event_id), t.event_id
        from taken t
        returning position
    )
    select count(*) into given from placed;
    update outbox.head h set position = last + given where given > 0;
    return given;
end
$$;
