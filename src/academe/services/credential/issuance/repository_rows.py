"""Statements that write the rows of new credentials."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from academe.db.pool import Queryable
from academe.services.credential.issuance.repository_requests import Overtaken
from academe.services.credential.model import Credential, Document


@dataclass(frozen=True, slots=True)
class Issue:
    """A credential with its signed forms, ready to be stored."""

    credential: Credential
    document: Document
    replaces_revoked: bool = False
    """Whether it is stored although there is one that is revoked."""


async def add_credentials(connection: Queryable, issues: Sequence[Issue]) -> set[UUID]:
    """Those that were added; the others' enrollments have a credential of the type already."""
    rows = await connection.fetch(
        """
        insert into credential.credential (
            learner_id, credential_id, enrollment_id, course_id, awarder_id, type, course_title,
            learner_name, awarder_name, verification_code, state, issue_time, revoke_time, status_reason,
            version, issuer_id, issuer_name, issuer_did, title, expire_time, visibility, keeps_name,
            document_sha256
        )
        select learner_id, credential_id, enrollment_id, course_id, awarder_id, type, course_title,
               learner_name, awarder_name, verification_code, 1, issue_time, null, '',
               1, issuer_id, issuer_name, issuer_did, title, expire_time, visibility, false,
               document_sha256
        from unnest(
            $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::smallint[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::uuid[], $13::text[], $14::text[],
            $15::text[], $16::timestamptz[], $17::smallint[], $18::bytea[], $19::boolean[]
        ) as new (
            learner_id, credential_id, enrollment_id, course_id, awarder_id, type, course_title,
            learner_name, awarder_name, verification_code, issue_time, issuer_id, issuer_name, issuer_did,
            title, expire_time, visibility, document_sha256, replaces_revoked
        )
        -- Also one that was issued and revoked while these were being signed, of which no index knows.
        where replaces_revoked or not exists (
            select
            from credential.credential as held
            where held.learner_id = new.learner_id and held.enrollment_id = new.enrollment_id
              and held.type = new.type
        )
        on conflict do nothing
        returning credential_id
        """,
        *zip(
            *(
                (
                    one.learner_id,
                    one.credential_id,
                    one.enrollment_id,
                    one.course_id,
                    one.awarder_id,
                    one.type,
                    one.course_title,
                    one.learner_name,
                    one.awarder_name,
                    one.verification_code,
                    one.issue_time,
                    one.issuer_id,
                    one.issuer_name,
                    one.issuer_did,
                    one.title,
                    one.expire_time,
                    one.visibility,
                    one.document_sha256,
                    issue.replaces_revoked,
                )
                for issue in issues
                for one in (issue.credential,)
            ),
            strict=True,
        ),
    )
    return {row["credential_id"] for row in rows}


async def add_papers(connection: Queryable, issues: Sequence[Issue]) -> None:
    """The documents and codes of credentials that were added.

    Raises Overtaken for what was issued and revoked while their insert waited for somebody: it could not see
    that, nor does an index know; a statement that comes later does.
    """
    overtaken = await connection.fetchval(
        """
        with new as (
            select learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design,
                   enrollment_id, type, replaces_revoked, code
            from unnest(
                $1::uuid[], $2::uuid[], $3::bytea[], $4::integer[], $5::bytea[], $6::integer[], $7::jsonb[],
                $8::uuid[], $9::smallint[], $10::boolean[], $11::text[]
            ) as new (
                learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design,
                enrollment_id, type, replaces_revoked, code
            )
        ), documents as (
            insert into credential.document (
                learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design
            )
            select learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design from new
        ), codes as (
            insert into credential.verification_code (code, learner_id, credential_id)
            select code, learner_id, credential_id from new
            order by code
        )
        select exists (
            select
            from new join credential.credential as held
              on held.learner_id = new.learner_id and held.enrollment_id = new.enrollment_id
             and held.type = new.type and held.credential_id <> new.credential_id
            where not new.replaces_revoked
        )
        """,
        *document_columns(issues),
        [one.credential.enrollment_id for one in issues],
        [one.credential.type for one in issues],
        [one.replaces_revoked for one in issues],
        [one.credential.verification_code for one in issues],
    )
    if overtaken:
        raise Overtaken


def document_columns(issues: Sequence[Issue]) -> tuple[list[Any], ...]:
    """What a statement that writes documents is given, column by column: learner_id, credential_id, json,
    json_key_number, jwt, jwt_key_number, design."""
    return (
        [one.credential.learner_id for one in issues],
        [one.credential.credential_id for one in issues],
        [one.document.json for one in issues],
        [one.document.json_key_number for one in issues],
        [one.document.jwt for one in issues],
        [one.document.jwt_key_number for one in issues],
        [json.dumps(dict(one.document.design)) for one in issues],
    )
