"""A credential and its code are stored together or not at all, and each only once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from academe.db.pool import Pool
from academe.errors import RequestIdReused
from academe.ids import new_id
from academe.services.credential import CredentialRepository
from academe.services.credential.codes import new_code
from academe.services.credential.model import Credential, CredentialState, CredentialType, Replay


def new_credential() -> Credential:
    return Credential(
        credential_id=new_id(),
        enrollment_id=new_id(),
        course_id=new_id(),
        learner_id=new_id(),
        issuer_id=new_id(),
        type=CredentialType.DEGREE,
        course_title="Loops",
        learner_name="Ada",
        awarder_name="Grace",
        verification_code=new_code(),
        state=CredentialState.VALID,
        issue_time=datetime.now(UTC),
        revoke_time=None,
        status_reason="",
        version=1,
    )


def again(credential: Credential) -> Credential:
    """The same wish, as another call would put it."""
    return replace(credential, credential_id=new_id(), verification_code=new_code())


async def codes_without_their_credential(pool: Pool) -> int:
    count: int = await pool.fetchval(
        """
        select count(*)
        from credential.credential as held
        full join credential.verification_code as code
          on code.code = held.verification_code and code.learner_id = held.learner_id
         and code.credential_id = held.credential_id
        where held.credential_id is null or code.code is null
        """
    )
    return count


async def test_a_call_that_is_cancelled_stores_both_or_neither(pool: Pool) -> None:
    """Cancelled after any number of turns of the loop; asking again settles it."""
    repository = CredentialRepository(pool)
    for turns in range(40):
        credential = new_credential()
        storing = asyncio.create_task(repository.add_credential(credential, None))
        for _ in range(turns):
            await asyncio.sleep(0)
        storing.cancel()
        await asyncio.gather(storing, return_exceptions=True)

        stored = await repository.add_credential(again(credential), None)

        assert await repository.find_by_code(stored.verification_code) == stored
    assert await codes_without_their_credential(pool) == 0


class Cut:
    """A connection whose backend is killed after its first statement."""

    def __init__(self, connection: Any, killer: Pool) -> None:
        self._connection = connection
        self._killer = killer

    async def execute(self, *arguments: Any) -> str:
        status: str = await self._connection.execute(*arguments)
        await self._killer.execute("select pg_terminate_backend($1)", self._connection.get_server_pid())
        return status


class CutPool:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Cut]:
        async with self._pool.transaction() as connection:
            yield Cut(connection, self._pool)


async def test_a_connection_that_is_cut_stores_neither(pool: Pool) -> None:
    """The backend dies between the two statements of the transaction; asking again settles it."""
    credential = new_credential()
    cut: Any = CutPool(pool)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await CredentialRepository(cut).add_credential(credential, None)
    repository = CredentialRepository(pool)

    assert await repository.get_credential(credential.credential_id) is None
    stored = await repository.add_credential(again(credential), None)
    assert await repository.find_by_code(stored.verification_code) == stored
    assert await codes_without_their_credential(pool) == 0


async def test_racing_requests_of_one_id_make_one_credential(pool: Pool) -> None:
    """The same request_id for two types of one learner at once: one is issued, the other is told."""
    repository = CredentialRepository(pool)
    one = new_credential()
    other = replace(again(one), type=CredentialType.BADGE)
    request_id = uuid4()

    outcomes = await asyncio.gather(
        repository.add_credential(one, Replay(request_id, b"degree")),
        repository.add_credential(other, Replay(request_id, b"badge")),
        return_exceptions=True,
    )

    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, Exception)) == [
        RequestIdReused
    ]
    assert sum(outcome in (one, other) for outcome in outcomes) == 1


async def test_one_request_id_for_two_learners_issues_one_credential(pool: Pool) -> None:
    """The issuer has mixed something up; the second learner's credential is not left behind either."""
    repository = CredentialRepository(pool)
    first = new_credential()
    second = replace(new_credential(), issuer_id=first.issuer_id)
    request_id = uuid4()

    outcomes = await asyncio.gather(
        repository.add_credential(first, Replay(request_id, b"first")),
        repository.add_credential(second, Replay(request_id, b"second")),
        return_exceptions=True,
    )
    stored = [await repository.get_credential(one.credential_id) for one in (first, second)]

    assert [type(one) for one in outcomes if isinstance(one, Exception)] == [RequestIdReused]
    assert [one for one in stored if one] == [one for one in outcomes if not isinstance(one, Exception)]
    assert await codes_without_their_credential(pool) == 0


async def test_two_issuers_may_use_the_same_request_id(pool: Pool) -> None:
    """It is made by the client, who may well count from one."""
    repository = CredentialRepository(pool)
    replay = Replay(uuid4(), b"degree")
    credentials = [new_credential(), new_credential()]

    assert [await repository.add_credential(each, replay) for each in credentials] == credentials


@pytest.mark.parametrize("size", [1, 3, 300])
async def test_codes_asked_together_lead_to_their_own_credentials(pool: Pool, size: int) -> None:
    """One batch of lookups, more than one, and codes that lead nowhere among them."""
    repository = CredentialRepository(pool)
    credentials = [await repository.add_credential(new_credential(), None) for _ in range(min(size, 20))]
    asked = [
        credentials[n % len(credentials)].verification_code if n % 7 else new_code() for n in range(size)
    ]

    found = await asyncio.gather(*map(repository.find_by_code, asked))

    assert [credential and credential.verification_code for credential in found] == [
        code if n % 7 else None for n, code in enumerate(asked)
    ]
