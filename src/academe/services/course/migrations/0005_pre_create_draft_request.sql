-- What a request_id made in a course's draft. It outlives the module or lesson, so that a request which comes
-- again after a deletion does not make the same thing again.
create table course.draft_request (
    course_id uuid not null,
    request_id uuid not null,
    request_hash bytea not null,
    -- The module or lesson.
    made_id uuid not null,
    constraint draft_request_pkey primary key (course_id, request_id),
    constraint draft_request_course foreign key (course_id) references course.course (course_id)
);
