"""Statements that read credentials and change what their holders decide."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from uuid import UUID

from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.errors import EtagMismatch
from academe.etags import etag
from academe.pagination import PageRequest
from academe.services.credential.codes import read_code
from academe.services.credential.errors import CredentialNotFound
from academe.services.credential.model import Credential, CredentialVisibility, Document
from academe.services.credential.repository_shared import credential_of

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

    async def get_credential(self, credential_id: UUID) -> Credential | None:
        return await self._credentials.load(credential_id)

    async def _fetch_credentials(self, credential_ids: list[UUID]) -> Mapping[UUID, Credential]:
        rows = await self._pool.fetch(
            """
            select learner_id, credential_id, enrollment_id, course_id, awarder_id, type,
                   course_title, learner_name, awarder_name, verification_code, state, issue_time,
                   revoke_time, status_reason, version, issuer_id, issuer_name, issuer_did, title,
                   expire_time, suspend_time, visibility, keeps_name, document_sha256
            from credential.credential
            where credential_id = any($1::uuid[])
            """,
            credential_ids,
        )
        return {row["credential_id"]: credential_of(row) for row in rows}

    async def find_by_code(self, text: str) -> Credential | None:
        """The credential with a code, however that was typed; None when there is none."""
        code = read_code(text)
        return await self._coded.load(code) if code is not None else None

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
            select held.learner_id, held.credential_id, held.enrollment_id, held.course_id,
                   held.awarder_id, held.type, held.course_title, held.learner_name,
                   held.awarder_name, held.verification_code, held.state, held.issue_time,
                   held.revoke_time, held.status_reason, held.version, held.issuer_id,
                   held.issuer_name, held.issuer_did, held.title, held.expire_time,
                   held.suspend_time, held.visibility, held.keeps_name, held.document_sha256
            from unnest($1::uuid[], $2::uuid[]) as asked (learner_id, credential_id)
            join credential.credential as held
              on held.learner_id = asked.learner_id and held.credential_id = asked.credential_id
            """,
            [key["learner_id"] for key in keys],
            [key["credential_id"] for key in keys],
        )
        return {row["verification_code"]: credential_of(row) for row in rows}

    async def list_of_learner(self, learner_id: UUID, page: PageRequest) -> list[Credential]:
        """One learner's credentials by credential_id downwards."""
        (credential_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select learner_id, credential_id, enrollment_id, course_id, awarder_id, type,
                   course_title, learner_name, awarder_name, verification_code, state, issue_time,
                   revoke_time, status_reason, version, issuer_id, issuer_name, issuer_did, title,
                   expire_time, suspend_time, visibility, keeps_name, document_sha256
            from credential.credential
            where learner_id = $1 and credential_id < $2
            order by credential_id desc
            limit $3
            """,
            learner_id,
            credential_id,
            page.limit,
        )
        return [credential_of(row) for row in rows]

    async def list_of_course(self, course_id: UUID, page: PageRequest) -> list[Credential]:
        """The credentials issued for a course by credential_id downwards."""
        (credential_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select learner_id, credential_id, enrollment_id, course_id, awarder_id, type,
                   course_title, learner_name, awarder_name, verification_code, state, issue_time,
                   revoke_time, status_reason, version, issuer_id, issuer_name, issuer_did, title,
                   expire_time, suspend_time, visibility, keeps_name, document_sha256
            from credential.credential
            where course_id = $1 and credential_id < $2
            order by credential_id desc
            limit $3
            """,
            course_id,
            credential_id,
            page.limit,
        )
        return [credential_of(row) for row in rows]

    async def list_public(self, after: UUID, limit: int) -> list[Credential]:
        """Credentials whose holders made them public, signed ones, by credential_id upwards from `after`."""
        rows = await self._pool.fetch(
            """
            select learner_id, credential_id, enrollment_id, course_id, awarder_id, type,
                   course_title, learner_name, awarder_name, verification_code, state, issue_time,
                   revoke_time, status_reason, version, issuer_id, issuer_name, issuer_did, title,
                   expire_time, suspend_time, visibility, keeps_name, document_sha256
            from credential.credential
            where visibility = 3 and credential_id > $1 and document_sha256 is not null
            order by credential_id
            limit $2
            """,
            after,
            limit,
        )
        return [credential_of(row) for row in rows]

    async def get_document(self, credential: Credential) -> Document | None:
        """The signed bytes; None for a credential that is not signed yet."""
        row = await self._pool.fetchrow(
            """
            select json, json_key_number, jwt, jwt_key_number, design
            from credential.document
            where learner_id = $1 and credential_id = $2
            """,
            credential.learner_id,
            credential.credential_id,
        )
        if row is None:
            return None
        return Document(
            json=row["json"],
            json_key_number=row["json_key_number"],
            jwt=row["jwt"],
            jwt_key_number=row["jwt_key_number"],
            design=json.loads(row["design"]),
        )

    async def update_choices(
        self,
        credential: Credential,
        visibility: CredentialVisibility | None,
        keeps_name: bool | None,
        expected_version: int | None,
    ) -> Credential:
        """Changes what the holder decides; None leaves as it is. What is as wished already is answered as it
        is, whatever version is expected. Raises EtagMismatch."""
        row = await self._pool.fetchrow(
            """
            update credential.credential
            set visibility = coalesce($3::smallint, visibility),
                keeps_name = coalesce($4::boolean, keeps_name), version = version + 1
            where learner_id = $1 and credential_id = $2 and version = coalesce($5::bigint, version)
              and (visibility <> coalesce($3::smallint, visibility)
                   or keeps_name <> coalesce($4::boolean, keeps_name))
            returning learner_id, credential_id, enrollment_id, course_id, awarder_id, type,
                      course_title, learner_name, awarder_name, verification_code, state,
                      issue_time, revoke_time, status_reason, version, issuer_id, issuer_name,
                      issuer_did, title, expire_time, suspend_time, visibility, keeps_name,
                      document_sha256
            """,
            credential.learner_id,
            credential.credential_id,
            visibility,
            keeps_name,
            expected_version,
        )
        if row is not None:
            return credential_of(row)
        current = await self.get_credential(credential.credential_id)
        if current is None:
            raise CredentialNotFound(credential_id=credential.credential_id)
        as_wished = visibility in (None, current.visibility) and keeps_name in (None, current.keeps_name)
        if not as_wished:
            raise EtagMismatch(etag=etag(current.version))
        return current

    async def erase_names(self, learner_id: UUID) -> tuple[int, int]:
        """Takes the learner's name out of every credential whose holder did not want it kept. Answers with
        how many state none, and how many keep it."""
        row = await self._pool.fetchrow(
            """
            with erased as (
                update credential.credential
                set learner_name = '', version = version + 1
                where learner_id = $1 and not keeps_name and learner_name <> ''
                returning credential_id
            )
            select count(*) filter (where not keeps_name) as erased,
                   count(*) filter (where keeps_name) as kept, (select count(*) from erased) as now
            from credential.credential
            where learner_id = $1
            """,
            learner_id,
        )
        return (row["erased"], row["kept"]) if row is not None else (0, 0)
