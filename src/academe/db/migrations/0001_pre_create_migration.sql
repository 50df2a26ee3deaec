-- What `academe.db.migrate` has applied. It is the first file to run and records itself.
create schema academe_meta;

create table academe_meta.migration (
    slice text not null,
    version integer not null,
    name text not null,
    sha256 text not null,
    applied_time timestamptz not null,
    constraint migration_pkey primary key (slice, version)
);
