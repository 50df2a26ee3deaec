-- A hundred thousand rows in every table that a list reads, 1,000 aggregates with 100 rows each, and twenty
-- thousand in the others, so that an index is worth using. Written with constraints and triggers asleep; only the planner looks at it.

set session_replication_role = replica;

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
select md5('user' || n % 1000)::uuid, uuidv7(), uuidv7(), md5('course' || n % 1000)::uuid,
       uuidv7(), 1, 'Course', 'Lea', 'Edda', 'code' || n, 1, now(), null, '', 1
from generate_series(1, 100000) n;

insert into credential.request
select md5('user' || n % 1000)::uuid, uuidv7(), '\x00', uuidv7(), uuidv7() from generate_series(1, 20000) n;

insert into credential.verification_code
select 'code' || n, md5('user' || n % 1000)::uuid, uuidv7() from generate_series(1, 20000) n;

insert into tip.tip
select uuidv7(), md5('user' || n % 1000)::uuid, uuidv7(), '\x00', md5('user' || (n + 1) % 1000)::uuid,
       'EUR', 100, '', 2, false, null, null, now()
from generate_series(1, 100000) n;

insert into tip.account (owner_id, kind, currency, balance, entry_count, create_time)
select md5('user' || n)::uuid, 2, 'EUR', 100, 1, now() from generate_series(1, 100000) n;

insert into tip.entry
select n % 1000, n, uuidv7(), 100, 100, now() from generate_series(1, 20000) n;

set session_replication_role = origin;
analyze;
