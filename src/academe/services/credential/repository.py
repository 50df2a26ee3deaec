"""Every statement on the schema `credential`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from academe.db.loader import BatchLoader
from academe.db.pool import Pool, Queryable
from academe.errors import EtagMismatch, RequestIdReused
from academe.etags import etag
from academe.pagination import PageRequest
from academe.services.credential.errors import CredentialNotFound
from academe.services.credential.model import Credential, CredentialState, CredentialType, Replay

# Where lists that run downwards begin.
LAST_ID = UUID(int=(1 << 128) - 1)


class CredentialRepository:
    """Credentials in PostgreSQL. `on_batch(name, keys, seconds)` is told of every batched read."""

    def __init__(self, pool: Pool, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        self._credentials = BatchLoader[UUID, Credential](
            self._fetch_credentials, name="credential.get", on_batch=on_batch
        )
        self._coded = BatchLoader[str, Credential](
            self._fetch_coded, name="credential.verify", on_batch=on_batch
        )

    async def add_credential(self, new: Credential, replay: Replay | None) -> Credential:
        """Stores a credential with its code, or answers with the one of its enrollment and type.

        Raises RequestIdReused when the issuer's request asked for another one before.
        """
        async with self._pool.transaction() as connection:
            status = await connection.execute(
                """
                insert into credential.credential (
                    learner_id, credential_id, enrollment_id, course_id, issuer_id, type, course_title,
                    learner_name, issuer_name, verification_code, state, issue_time, revoke_time,
                    revoke_reason, version
                )
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                on conflict do nothing
                """,
                new.learner_id,
                new.credential_id,
                new.enrollment_id,
                new.course_id,
                new.issuer_id,
                new.type,
                new.course_title,
                new.learner_name,
                new.issuer_name,
                new.verification_code,
                new.state,
                new.issue_time,
                new.revoke_time,
                new.revoke_reason,
                new.version,
            )
            stored = new
            if status == "INSERT 0 1":
                await connection.execute(
                    """
                    insert into credential.verification_code (code, learner_id, credential_id)
                    values ($1, $2, $3)
                    """,
                    new.verification_code,
                    new.learner_id,
                    new.credential_id,
                )
            else:
                stored = await _issued_before(connection, new)
            if replay is not None:
                # Last, so that of two who wait for each other's request neither is waited for itself.
                await _claim_request(connection, new.issuer_id, replay, stored)
        return stored

    async def get_credential(self, credential_id: UUID) -> Credential | None:
        return await self._credentials.load(credential_id)

    async def _fetch_credentials(self, credential_ids: list[UUID]) -> Mapping[UUID, Credential]:
        rows = await self._pool.fetch(
            """
            select learner_id, credential_id, enrollment_id, course_id, issuer_id, type, course_title,
                   learner_name, issuer_name, verification_code, state, issue_time, revoke_time,
                   revoke_reason, version
            from credential.credential
            where credential_id = any($1::uuid[])
            """,
            credential_ids,
        )
        return {row["credential_id"]: _credential(row) for row in rows}

    async def find_by_code(self, code: str) -> Credential | None:
        """The credential with a code, None when there is none."""
        return await self._coded.load(code)

    async def _fetch_coded(self, codes: list[str]) -> Mapping[str, Credential]:
        """By code. Two statements: codes are kept apart from the credentials they lead to."""
        keys = await self._pool.fetch(
            """
            select learner_id, credential_id
            from credential.verification_code
            where code = any($1::text[])
            """,
            codes,
        )
        if not keys:
            return {}
        rows = await self._pool.fetch(
            """
            select held.learner_id, held.credential_id, held.enrollment_id, held.course_id, held.issuer_id,
                   held.type, held.course_title, held.learner_name, held.issuer_name, held.verification_code,
                   held.state, held.issue_time, held.revoke_time, held.revoke_reason, held.version
            from unnest($1::uuid[], $2::uuid[]) as asked (learner_id, credential_id)
            join credential.credential as held
              on held.learner_id = asked.learner_id and held.credential_id = asked.credential_id
            """,
            [key["learner_id"] for key in keys],
            [key["credential_id"] for key in keys],
        )
        return {row["verification_code"]: _credential(row) for row in rows}

    async def list_of_learner(self, learner_id: UUID, page: PageRequest) -> list[Credential]:
        """One learner's credentials by credential_id downwards."""
        (credential_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select learner_id, credential_id, enrollment_id, course_id, issuer_id, type, course_title,
                   learner_name, issuer_name, verification_code, state, issue_time, revoke_time,
                   revoke_reason, version
            from credential.credential
            where learner_id = $1 and credential_id < $2
            order by credential_id desc
            limit $3
            """,
            learner_id,
            credential_id,
            page.limit,
        )
        return [_credential(row) for row in rows]

    async def list_of_course(self, course_id: UUID, page: PageRequest) -> list[Credential]:
        """The credentials issued for a course by credential_id downwards."""
        (credential_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select learner_id, credential_id, enrollment_id, course_id, issuer_id, type, course_title,
                   learner_name, issuer_name, verification_code, state, issue_time, revoke_time,
                   revoke_reason, version
            from credential.credential
            where course_id = $1 and credential_id < $2
            order by credential_id desc
            limit $3
            """,
            course_id,
            credential_id,
            page.limit,
        )
        return [_credential(row) for row in rows]

    async def revoke_credential(
        self, credential: Credential, reason: str, expected_version: int | None, now: datetime
    ) -> Credential:
        """Revokes a credential; one that is revoked already stays as it is. Raises EtagMismatch."""
        row = await self._pool.fetchrow(
            """
            update credential.credential
            set state = 2, revoke_time = $3::timestamptz, revoke_reason = $4, version = version + 1
            where learner_id = $1 and credential_id = $2 and state = 1
              and version = coalesce($5::bigint, version)
            returning learner_id, credential_id, enrollment_id, course_id, issuer_id, type, course_title,
                      learner_name, issuer_name, verification_code, state, issue_time, revoke_time,
                      revoke_reason, version
            """,
            credential.learner_id,
            credential.credential_id,
            now,
            reason,
            expected_version,
        )
        if row is not None:
            return _credential(row)
        current = await self.get_credential(credential.credential_id)
        if current is None:
            raise CredentialNotFound(credential_id=credential.credential_id)
        if current.state is not CredentialState.REVOKED:
            raise EtagMismatch(etag=etag(current.version))
        return current


async def _issued_before(connection: Queryable, new: Credential) -> Credential:
    """The credential of the same enrollment and type."""
    row = await connection.fetchrow(
        """
        select learner_id, credential_id, enrollment_id, course_id, issuer_id, type, course_title,
               learner_name, issuer_name, verification_code, state, issue_time, revoke_time,
               revoke_reason, version
        from credential.credential
        where learner_id = $1 and enrollment_id = $2 and type = $3
        """,
        new.learner_id,
        new.enrollment_id,
        new.type,
    )
    if row is None:
        raise RuntimeError(f"nothing was in the way of credential {new.credential_id}, yet it was not stored")
    return _credential(row)


async def _claim_request(connection: Queryable, issuer_id: UUID, replay: Replay, answer: Credential) -> None:
    """Notes what a request is answered with. Raises RequestIdReused when it asked for another one before."""
    await connection.execute(
        """
        insert into credential.request (issuer_id, request_id, request_hash, learner_id, credential_id)
        values ($1, $2, $3, $4, $5)
        on conflict do nothing
        """,
        issuer_id,
        replay.request_id,
        replay.request_hash,
        answer.learner_id,
        answer.credential_id,
    )
    asked = await connection.fetchval(
        "select request_hash from credential.request where issuer_id = $1 and request_id = $2",
        issuer_id,
        replay.request_id,
    )
    if asked != replay.request_hash:
        raise RequestIdReused


def _credential(row: Any) -> Credential:
    return Credential(
        credential_id=row["credential_id"],
        enrollment_id=row["enrollment_id"],
        course_id=row["course_id"],
        learner_id=row["learner_id"],
        issuer_id=row["issuer_id"],
        type=CredentialType(row["type"]),
        course_title=row["course_title"],
        learner_name=row["learner_name"],
        issuer_name=row["issuer_name"],
        verification_code=row["verification_code"],
        state=CredentialState(row["state"]),
        issue_time=row["issue_time"],
        revoke_time=row["revoke_time"],
        revoke_reason=row["revoke_reason"],
        version=row["version"],
    )
