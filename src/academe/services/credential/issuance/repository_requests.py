"""Statements on requests: what each was answered with, so that a repeated one is answered with the same."""

from __future__ import annotations

from collections.abc import Sequence

from academe.db.pool import Queryable
from academe.errors import RequestIdReused
from academe.services.credential.model import Credential, Replay
from academe.services.credential.repository_shared import credential_of


class Overtaken(Exception):
    """What is being stored was issued, or its request answered, by somebody else meanwhile: look again."""


async def claim_requests(connection: Queryable, claims: Sequence[tuple[Replay, Credential]]) -> None:
    """Notes what requests are answered with. Raises RequestIdReused if one of them asked for something else
    before, or two of them ask for different things, and Overtaken if one was answered with another credential
    at another server: the transaction is to be rolled back then."""
    asked = (
        [replay.awarder_id for replay, _ in claims],
        [replay.request_id for replay, _ in claims],
        [replay.request_hash for replay, _ in claims],
        [answer.learner_id for _, answer in claims],
        [answer.credential_id for _, answer in claims],
    )
    new = await connection.fetch(
        """
        insert into credential.request (awarder_id, request_id, request_hash, learner_id, credential_id)
        select awarder_id, request_id, request_hash, learner_id, credential_id
        from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::uuid[], $5::uuid[])
            as new (awarder_id, request_id, request_hash, learner_id, credential_id)
        order by awarder_id, request_id
        on conflict do nothing
        returning request_id
        """,
        *asked,
    )
    if len(new) == len(claims):
        return
    (other,) = await connection.fetch(
        """
        select bool_or(first.request_hash <> asked.request_hash) as question,
               bool_or(first.credential_id <> asked.credential_id) as answer
        from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::uuid[], $5::uuid[])
            as asked (awarder_id, request_id, request_hash, learner_id, credential_id)
        join credential.request as first
          on first.awarder_id = asked.awarder_id and first.request_id = asked.request_id
        """,
        *asked,
    )
    if other["question"]:
        raise RequestIdReused
    if other["answer"]:
        raise Overtaken


async def find_answer(connection: Queryable, replay: Replay) -> Credential | None:
    """What a request was answered with, as it is now; None for a new one. Raises RequestIdReused."""
    row = await connection.fetchrow(
        """
        select request.request_hash, held.learner_id, held.credential_id, held.enrollment_id,
               held.course_id, held.awarder_id, held.type, held.course_title, held.learner_name,
               held.awarder_name, held.verification_code, held.state, held.issue_time, held.revoke_time,
               held.status_reason, held.version, held.issuer_id, held.issuer_name, held.issuer_did,
               held.title, held.expire_time, held.suspend_time, held.visibility, held.keeps_name,
               held.document_sha256
        from credential.request as request
        join credential.credential as held
          on held.learner_id = request.learner_id and held.credential_id = request.credential_id
        where request.awarder_id = $1 and request.request_id = $2
        """,
        replay.awarder_id,
        replay.request_id,
    )
    if row is None:
        return None
    if row["request_hash"] != replay.request_hash:
        raise RequestIdReused
    return credential_of(row)
