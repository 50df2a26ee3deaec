-- Learners in courses, and how far they are.
--
-- Both tables grow with learners, so every key leads with the learner: what belongs to one learner can be kept
-- on one node. The ids of learners, courses and lessons belong to other slices and are plain columns here.

create schema enrollment;

create table enrollment.enrollment (
    learner_id uuid not null,
    enrollment_id uuid not null,
    course_id uuid not null,
    -- One more with every change of this row or of its lessons: the etag, and the place in a watcher's cursor.
    version bigint not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    complete_time timestamptz,
    -- The published revision whose lessons count, and how many of them do.
    course_revision integer not null,
    required_lessons integer not null,
    -- Always the number of rows in lesson_progress that are required and done.
    completed_lessons integer not null,
    -- 1 active, 2 completed, 3 dropped.
    state smallint not null,
    constraint enrollment_pkey primary key (learner_id, enrollment_id),
    constraint enrollment_once unique (learner_id, course_id),
    constraint enrollment_state_known check (state between 1 and 3),
    constraint enrollment_counts_possible check (
        completed_lessons >= 0 and completed_lessons <= required_lessons
    ),
    -- Nobody's word completes an enrollment: only its last required lesson does, and it always does.
    constraint enrollment_completed_by_lessons check (
        (state = 2) = (required_lessons > 0 and completed_lessons = required_lessons)
    ),
    constraint enrollment_complete_time_when_completed check ((state = 2) = (complete_time is not null))
) with (fillfactor = 70); -- room beside each row: its counts change with every lesson, and no index with them

create index enrollment_roster on enrollment.enrollment (course_id, enrollment_id desc);
-- For readers who know only the id: a course's educators, administrators, and whoever certifies.
create index enrollment_by_id on enrollment.enrollment (enrollment_id);

-- Every request to enroll that came with an id, for ever: one that arrives again, however late, changes nothing.
create table enrollment.request (
    learner_id uuid not null,
    -- The client's own.
    request_id uuid not null,
    -- What was asked for; with the learner it leads to the enrollment.
    course_id uuid not null,
    constraint request_pkey primary key (learner_id, request_id)
);

-- A row appears when a lesson is first opened; a lesson without one is not started.
create table enrollment.lesson_progress (
    learner_id uuid not null,
    enrollment_id uuid not null,
    lesson_id uuid not null,
    start_time timestamptz not null,
    complete_time timestamptz,
    -- 2 in progress, 3 done. Only ever grows.
    state smallint not null,
    -- Whether the lesson counts towards completion in the enrollment's revision.
    required boolean not null,
    constraint lesson_progress_pkey primary key (learner_id, enrollment_id, lesson_id),
    constraint lesson_progress_state_known check (state in (2, 3)),
    constraint lesson_progress_complete_time_when_done check ((state = 3) = (complete_time is not null))
) with (fillfactor = 80); -- most rows change once, soon after they appear
