"""Statements on what became of credentials, and on the lists that say so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.errors import EtagMismatch
from academe.etags import etag
from academe.services.credential.errors import CredentialNotFound, CredentialRevoked
from academe.services.credential.log.model import LogEntry, LogEvent
from academe.services.credential.log.repository import append
from academe.services.credential.model import Credential, CredentialState
from academe.services.credential.repository_shared import credential_of

AT_ONCE = 2
"""Changes under way: while one is committed the next is prepared. More would only wait for the log with a
connection in their hands that others need."""

EVENTS = {
    CredentialState.REVOKED: LogEvent.REVOKE,
    CredentialState.SUSPENDED: LogEvent.SUSPEND,
    CredentialState.VALID: LogEvent.REINSTATE,
}
"""What the log says of a credential that is brought into a state."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list of an issuer, with the positions that are set in each of the two that are published of it."""

    list_id: UUID
    issuer_id: UUID
    create_time: datetime
    revoked: Sequence[int]
    suspended: Sequence[int]


class StatusRepository:
    """States of credentials, and status lists."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def set_state(
        self,
        credential: Credential,
        state: CredentialState,
        reason: str,
        expected_version: int | None,
        now: datetime,
    ) -> Credential:
        """Brings a credential into a state, in one transaction with its bit in the list and its line in the
        log. One that is in it already is answered as it is, whatever version is expected.

        Raises CredentialNotFound, EtagMismatch, and CredentialRevoked, because nothing follows on that.
        """
        async with self._turns, self._pool.transaction() as connection:
            current = await _lock(connection, credential)
            if current.state is state:
                return current
            if current.state is CredentialState.REVOKED:
                raise CredentialRevoked(credential_id=credential.credential_id)
            if expected_version not in (None, current.version):
                raise EtagMismatch(etag=etag(current.version))
            changed = await _write(connection, current, state, reason, now)
            await connection.execute(
                "update credential.status_entry set state = $2 where credential_id = $1",
                credential.credential_id,
                state,
            )
            if changed.document_sha256 is not None:
                # Last: the log makes everybody wait for who holds it.
                await append(connection, [LogEntry(EVENTS[state], changed.document_sha256)])
            return changed

    async def get_state(self, list_id: UUID, position: int) -> CredentialState | None:
        """Of the credential at a position of a list; None where nothing is."""
        state = await self._pool.fetchval(
            "select state from credential.status_entry where list_id = $1 and position = $2",
            list_id,
            position,
        )
        return None if state is None else CredentialState(state)

    async def get_list(self, list_id: UUID) -> StatusList | None:
        """A list as it is now, None when there is none."""
        return (await self._lists([list_id])).get(list_id)

    async def all_lists(self) -> Sequence[StatusList]:
        """Every list, oldest first."""
        rows = await self._pool.fetch("select list_id from credential.status_list order by list_id")
        return list((await self._lists([row["list_id"] for row in rows])).values())

    async def _lists(self, list_ids: Sequence[UUID]) -> Mapping[UUID, StatusList]:
        rows = await self._pool.fetch(
            """
            select l.list_id, l.issuer_id, l.create_time,
                   coalesce(array_agg(e.position) filter (where e.state = 2), '{}') as revoked,
                   coalesce(array_agg(e.position) filter (where e.state = 3), '{}') as suspended
            from credential.status_list l
            left join credential.status_entry e on e.list_id = l.list_id and e.state <> 1
            where l.list_id = any($1::uuid[])
            group by l.list_id, l.issuer_id, l.create_time
            order by l.list_id
            """,
            list_ids,
        )
        return {
            row["list_id"]: StatusList(
                row["list_id"], row["issuer_id"], row["create_time"], row["revoked"], row["suspended"]
            )
            for row in rows
        }


async def _lock(connection: Queryable, credential: Credential) -> Credential:
    row = await connection.fetchrow(
        """
        select learner_id, credential_id, enrollment_id, course_id, awarder_id, type, course_title,
               learner_name, awarder_name, verification_code, state, issue_time, revoke_time,
               status_reason, version, issuer_id, issuer_name, issuer_did, title, expire_time,
               suspend_time, visibility, keeps_name, document_sha256
        from credential.credential
        where learner_id = $1 and credential_id = $2
        for update
        """,
        credential.learner_id,
        credential.credential_id,
    )
    if row is None:
        raise CredentialNotFound(credential_id=credential.credential_id)
    return credential_of(row)


async def _write(
    connection: Queryable, current: Credential, state: CredentialState, reason: str, now: datetime
) -> Credential:
    row = await connection.fetchrow(
        """
        update credential.credential
        set state = $3::smallint, status_reason = $4, version = version + 1,
            revoke_time = case when $3 = 2 then $5::timestamptz end,
            suspend_time = case when $3 = 3 then $5::timestamptz end
        where learner_id = $1 and credential_id = $2
        returning learner_id, credential_id, enrollment_id, course_id, awarder_id, type, course_title,
                  learner_name, awarder_name, verification_code, state, issue_time, revoke_time,
                  status_reason, version, issuer_id, issuer_name, issuer_did, title, expire_time,
                  suspend_time, visibility, keeps_name, document_sha256
        """,
        current.learner_id,
        current.credential_id,
        state,
        reason,
        now,
    )
    if row is None:
        raise CredentialNotFound(credential_id=current.credential_id)
    return credential_of(row)
