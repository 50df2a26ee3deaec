-- Promises to tip every period, the periods that were dealt with, and when each job last ran.

create table tip.recurring_tip (
    recurring_tip_id uuid not null,
    sender_id uuid not null,
    request_id uuid not null,
    request_hash bytea not null,
    educator_id uuid not null,
    currency character(3) collate "C" not null,
    amount bigint not null,
    message text not null,
    visibility smallint not null,
    hide_amount boolean not null,
    -- 1: week. 2: month. 3: year.
    interval smallint not null,
    start_date date not null,
    -- 1: every missed period is charged. 2: the latest. 3: none.
    catch_up smallint not null,
    -- 1: active. 2: paused. 3: canceled.
    state smallint not null,
    -- The first day of the period that is dealt with next.
    next_period date not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    constraint recurring_tip_pkey primary key (recurring_tip_id),
    constraint recurring_tip_request_once unique (sender_id, request_id),
    constraint recurring_tip_amount_positive check (amount > 0),
    constraint recurring_tip_not_to_oneself check (sender_id <> educator_id),
    constraint recurring_tip_known check (
        interval between 1 and 3 and catch_up between 1 and 3 and state between 1 and 3
        and visibility between 1 and 3
    )
);

-- Nobody promises the same person twice.
create unique index recurring_tip_once on tip.recurring_tip (sender_id, educator_id) where state <> 3;
create index recurring_tip_due on tip.recurring_tip (next_period, recurring_tip_id) where state = 1;
create index recurring_tip_of_sender on tip.recurring_tip (sender_id, recurring_tip_id desc);

-- Written before the charge, and once: whoever writes the row charges, and the tip's request_id follows from
-- its key, so charging again after a kill finds the same tip.
create table tip.recurring_period (
    recurring_tip_id uuid not null,
    start_date date not null,
    -- 1: being charged. 2: charged. 3: refused. 4: skipped.
    state smallint not null,
    tip_id uuid,
    failure_reason text not null,
    create_time timestamptz not null,
    -- When somebody took it upon themselves to charge; long ago, and another may.
    claim_time timestamptz not null,
    update_time timestamptz not null,
    constraint recurring_period_pkey primary key (recurring_tip_id, start_date),
    constraint recurring_period_known check (
        state between 1 and 4 and (state = 2) = (tip_id is not null)
        and (state in (3, 4)) = (failure_reason <> '')
    )
);

create index recurring_period_open on tip.recurring_period (claim_time) where state = 1;
create unique index recurring_period_of_tip on tip.recurring_period (tip_id) where tip_id is not null;

-- One row a job: a run that did not happen is as alarming as one that failed.
create table tip.job (
    name text not null,
    -- Everything due before this moment was dealt with.
    watermark timestamptz not null,
    last_success_time timestamptz not null,
    last_failure_time timestamptz,
    constraint job_pkey primary key (name)
);
