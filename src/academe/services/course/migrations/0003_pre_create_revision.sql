-- Published revisions. Rows are written once, by PublishCourse, and never changed: what a learner has seen
-- stays as it was, and enrollments rely on it.

create table course.revision (
    course_id uuid not null,
    -- 1, 2, 3 … without gaps.
    revision integer not null,
    title text not null,
    description text not null,
    language text not null,
    module_count integer not null,
    lesson_count integer not null,
    -- SHA-256 of everything a learner sees: an equal draft is not published again.
    tree_hash bytea not null,
    -- The course's version when this was published: the etag that learners see.
    version bigint not null,
    publisher_id uuid not null,
    publish_time timestamptz not null,
    constraint revision_pkey primary key (course_id, revision),
    constraint revision_course foreign key (course_id) references course.course (course_id),
    constraint revision_has_lessons check (lesson_count > 0)
);

create table course.revision_module (
    course_id uuid not null,
    revision integer not null,
    -- 1, 2, 3 … within the revision.
    position integer not null,
    module_id uuid not null,
    title text not null,
    description text not null,
    version bigint not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    constraint revision_module_pkey primary key (course_id, revision, position),
    constraint revision_module_once unique (course_id, revision, module_id),
    constraint revision_module_revision foreign key (course_id, revision)
        references course.revision (course_id, revision)
);

create table course.revision_lesson (
    course_id uuid not null,
    revision integer not null,
    -- 1, 2, 3 … through all modules of the revision.
    position integer not null,
    lesson_id uuid not null,
    module_id uuid not null,
    title text not null,
    section text not null,
    optional boolean not null,
    content_hash bytea not null,
    version bigint not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    constraint revision_lesson_pkey primary key (course_id, revision, position),
    constraint revision_lesson_once unique (course_id, revision, lesson_id),
    constraint revision_lesson_module foreign key (course_id, revision, module_id)
        references course.revision_module (course_id, revision, module_id),
    constraint revision_lesson_content foreign key (course_id, content_hash)
        references course.content (course_id, content_hash)
);

create index revision_lesson_by_content on course.revision_lesson (course_id, content_hash);
