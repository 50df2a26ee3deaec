"""Statements that sign credentials which were issued before credentials were signed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.services.credential.issuance.repository import key_numbers, lock_keys
from academe.services.credential.issuance.repository_rows import Issue, document_columns
from academe.services.credential.log.model import LogEntry, LogEvent
from academe.services.credential.log.repository import append
from academe.services.credential.model import Credential, CredentialState
from academe.services.credential.repository_shared import credential_of
from academe.services.credential.statuses.repository import EVENTS


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
        if not issues:
            return 0
        async with self._pool.transaction() as connection:
            await lock_keys(connection, issuer_id, {number for one in issues for number in key_numbers(one)})
            states = await _lock_unsigned(connection, issues)
            new = [one for one in issues if one.credential.credential_id in states]
            await _sign(connection, new)
            await _set_entries(connection, states)
            await _add_documents(connection, new)
            # Last: the log makes everybody wait for who holds it.
            await append(connection, _entries(new, states))
        return len(new)


async def _lock_unsigned(connection: Queryable, issues: Sequence[Issue]) -> dict[UUID, CredentialState]:
    """Those that have no document still, by id, with their states, which stay what they are from here on."""
    rows = await connection.fetch(
        """
        select c.credential_id, c.state
        from unnest($1::uuid[], $2::uuid[]) as n (learner_id, credential_id)
        join credential.credential c on c.learner_id = n.learner_id and c.credential_id = n.credential_id
        where c.document_sha256 is null
        order by c.credential_id
        for update of c
        """,
        [one.credential.learner_id for one in issues],
        [one.credential.credential_id for one in issues],
    )
    return {row["credential_id"]: CredentialState(row["state"]) for row in rows}


async def _sign(connection: Queryable, issues: Sequence[Issue]) -> None:
    """The issuer and the document's digest, where the credentials had none."""
    await connection.execute(
        """
        update credential.credential c
        set issuer_id = n.issuer_id, issuer_name = n.issuer_name, issuer_did = n.issuer_did,
            title = c.course_title, document_sha256 = n.document_sha256
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[])
            as n (learner_id, credential_id, issuer_id, issuer_name, issuer_did, document_sha256)
        where c.learner_id = n.learner_id and c.credential_id = n.credential_id
        """,
        [one.credential.learner_id for one in issues],
        [one.credential.credential_id for one in issues],
        [one.credential.issuer_id for one in issues],
        [one.credential.issuer_name for one in issues],
        [one.credential.issuer_did for one in issues],
        [one.credential.document_sha256 for one in issues],
    )


async def _set_entries(connection: Queryable, states: dict[UUID, CredentialState]) -> None:
    """In the status lists, of what was revoked or suspended before it had a place there."""
    changed = [
        (credential_id, state)
        for credential_id, state in states.items()
        if state is not CredentialState.VALID
    ]
    await connection.execute(
        """
        update credential.status_entry e
        set state = n.state
        from unnest($1::uuid[], $2::smallint[]) as n (credential_id, state)
        where e.credential_id = n.credential_id
        """,
        [credential_id for credential_id, _ in changed],
        [state for _, state in changed],
    )


async def _add_documents(connection: Queryable, issues: Sequence[Issue]) -> None:
    await connection.execute(
        """
        insert into credential.document (
            learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design
        )
        select learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design
        from unnest(
            $1::uuid[], $2::uuid[], $3::bytea[], $4::integer[], $5::bytea[], $6::integer[], $7::jsonb[]
        ) as new (learner_id, credential_id, json, json_key_number, jwt, jwt_key_number, design)
        """,
        *document_columns(issues),
    )


def _entries(issues: Sequence[Issue], states: dict[UUID, CredentialState]) -> list[LogEntry]:
    """Issued now, as far as the log can say; and at once what else they are already."""
    entries = []
    for one in issues:
        digest = one.credential.document_sha256 or b""
        entries.append(LogEntry(LogEvent.ISSUE, digest))
        state = states[one.credential.credential_id]
        if state is not CredentialState.VALID:
            entries.append(LogEntry(EVENTS[state], digest))
    return entries
