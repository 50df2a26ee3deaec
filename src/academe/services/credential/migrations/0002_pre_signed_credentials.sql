-- Credentials become documents that anybody can verify: issuers with their keys, templates of courses, the signed
-- bytes, lists of what was revoked and suspended, and issuing to many at once.

-- In whose name credentials are signed. The school itself is one of them.
create table credential.issuer (
    issuer_id uuid not null,
    slug text not null,
    did text not null,
    name text not null,
    uri text not null,
    email text not null,
    -- PNG or SVG; empty for none.
    logo bytea not null,
    -- "#rrggbb", or empty.
    primary_color text not null,
    accent_color text not null,
    create_time timestamptz not null,
    version bigint not null,
    constraint issuer_pkey primary key (issuer_id),
    constraint issuer_slug_once unique (slug),
    constraint issuer_did_once unique (did)
);

create table credential.issuer_key (
    issuer_id uuid not null,
    -- Of its name in documents: did#key-<number>. Never given twice.
    number integer not null,
    -- 1 documents (Ed25519), 2 tokens (P-256).
    use smallint not null,
    -- 1 active, 2 retired, 3 compromised. Only forwards.
    state smallint not null,
    -- 32 bytes, or the compressed point of 33.
    public_key bytea not null,
    -- Encrypted; empty once the key signs no more, when nobody needs it and nobody shall find it.
    private_key bytea not null,
    create_time timestamptz not null,
    retire_time timestamptz,
    compromise_time timestamptz,
    constraint issuer_key_pkey primary key (issuer_id, number),
    constraint issuer_key_known check (use in (1, 2) and state in (1, 2, 3)),
    constraint issuer_key_signs check ((state = 1) = (private_key <> '')),
    constraint issuer_key_times check ((state = 1) = (retire_time is null) and (state = 3) = (compromise_time is not null))
);

create unique index issuer_key_active_once on credential.issuer_key (issuer_id, use) where state = 1;

-- What the credentials of one type of a course say.
create table credential.template (
    course_id uuid not null,
    type smallint not null,
    -- Null for the school itself.
    issuer_id uuid,
    title text not null,
    description text not null,
    criteria text not null,
    criteria_uri text not null,
    language_code text not null,
    validity_days integer not null,
    issued_on_completion boolean not null,
    achievement_type text not null,
    tags text[] not null,
    -- [{name, uri, code, framework, description}]
    alignments jsonb not null,
    -- [{name, role, image}], the image in base64.
    signatories jsonb not null,
    update_time timestamptz not null,
    version bigint not null,
    constraint template_pkey primary key (course_id, type),
    constraint template_type_known check (type between 1 and 4)
);

-- Who awarded it is a person, and nobody where it was issued on completion; the issuer is who signs.
alter table credential.credential rename column issuer_id to awarder_id;
alter table credential.credential rename column issuer_name to awarder_name;
alter table credential.credential rename column revoke_reason to status_reason;
alter table credential.credential
    alter column awarder_id drop not null,
    drop constraint credential_once,
    drop constraint credential_state_known,
    drop constraint credential_revoked_when,
    add column issuer_id uuid,
    add column issuer_name text not null default '',
    add column issuer_did text not null default '',
    add column title text not null default '',
    add column expire_time timestamptz,
    add column suspend_time timestamptz,
    -- 1 holder, 2 who has the code, 3 everybody.
    add column visibility smallint not null default 2,
    add column keeps_name boolean not null default false,
    -- Null for what was issued before credentials were signed, until it is.
    add column document_sha256 bytea,
    -- 1 valid, 2 revoked, 3 suspended. Revoked is final.
    add constraint credential_state_known check (state in (1, 2, 3)),
    add constraint credential_revoked_when check ((state = 2) = (revoke_time is not null)),
    add constraint credential_suspended_when check ((state = 3) <= (suspend_time is not null)),
    add constraint credential_visibility_known check (visibility in (1, 2, 3)),
    add constraint credential_signed_by check ((document_sha256 is null) = (issuer_id is null));
-- Exactly one that is not revoked, of each enrollment and type.
create unique index credential_once on credential.credential (learner_id, enrollment_id, type) where state <> 2;
create index credential_unsigned on credential.credential (credential_id) where document_sha256 is null;
create index credential_public on credential.credential (credential_id) where visibility = 3;

alter table credential.request rename column issuer_id to awarder_id;

-- The signed bytes, exactly as they are handed out, and what the picture of the certificate needs.
create table credential.document (
    learner_id uuid not null,
    credential_id uuid not null,
    -- JSON-LD with an eddsa-rdfc-2022 proof, and the key (issuer_key.number) it was signed with.
    json bytea not null,
    json_key_number integer not null,
    -- vc+jwt.
    jwt bytea not null,
    jwt_key_number integer not null,
    -- {description, criteria, language_code, signatories, logo, primary_color, accent_color, issuer_uri} on the day of issue.
    design jsonb not null,
    constraint document_pkey primary key (learner_id, credential_id)
);

-- Where verifiers look up what became of a credential: a bit in two lists, of what is revoked and of what is
-- suspended. What the lists say is read from the entries, so no bit can be lost.
create table credential.status_list (
    list_id uuid not null,
    issuer_id uuid not null,
    -- Half full: nothing is added any more, so that a free place is always found at the first or second try.
    closed boolean not null,
    create_time timestamptz not null,
    constraint status_list_pkey primary key (list_id)
);
create unique index status_list_open_once on credential.status_list (issuer_id) where not closed;

create table credential.status_entry (
    list_id uuid not null,
    -- Drawn by lot, so that neighbours in the list have nothing to do with each other.
    position integer not null,
    learner_id uuid not null,
    credential_id uuid not null,
    -- As the credential's.
    state smallint not null,
    constraint status_entry_pkey primary key (list_id, position),
    constraint status_entry_in_list check (position between 0 and 131071),
    constraint status_entry_state_known check (state in (1, 2, 3))
);
create index status_entry_set on credential.status_entry (list_id, state, position) where state <> 1;
create index status_entry_of_credential on credential.status_entry (credential_id);

-- Issuing to many, in the background.
create table credential.issue_job (
    issue_job_id uuid not null,
    course_id uuid not null,
    type smallint not null,
    -- 1 running, 2 done, 3 canceled.
    state smallint not null,
    awarder_id uuid not null,
    total_count integer not null,
    issued_count integer not null,
    existing_count integer not null,
    failed_count integer not null,
    create_time timestamptz not null,
    finish_time timestamptz,
    -- Until then it is worked on by one server.
    lease_time timestamptz not null,
    constraint issue_job_pkey primary key (issue_job_id),
    constraint issue_job_known check (type between 1 and 4 and state in (1, 2, 3)),
    constraint issue_job_counts check (issued_count + existing_count + failed_count <= total_count)
);
create index issue_job_running on credential.issue_job (lease_time) where state = 1;

create table credential.issue_item (
    issue_job_id uuid not null,
    enrollment_id uuid not null,
    -- 0 waits, 1 issued, 2 was there, 3 failed.
    outcome smallint not null,
    -- Of the error that it failed with.
    reason text not null,
    message text not null,
    constraint issue_item_pkey primary key (issue_job_id, enrollment_id)
);
create index issue_item_waiting on credential.issue_item (issue_job_id, enrollment_id) where outcome = 0;
create index issue_item_failed on credential.issue_item (issue_job_id, enrollment_id) where outcome = 3;

create table credential.issue_request (
    awarder_id uuid not null,
    request_id uuid not null,
    request_hash bytea not null,
    issue_job_id uuid not null,
    constraint issue_request_pkey primary key (awarder_id, request_id)
);
