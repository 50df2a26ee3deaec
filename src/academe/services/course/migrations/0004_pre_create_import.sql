-- Imports and their reports.

create table course.import (
    course_id uuid not null,
    import_id uuid not null,
    importer_id uuid not null,
    archive_sha256 bytea not null,
    archive_bytes bigint not null,
    imported_count integer not null,
    degraded_count integer not null,
    left_out_count integer not null,
    create_time timestamptz not null,
    constraint import_pkey primary key (course_id, import_id),
    constraint import_course foreign key (course_id) references course.course (course_id)
);

-- One row for every item of the archive.
create table course.import_item (
    course_id uuid not null,
    import_id uuid not null,
    -- 1, 2, 3 … in archive order.
    position integer not null,
    path text not null,
    item_type text not null,
    source_id text not null,
    title text not null,
    -- 1 imported, 2 degraded, 3 left out.
    outcome smallint not null,
    -- Empty exactly when imported whole.
    reason text not null,
    detail text not null,
    constraint import_item_pkey primary key (course_id, import_id, position),
    constraint import_item_import foreign key (course_id, import_id)
        references course.import (course_id, import_id),
    constraint import_item_outcome_known check (outcome between 1 and 3),
    constraint import_item_reason_given check ((outcome = 1) = (reason = ''))
);

-- Which course a person made of an archive. Its row is the lock under which the same bytes, sent twice at
-- once, become one course.
create table course.archive (
    creator_id uuid not null,
    archive_sha256 bytea not null,
    course_id uuid not null,
    constraint archive_pkey primary key (creator_id, archive_sha256)
);
