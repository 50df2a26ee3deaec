-- What the draft of a course holds. All of it is written under the lock of the course's row, so two edits of
-- one course never interleave and a publication sees either all of an edit or nothing of it.

create table course.module (
    course_id uuid not null,
    module_id uuid not null,
    -- Order within the course. Far apart, so that one can be moved between two others later.
    rank bigint not null,
    title text not null,
    description text not null,
    version bigint not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    request_id uuid,
    request_hash bytea,
    constraint module_pkey primary key (course_id, module_id),
    constraint module_course foreign key (course_id) references course.course (course_id),
    constraint module_request_once unique (course_id, request_id),
    constraint module_title_length check (char_length(title) between 1 and 200)
);

create index module_order on course.module (course_id, rank, module_id);

-- The blocks of lessons, addressed by their hash: every draft and revision that says the same shares one row.
create table course.content (
    course_id uuid not null,
    -- SHA-256 of the body.
    content_hash bytea not null,
    -- JSON in UTF-8, kept to the byte; the shape is in lessons/blocks.py.
    body bytea not null,
    constraint content_pkey primary key (course_id, content_hash),
    constraint content_course foreign key (course_id) references course.course (course_id)
);

create table course.lesson (
    course_id uuid not null,
    lesson_id uuid not null,
    module_id uuid not null,
    -- Order within the module.
    rank bigint not null,
    title text not null,
    section text not null,
    optional boolean not null,
    content_hash bytea not null,
    version bigint not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    request_id uuid,
    request_hash bytea,
    constraint lesson_pkey primary key (course_id, lesson_id),
    constraint lesson_module foreign key (course_id, module_id) references course.module (course_id, module_id),
    constraint lesson_content foreign key (course_id, content_hash)
        references course.content (course_id, content_hash),
    constraint lesson_request_once unique (course_id, request_id),
    constraint lesson_title_length check (char_length(title) between 1 and 200)
);

create index lesson_order on course.lesson (course_id, module_id, rank, lesson_id);
-- Whether a content is still in use, when an edit lets go of it.
create index lesson_by_content on course.lesson (course_id, content_hash);
