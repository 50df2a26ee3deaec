-- What learners earned, as it was on the day of issue: the names and the title are copies, on purpose.

create schema credential;

create table credential.credential (
    learner_id uuid not null,
    credential_id uuid not null,
    enrollment_id uuid not null,
    course_id uuid not null,
    issuer_id uuid not null,
    -- 1 certificate, 2 badge, 3 micro-degree, 4 degree.
    type smallint not null,
    course_title text not null,
    learner_name text not null,
    issuer_name text not null,
    -- Twenty symbols, without the dashes that people see.
    verification_code text not null,
    -- 1 valid, 2 revoked. Revoked is final.
    state smallint not null,
    issue_time timestamptz not null,
    revoke_time timestamptz,
    revoke_reason text not null,
    version bigint not null,
    constraint credential_pkey primary key (learner_id, credential_id),
    constraint credential_once unique (learner_id, enrollment_id, type),
    constraint credential_type_known check (type between 1 and 4),
    constraint credential_state_known check (state in (1, 2)),
    constraint credential_revoked_when check ((state = 2) = (revoke_time is not null))
);

-- Ids alone: for those who were given the id, not the learner. Not unique, since uniqueness follows from the key.
create index credential_by_id on credential.credential (credential_id);
create index credential_of_course on credential.credential (course_id, credential_id desc);

-- What each issuer's requests were answered with, so that one of them never stands for two credentials. A table
-- of its own, because a request belongs to who sent it and a credential to its learner.
create table credential.request (
    issuer_id uuid not null,
    request_id uuid not null,
    request_hash bytea not null,
    learner_id uuid not null,
    credential_id uuid not null,
    constraint request_pkey primary key (issuer_id, request_id)
);

-- From what an employer types to the credential. A table of its own, so that the code alone leads to one
-- place however the credentials are spread.
create table credential.verification_code (
    code text not null,
    learner_id uuid not null,
    credential_id uuid not null,
    constraint verification_code_pkey primary key (code)
);
