"""Statements that issue credentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.services.credential.issuance.draft import StatusPlace
from academe.services.credential.issuance.repository_places import release_places, reserve_places
from academe.services.credential.issuance.repository_requests import claim_requests, find_answer
from academe.services.credential.issuance.repository_rows import Issue, add_credentials, add_papers
from academe.services.credential.keys import lock_active_keys
from academe.services.credential.log.model import LogEntry, LogEvent
from academe.services.credential.log.repository import append
from academe.services.credential.model import Credential, Replay
from academe.services.credential.repository_shared import credential_of


class KeyReplaced(Exception):
    """Signed with a key that is not the active one any more: to be signed again."""


class IssuanceRepository:
    """Rows of what is being issued."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find_issued(
        self, keys: Sequence[tuple[UUID, UUID, int]]
    ) -> Mapping[tuple[UUID, UUID, int], Credential]:
        """The credentials that exist, by learner, enrollment and type."""
        return await _issued(self._pool, keys)

    async def find_answer(self, replay: Replay) -> Credential | None:
        """The credential that a request was answered with. Raises RequestIdReused."""
        return await find_answer(self._pool, replay)

    async def reserve_places(
        self, issuer_id: UUID, owners: Sequence[tuple[UUID, UUID]], now: datetime
    ) -> list[StatusPlace]:
        """A place in a status list for each (learner_id, credential_id). One never used stays empty."""
        return await reserve_places(self._pool, issuer_id, owners, now)

    async def add_issues(
        self,
        issuer_id: UUID,
        issues: Sequence[Issue],
        replays: Mapping[tuple[UUID, UUID, int], Replay] | None = None,
    ) -> list[Credential]:
        """Stores all of them in one transaction with their log entries, and answers with what stands now: for
        an enrollment and type that had a credential already, that one. `replays` has the requests that they
        were asked for with, by learner, enrollment and type.

        Raises KeyReplaced when a key they were signed with was replaced meanwhile, Overtaken, and
        RequestIdReused.
        """
        numbers = {number for one in issues for number in key_numbers(one)}
        ordered = sorted(issues, key=lambda one: _key(one.credential))
        async with self._pool.transaction() as connection:
            await lock_keys(connection, issuer_id, numbers)
            added = await add_credentials(connection, ordered)
            new = [one for one in ordered if one.credential.credential_id in added]
            await add_papers(connection, new)
            stored = {_key(one.credential): one.credential for one in new}
            if len(new) < len(issues):
                missing = [
                    _key(one.credential) for one in ordered if one.credential.credential_id not in added
                ]
                stored |= await _issued(connection, missing)
            answers = [stored[_key(one.credential)] for one in issues]
            if replays:
                # After what is waited for, so that of two who want each other's request neither waits.
                claims = [(replays[_key(one)], one) for one in answers if _key(one) in replays]
                await claim_requests(connection, claims)
            # Last: the log makes everybody wait for who holds it.
            await append(connection, [_entry(one.credential) for one in new])
        return answers

    async def claim_requests(self, claims: Sequence[tuple[Replay, Credential]]) -> None:
        """Notes what requests are answered with. Raises RequestIdReused if one asked for something else
        before, Overtaken if one was answered with another credential, and notes none of them then."""
        async with self._pool.transaction() as connection:
            await claim_requests(connection, claims)

    async def release_places(self, places: Sequence[StatusPlace]) -> None:
        """Gives back places of credentials of which nothing was stored or handed out."""
        await release_places(self._pool, places)


def _key(credential: Credential) -> tuple[UUID, UUID, int]:
    return credential.learner_id, credential.enrollment_id, int(credential.type)


def key_numbers(issue: Issue) -> tuple[int, int]:
    return issue.document.json_key_number, issue.document.jwt_key_number


async def lock_keys(connection: Queryable, issuer_id: UUID, numbers: set[int]) -> None:
    """From here to the commit no key is replaced. Raises KeyReplaced when one was already."""
    active = await lock_active_keys(connection, issuer_id)
    if not numbers <= set(active.values()):
        raise KeyReplaced


def _entry(credential: Credential) -> LogEntry:
    if credential.document_sha256 is None:
        raise ValueError(f"credential {credential.credential_id} is not signed")
    return LogEntry(LogEvent.ISSUE, credential.document_sha256)


async def _issued(
    connection: Queryable, keys: Sequence[tuple[UUID, UUID, int]]
) -> dict[tuple[UUID, UUID, int], Credential]:
    rows = await connection.fetch(
        """
        select held.learner_id, held.credential_id, held.enrollment_id, held.course_id, held.awarder_id,
               held.type, held.course_title, held.learner_name, held.awarder_name, held.verification_code,
               held.state, held.issue_time, held.revoke_time, held.status_reason, held.version,
               held.issuer_id, held.issuer_name, held.issuer_did, held.title, held.expire_time,
               held.suspend_time, held.visibility, held.keeps_name, held.document_sha256
        from unnest($1::uuid[], $2::uuid[], $3::smallint[]) as asked (learner_id, enrollment_id, type)
        join credential.credential as held
          on held.learner_id = asked.learner_id and held.enrollment_id = asked.enrollment_id
         and held.type = asked.type
        order by held.state <> 2, held.credential_id
        """,
        [key[0] for key in keys],
        [key[1] for key in keys],
        [key[2] for key in keys],
    )
    # The last of each: the one that is not revoked, or the newest of those that are.
    return {(row["learner_id"], row["enrollment_id"], row["type"]): credential_of(row) for row in rows}
