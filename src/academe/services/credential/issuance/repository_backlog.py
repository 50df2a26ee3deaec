"""Statements that sign credentials which were issued before credentials were signed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from academe.db.pool import Pool
from academe.services.credential.issuance.repository import Issue, lock_keys
from academe.services.credential.log.model import LogEntry, LogEvent
from academe.services.credential.log.repository import append
from academe.services.credential.model import Credential, CredentialState
from academe.services.credential.repository_shared import credential_of


class BacklogRepository:
    """Credentials without a document."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list_unsigned(self, after: UUID | None, limit: int) -> list[Credential]:
        """By credential_id upwards, from `after`."""
        rows = await self._pool.fetch(
            """
            select learner_id, credential_id, enrollment_id, course_id, awarder_id, type, course_title,
                   learner_name, awarder_name, verification_code, state, issue_time, revoke_time,
                   status_reason, version, issuer_id, issuer_name, issuer_did, title, expire_time,
                   suspend_time, visibility, keeps_name, document_sha256
            from credential.credential
            where document_sha256 is null and credential_id > $1
            order by credential_id
            limit $2
            """,
            after or UUID(int=0),
            limit,
        )
        return [credential_of(row) for row in rows]

    async def add_signatures(self, issuer_id: UUID, issues: Sequence[Issue]) -> int:
        """Stores the documents of those that still have none, in one transaction with the log; how many.

        Raises KeyReplaced when a key they were signed with was replaced meanwhile.
        """
        async with self._pool.transaction() as connection:
            numbers = {
                number
                for one in issues
                for number in (one.document.json_key_number, one.document.jwt_key_number)
            }
            await lock_keys(connection, issuer_id, numbers)
            rows = await connection.fetch(
                """
                with signed as (
                    update credential.credential c
                    set issuer_id = $3, issuer_name = $4, issuer_did = $5, title = c.course_title,
                        document_sha256 = n.document_sha256
                    from unnest($1::uuid[], $2::uuid[], $6::bytea[])
                        as n (learner_id, credential_id, document_sha256)
                    where c.learner_id = n.learner_id and c.credential_id = n.credential_id
                      and c.document_sha256 is null
                    returning c.credential_id, c.state
                ), entered as (
                    update credential.status_entry e
                    set state = s.state
                    from signed s
                    where e.credential_id = s.credential_id and s.state <> 1
                )
                select credential_id, state from signed order by credential_id
                """,
                [one.credential.learner_id for one in issues],
                [one.credential.credential_id for one in issues],
                issuer_id,
                issues[0].credential.issuer_name if issues else "",
                issues[0].credential.issuer_did if issues else "",
                [one.credential.document_sha256 for one in issues],
            )
            states = {row["credential_id"]: CredentialState(row["state"]) for row in rows}
            new = [one for one in issues if one.credential.credential_id in states]
            await connection.execute(
                """
                insert into credential.document (
                    learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design
                )
                select learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design
                from unnest(
                    $1::uuid[], $2::uuid[], $3::bytea[], $4::integer[], $5::bytea[], $6::integer[],
                    $7::jsonb[]
                ) as new (learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design)
                """,
                [one.credential.learner_id for one in new],
                [one.credential.credential_id for one in new],
                [one.document.json for one in new],
                [one.document.json_key_number for one in new],
                [one.document.jwt for one in new],
                [one.document.jwt_key_number for one in new],
                [json.dumps(dict(one.document.design)) for one in new],
            )
            await append(connection, _entries(new, states))
        return len(new)


def _entries(issues: Sequence[Issue], states: dict[UUID, CredentialState]) -> list[LogEntry]:
    """Issued now, as far as the log can say; and revoked at once, what was revoked before."""
    entries = []
    for one in issues:
        digest = one.credential.document_sha256 or b""
        entries.append(LogEntry(LogEvent.ISSUE, digest))
        if states[one.credential.credential_id] is CredentialState.REVOKED:
            entries.append(LogEntry(LogEvent.REVOKE, digest))
    return entries
