-- Courses: the draft that educators edit, and which revision of it learners see.
--
-- Every key of this schema leads with course_id (or with the person whose requests it remembers), and no
-- statement joins two courses, so a course and all that belongs to it can live on any one node.

create schema course;

create table course.course (
    course_id uuid not null,
    -- The draft. What learners see is in course.revision.
    title text not null,
    description text not null,
    language text not null,
    -- Of the draft; kept by the statements that add and remove, under the lock of this row.
    module_count integer not null,
    lesson_count integer not null,
    -- The etag: one more with every change of the course's own fields, publication and deletion included.
    version bigint not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    delete_time timestamptz,
    -- 0 while never published.
    published_revision integer not null,
    -- When revision 1 was published. Lists are sorted by it because it never changes: a course that is
    -- published again during somebody's walk through the list is neither missed nor met twice.
    first_publish_time timestamptz,
    -- The import that made or last replaced the draft.
    import_id uuid,
    archive_sha256 bytea,
    constraint course_pkey primary key (course_id),
    constraint course_title_length check (char_length(title) between 1 and 200),
    constraint course_counts_positive check (module_count >= 0 and lesson_count >= 0),
    constraint course_published_once check ((published_revision = 0) = (first_publish_time is null))
);

create index course_published on course.course (first_publish_time desc, course_id desc)
where first_publish_time is not null and delete_time is null;

create table course.educator (
    course_id uuid not null,
    educator_id uuid not null,
    -- 0 is who created the course.
    position smallint not null,
    constraint educator_pkey primary key (course_id, educator_id),
    constraint educator_course foreign key (course_id) references course.course (course_id)
);

-- The courses of one educator. Ids are UUIDv7, so their order is the order of creation.
create index educator_courses on course.educator (educator_id, course_id desc);

-- What a person's request_id made, so that a repeated request is answered with it.
create table course.request (
    creator_id uuid not null,
    request_id uuid not null,
    request_hash bytea not null,
    course_id uuid not null,
    -- Set when the request was an import.
    import_id uuid,
    constraint request_pkey primary key (creator_id, request_id)
);
