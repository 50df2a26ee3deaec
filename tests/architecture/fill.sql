-- A hundred thousand rows in every table that a list reads, 1,000 aggregates with 100 rows each, and twenty
-- thousand in the others, so that an index is worth using. Written with constraints and triggers asleep; only the planner looks at it.

set session_replication_role = replica;
-- Indexes are asleep too, and built of the whole at the end: that takes a third less time.
update pg_index set indisready = false
where indrelid in (select oid from pg_class where relnamespace >= 16384);

insert into account.account
select md5('user' || n)::uuid, 'user' || n, 'user' || n, 'u' || n || '@example.org', 'u' || n || '@example.org',
       'User', '', '{1}', 'hash', 1, null, null, now(), now()
from generate_series(1, 20000) n;

insert into auth.session
select md5('user' || n % 1000)::uuid, uuidv7(), 'password', now(), now() + interval '1 day', 1, now(), null
from generate_series(1, 20000) n;

insert into course.course
select md5('course' || n)::uuid, 'Course', '', 'en', 1, 1, 1, now(), now(), null, 1,
       now() - n * interval '1 second', null, null
from generate_series(1, 100000) n;

insert into course.educator
select md5('course' || n)::uuid, md5('user' || n % 1000)::uuid, 0 from generate_series(1, 100000) n;

insert into course.revision
select md5('course' || n)::uuid, 1, 'Course', '', 'en', 1, 1, '\x00', 1, uuidv7(), now()
from generate_series(1, 100000) n;

insert into course.module
select md5('course' || n % 1000)::uuid, uuidv7(), n, 'Module', '', 1, now(), now(), null, null
from generate_series(1, 100000) n;

insert into course.lesson
select md5('course' || n % 1000)::uuid, uuidv7(), md5('module' || n % 5000)::uuid, n, 'Lesson', '', false,
       '\x00', 1, now(), now(), null, null
from generate_series(1, 100000) n;

insert into course.revision_module
select md5('course' || n % 1000)::uuid, 1, n, uuidv7(), 'Module', '', 1, now(), now()
from generate_series(1, 100000) n;

insert into course.revision_lesson
select md5('course' || n % 1000)::uuid, 1, n, uuidv7(), md5('module' || n % 5000)::uuid, 'Lesson', '', false,
       '\x00', 1, now(), now()
from generate_series(1, 100000) n;

insert into course.content
select md5('course' || n % 1000)::uuid, decode(md5('content' || n), 'hex'), '\x00' from generate_series(1, 20000) n;

insert into course.import
select md5('course' || n % 1000)::uuid, uuidv7(), uuidv7(), '\x00', 1, 1, 1, 1, now()
from generate_series(1, 20000) n;

insert into course.import_item
select md5('course' || n % 1000)::uuid, md5('import' || n % 1000)::uuid, n, 'path', 'html', '', '', 1, '', ''
from generate_series(1, 100000) n;

insert into course.request
select md5('user' || n % 1000)::uuid, uuidv7(), '\x00', uuidv7(), null from generate_series(1, 20000) n;

insert into course.draft_request
select md5('course' || n % 1000)::uuid, uuidv7(), '\x00', uuidv7() from generate_series(1, 20000) n;

insert into course.archive
select md5('user' || n % 1000)::uuid, decode(md5('archive' || n), 'hex'), uuidv7()
from generate_series(1, 20000) n;

insert into enrollment.enrollment
    (learner_id, enrollment_id, course_id, version, create_time, update_time, course_revision, required_lessons,
     completed_lessons, state)
select md5('user' || n % 1000)::uuid, uuidv7(), md5('course' || n)::uuid, 1, now(), now(), 1, 10, 0, 1
from generate_series(1, 100000) n;

insert into enrollment.request
select md5('user' || n % 1000)::uuid, uuidv7(), md5('course' || n)::uuid from generate_series(1, 20000) n;

insert into enrollment.lesson_progress (learner_id, enrollment_id, lesson_id, start_time, state, required)
select md5('user' || n % 1000)::uuid, md5('enrollment' || n % 10000)::uuid, uuidv7(), now(), 2, true
from generate_series(1, 20000) n;

insert into credential.credential
select md5('user' || n % 1000)::uuid, md5('credential' || n)::uuid, uuidv7(), md5('course' || n % 1000)::uuid,
       uuidv7(), 1, 'Course', 'Lea', 'Edda', 'code' || n, 1, now(), null, '', 1,
       case when n % 1000 > 0 then md5('issuer' || n % 1000)::uuid end, 'School', 'did:web:school', 'Course', null,
       null, case n % 1000 when 1 then 3 else 2 end, false, case when n % 1000 > 0 then sha256(n::text::bytea) end
from generate_series(1, 100000) n;

insert into credential.document
select md5('user' || n % 1000)::uuid, md5('credential' || n)::uuid, '\x00', 1, '\x00', 2, '{}'
from generate_series(1, 20000) n;

insert into credential.issuer
select md5('issuer' || n)::uuid, 'issuer' || n, 'did:web:issuer' || n, 'Issuer', '', '', '', '', '', now(), 1
from generate_series(1, 20000) n;

insert into credential.issuer_key
select md5('issuer' || n)::uuid, number, number, 1, '\x00', '\x00', now(), null, null
from generate_series(1, 20000) n, generate_series(1, 2) number;

insert into credential.template
select md5('course' || n)::uuid, 1 + n % 4, null, '', '', '', '', '', 0, false, '', '{}', '[]', '[]', now(), 1
from generate_series(1, 20000) n;

insert into credential.status_list
select md5('list' || n)::uuid, md5('issuer' || n % 1000)::uuid, n > 1000, now() from generate_series(1, 20000) n;

insert into credential.status_entry
select md5('list' || n % 1000)::uuid, n, md5('user' || n % 1000)::uuid, md5('credential' || n)::uuid,
       case when n % 100 > 1 then 1 else 2 + n % 100 end
from generate_series(1, 100000) n;

insert into credential.issue_job
select md5('job' || n)::uuid, md5('course' || n % 1000)::uuid, 1, case n % 1000 when 0 then 1 else 2 end,
       md5('user' || n % 1000)::uuid, 10, 10, 0, 0, now(), now(), now()
from generate_series(1, 20000) n;

insert into credential.issue_item
select md5('job' || n % 1000)::uuid, uuidv7(), case when n % 100 > 1 then 1 else 3 * (n % 100) end, '', ''
from generate_series(1, 100000) n;

insert into credential.issue_request
select md5('user' || n % 1000)::uuid, uuidv7(), '\x00', md5('job' || n)::uuid from generate_series(1, 20000) n;

insert into credential.request
select md5('user' || n % 1000)::uuid, uuidv7(), '\x00', uuidv7(), uuidv7() from generate_series(1, 20000) n;

insert into credential.verification_code
select 'code' || n, md5('user' || n % 1000)::uuid, uuidv7() from generate_series(1, 20000) n;

insert into credential.log_leaf
select n - 1, 1, sha256(convert_to('credential' || n, 'UTF8')), now() from generate_series(1, 20000) n;

insert into credential.log_node
select level, n, sha256(convert_to(level || 'node' || n, 'UTF8'))
from generate_series(0, 14) level, generate_series(0, (20000 >> level) - 1) n;

insert into credential.log_checkpoint
select n, sha256('root'), '', now() from generate_series(1, 20000) n;

insert into tip.tip (
    tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message, visibility, hide_amount,
    create_time, funding, review, platform_fee, sender_number
)
select uuidv7(), md5('user' || n % 1000)::uuid, uuidv7(), '\x00', md5('user' || (n + 1) % 1000)::uuid,
       'EUR', 100, '', 2, false, now(), 1, false, 5, n
from generate_series(1, 100000) n;

insert into tip.account (owner_id, kind, currency, balance, entry_count, create_time, update_time)
select md5('user' || n)::uuid, kind, 'EUR', 100, 1, now(), now()
from generate_series(1, 10000) n, generate_series(1, 5) kind;

insert into tip.entry (account_id, number, transaction_id, amount, balance, create_time, kind, batch_id)
select n % 1000, n, uuidv7(), 100, 100, now(), 1, n from generate_series(1, 50000) n;

insert into tip.movement (
    movement_id, kind, source_id, tip_id, from_kind, from_owner, to_kind, to_owner, currency, amount,
    platform_fee, payment_fee, debt, create_time
)
select uuidv7(), 4, uuidv7(), uuidv7(), 3, md5('user' || n % 1000)::uuid, 2, md5('user' || n % 999)::uuid, 'EUR',
       100, 5, 0, 0, now()
from generate_series(1, 20000) n;

insert into tip.lifecycle (
    tip_id, state, currency, amount, platform_fee, payment_fee, refunded, refunded_platform_fee,
    refunded_payment_fee, expire_time, update_time
)
select tip_id, 1 + n % 6, 'EUR', 100, 5, 0, 0, 0, 0, now(), now()
from (select tip_id, row_number() over () as n from tip.tip limit 20000) t;

insert into tip.batch select n, 1, '\x00' from generate_series(1, 20000) n;
insert into tip.seal select n, n, '\x00', now() from generate_series(1, 20000) n;

insert into tip.recurring_tip
select uuidv7(), md5('user' || n % 1000)::uuid, uuidv7(), '\x00', md5('educator' || n)::uuid, 'EUR', 100, '', 2,
       false,
       2, current_date, 1, 1 + n % 3, current_date + n % 30, now(), now()
from generate_series(1, 20000) n;

insert into tip.recurring_period (
    recurring_tip_id, start_date, state, failure_reason, create_time, claim_time, update_time
)
select recurring_tip_id, current_date, 3, 'INSUFFICIENT_FUNDS', now(), now(), now() from tip.recurring_tip;

insert into tip.payment
select uuidv7(), 1 + n % 2, md5('user' || n % 1000)::uuid, 'stripe', 'pi_' || n, '', 4, 'EUR', 100, 5, '',
       'card' || n % 1000, case n % 1000 when 0 then now() end, now(), now()
from generate_series(1, 20000) n;

insert into tip.top_up
select uuidv7(), md5('user' || n % 1000)::uuid, uuidv7(), '\x00', md5('user' || n % 1000)::uuid, 1, 'EUR', 100, now()
from generate_series(1, 20000) n;

insert into tip.refund (
    refund_id, requester_id, request_hash, tip_id, payment_id, currency, amount, reason, state,
    provider_reference, ask_time, create_time, update_time
)
select uuidv7(), md5('user' || n % 1000)::uuid, '\x00', uuidv7(), uuidv7(), 'EUR', 50, '', 2, 're_' || n,
       case n % 1000 when 0 then now() end, now(), now()
from generate_series(1, 20000) n;

insert into tip.dispute
select uuidv7(), 'stripe', 'dp_' || n, uuidv7(), 'EUR', 100, 1, '', now(), now() from generate_series(1, 20000) n;

insert into tip.provider_event
select 'stripe', 'evt_' || n, 'charge.succeeded', now(), now() from generate_series(1, 20000) n;

insert into tip.payout_account (
    educator_id, provider, provider_reference, payouts_enabled, requirements, claim_time, create_time, update_time
)
select md5('user' || n)::uuid, 'stripe', 'acct_' || n, true, '{}', now(), now(), now()
from generate_series(1, 20000) n;

insert into tip.payout (
    payout_id, educator_id, request_id, request_hash, currency, amount, provider, destination,
    provider_reference, state, reason, line_number, previous_number, ask_time, attempts, create_time,
    update_time, settle_time
)
select uuidv7(), md5('user' || n % 1000)::uuid, uuidv7(), '\x00', 'EUR', 100, 'stripe', 'acct_' || n % 1000,
       'tr_' || n, case n % 1000 when 0 then 1 when 1 then 4 else 2 end, '', n, n - 1,
       case n % 1000 when 0 then now() end, 1, now(), now(), case when n % 1000 > 1 then now() end
from generate_series(1, 20000) n;

insert into outbox.event (topic, aggregate_id, type, payload)
select 'topic' || n % 5, md5('aggregate' || n % 10000)::uuid, 'happened', '{}' from generate_series(1, 100000) n;
insert into outbox.position select n, n from generate_series(1, 100000) n;
insert into outbox.consumer select 'consumer' || n, 10000, now() from generate_series(1, 5) n;

insert into outbox.held
select 'consumer' || n % 5, n, n, md5('aggregate' || n % 10000)::uuid, case when n % 100 < 2 then n % 100 else 0 end,
       false, case n % 100 when 1 then now() end, ''
from generate_series(1, 20000) n;

set session_replication_role = origin;
set maintenance_work_mem = '256MB';
do $$
declare
    full_table regclass;
begin
    for full_table in select distinct indrelid from pg_index where not indisready loop
        execute format('reindex table %s', full_table);
    end loop;
end $$;
set default_statistics_target = 20;
analyze;
