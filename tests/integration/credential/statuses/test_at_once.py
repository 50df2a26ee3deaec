"""Hundreds of credentials revoked, suspended and reinstated at once: the lists show exactly what was said."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest

from academe.db.pool import Pool
from academe.services.credential.errors import CredentialRevoked
from academe.services.credential.log.model import LogEvent
from academe.services.credential.model import Credential, CredentialState
from academe.services.credential.parts import CredentialParts
from tests.integration.credential.issuance.rows import events, history
from tests.integration.credential.statuses.conftest import Registry
from tests.support.graduates import Faculty, certify

AT_ONCE = 50


async def certified(parts: CredentialParts, faculty: Faculty, count: int) -> list[Credential]:
    made: list[Credential] = []
    for start in range(0, count, AT_ONCE):
        size = min(AT_ONCE, count - start)
        made += await asyncio.gather(*(certify(parts, faculty) for _ in range(size)))
    return made


async def places(registry: Registry, credentials: list[Credential], purpose: str) -> set[tuple[UUID, int]]:
    found = set()
    for one in credentials:
        uri, position = await registry.place(one, purpose)
        found.add((UUID(uri.split("/")[-2]), position))
    return found


async def test_two_hundred_at_once_lose_no_bit(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Of 250, 100 are revoked and 100 suspended at once; those bits are set and no others. Nobody is turned
    away, although a pool has only eight connections."""
    made = await certified(parts, faculty, 250)
    random.Random(7).shuffle(made)
    revoked, suspended = made[:100], made[100:200]
    calls = [*(registry.revoke(one) for one in revoked), *(registry.suspend(one) for one in suspended)]
    random.Random(8).shuffle(calls)
    await asyncio.gather(*calls)

    assert await registry.all_set("revocation") == await places(registry, revoked, "revocation")
    assert await registry.all_set("suspension") == await places(registry, suspended, "suspension")
    assert await events(pool) == {LogEvent.ISSUE: 250, LogEvent.REVOKE: 100, LogEvent.SUSPEND: 100}

    await asyncio.gather(*(registry.reinstate(one) for one in suspended))

    assert await registry.all_set("revocation") == await places(registry, revoked, "revocation")
    assert await registry.all_set("suspension") == set()
    assert (await events(pool))[LogEvent.REINSTATE] == 100


async def test_lists_asked_for_while_bits_are_set(
    registry: Registry, parts: CredentialParts, faculty: Faculty
) -> None:
    """Each reading has all that was said before it began."""
    made = await certified(parts, faculty, 40)
    uri, _ = await registry.place(made[0], "revocation")
    seen: list[int] = []

    async def read() -> None:
        for _ in range(20):
            said = await places(
                registry, [one for one, done in zip(made, revoking, strict=True) if done.done()], "revocation"
            )
            shown = await registry.all_set("revocation")
            assert said <= shown
            seen.append(len(shown))

    revoking = [asyncio.create_task(registry.revoke(one)) for one in made]
    await asyncio.gather(read(), *revoking)

    assert seen == sorted(seen)
    assert await places(registry, made, "revocation") <= await registry.all_set("revocation")
    assert uri.endswith("/revocation")


@pytest.mark.parametrize("attempt", range(5))
async def test_opposite_words_at_once(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool, attempt: int
) -> None:
    """Revoked, suspended and reinstated many times at once: revoked it ends, the rest is refused or came
    before, and the log tells a story that could have happened."""
    one = await certify(parts, faculty)
    words = [registry.suspend, registry.reinstate, registry.revoke] * 6
    random.Random(attempt).shuffle(words)
    answers = await asyncio.gather(*(say(one) for say in words), return_exceptions=True)

    assert {type(answer) for answer in answers} <= {Credential, CredentialRevoked}
    assert (await registry.get(one)).state is CredentialState.REVOKED
    assert await registry.read(one) == (True, False)
    told = await history(pool, one)
    assert told[0] is LogEvent.ISSUE
    assert told[-1] is LogEvent.REVOKE
    between = told[1:-1]
    assert between == [LogEvent.SUSPEND, LogEvent.REINSTATE] * (len(between) // 2) + (
        [LogEvent.SUSPEND] if len(between) % 2 else []
    )


async def test_many_who_say_the_same_at_once(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """One says it first; all are answered the same, and the log has it once."""
    one = await certify(parts, faculty)
    for say, event in ((registry.suspend, LogEvent.SUSPEND), (registry.revoke, LogEvent.REVOKE)):
        answers = await asyncio.gather(*(say(one, f"reason {number}") for number in range(20)))

        assert len(set(map(repr, answers))) == 1
        assert Counter(await history(pool, one))[event] == 1


async def test_revoked_while_it_is_issued_again(
    registry: Registry, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Issuing answers with the one there is, before or after; there is never a second one."""
    for _ in range(10):
        enrollment = faculty.graduate()
        one = await certify(parts, faculty, enrollment)
        answers = await asyncio.gather(
            *(certify(parts, faculty, enrollment) for _ in range(5)),
            registry.revoke(one),
            *(certify(parts, faculty, enrollment) for _ in range(5)),
        )

        assert {answer.credential_id for answer in answers} == {one.credential_id}
        assert await history(pool, one) == [LogEvent.ISSUE, LogEvent.REVOKE]
