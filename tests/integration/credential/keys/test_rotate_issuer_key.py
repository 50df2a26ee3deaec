"""Keys that take each other's place: states only go forwards, and nothing is stored under a replaced key."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.credential.errors import IssuerKeyNotFound, IssuerNotFound
from academe.services.credential.keys import IssuerKey, KeyState, KeyUse, issuers, lock_active_keys
from tests.support.issuers import IssuerProcess, at_once

DOCUMENT, TOKEN = KeyUse.DOCUMENT, KeyUse.TOKEN
ACTIVE, RETIRED, COMPROMISED = KeyState.ACTIVE, KeyState.RETIRED, KeyState.COMPROMISED


async def make_issuer(process: IssuerProcess) -> UUID:
    return (await process.create(f"issuer-{new_id().hex[-12:]}")).issuer_id


async def states(process: IssuerProcess, issuer_id: UUID) -> dict[int, KeyState]:
    _, keys = await process.service.list_keys(issuer_id)
    return {key.number: key.state for key in reversed(keys)}


async def test_a_new_key_takes_the_old_ones_place(here: IssuerProcess) -> None:
    """Its number was never given before; the other use keeps its key; the old key has no private half."""
    issuer_id = await make_issuer(here)
    before = await here.issuers.signing(issuer_id)
    issuer, key = await here.service.rotate_key(issuer_id, DOCUMENT, 1)
    after = await here.issuers.signing(issuer_id)
    _, keys = await here.service.list_keys(issuer_id)

    assert (key.number, key.use, key.state) == (3, DOCUMENT, ACTIVE)
    assert after.document_key.method == issuer.method(3) == f"{issuer.did}#key-3"
    assert after.document_key.key.public_key() != before.document_key.key.public_key()
    assert after.token_key.number == before.token_key.number == 2
    assert [(one.number, one.state) for one in keys] == [(3, ACTIVE), (2, ACTIVE), (1, RETIRED)]
    assert keys[2].private_key == b""
    assert keys[2].retire_time == here.clock.now
    assert keys[2].compromise_time is None


async def test_a_repeated_rotation_answers_with_the_key_that_signs(here: IssuerProcess) -> None:
    """However often it is repeated, and however many rotations later."""
    issuer_id = await make_issuer(here)
    _, first = await here.service.rotate_key(issuer_id, TOKEN, 2)
    _, again = await here.service.rotate_key(issuer_id, TOKEN, 2)
    _, second = await here.service.rotate_key(issuer_id, TOKEN, 3)
    _, late = await here.service.rotate_key(issuer_id, TOKEN, 2)

    assert first == again
    assert (second.number, late) == (4, second)
    assert await states(here, issuer_id) == {1: ACTIVE, 2: RETIRED, 3: RETIRED, 4: ACTIVE}


async def test_a_compromised_key_is_replaced_in_the_same_breath(here: IssuerProcess) -> None:
    """There is no moment without a key to sign with; a repeat changes nothing."""
    issuer_id = await make_issuer(here)
    _, marked = await here.service.compromise_key(issuer_id, 1)
    here.clock.forward(hours=1)
    _, again = await here.service.compromise_key(issuer_id, 1)

    assert marked == again
    assert (marked.state, marked.private_key) == (COMPROMISED, b"")
    assert marked.retire_time == marked.compromise_time
    assert await states(here, issuer_id) == {1: COMPROMISED, 2: ACTIVE, 3: ACTIVE}
    assert (await here.issuers.signing(issuer_id)).document_key.number == 3


async def test_a_retired_key_can_turn_out_to_be_compromised(here: IssuerProcess) -> None:
    """That needs no successor, and it remembers when it was retired."""
    issuer_id = await make_issuer(here)
    await here.service.rotate_key(issuer_id, DOCUMENT, 1)
    retired = here.clock.now
    here.clock.forward(days=1)
    _, marked = await here.service.compromise_key(issuer_id, 1)

    assert (marked.retire_time, marked.compromise_time) == (retired, here.clock.now)
    assert await states(here, issuer_id) == {1: COMPROMISED, 2: ACTIVE, 3: ACTIVE}
    assert (await here.service.rotate_key(issuer_id, DOCUMENT, 1))[1].number == 3


async def test_keys_that_are_not_there(here: IssuerProcess) -> None:
    """A number without a key, a key of another use, an issuer that does not exist."""
    issuer_id = await make_issuer(here)

    with pytest.raises(IssuerKeyNotFound):
        await here.service.rotate_key(issuer_id, DOCUMENT, 9)
    with pytest.raises(IssuerKeyNotFound):
        await here.service.rotate_key(issuer_id, DOCUMENT, 2)
    with pytest.raises(IssuerKeyNotFound):
        await here.service.compromise_key(issuer_id, 9)
    with pytest.raises(IssuerNotFound):
        await here.service.rotate_key(new_id(), DOCUMENT, 1)
    with pytest.raises(IssuerNotFound):
        await here.service.compromise_key(new_id(), 1)
    assert await states(here, issuer_id) == {1: ACTIVE, 2: ACTIVE}


async def test_twenty_rotations_of_one_key_at_once(here: IssuerProcess, elsewhere: IssuerProcess) -> None:
    """They make one new key and all answer with it."""
    issuer_id = await make_issuer(here)
    answers = await at_once(
        *(process.service.rotate_key(issuer_id, DOCUMENT, 1) for process in (here, elsewhere) * 10)
    )

    assert {key.number for _, key in answers} == {3}
    assert await states(here, issuer_id) == {1: RETIRED, 2: ACTIVE, 3: ACTIVE}


async def test_rotation_and_compromise_at_once(here: IssuerProcess, elsewhere: IssuerProcess) -> None:
    """Whichever is first, the old key ends up compromised, and there is one successor."""
    for _ in range(10):
        issuer_id = await make_issuer(here)
        (_, rotated), (_, marked) = await at_once(
            here.service.rotate_key(issuer_id, DOCUMENT, 1), elsewhere.service.compromise_key(issuer_id, 1)
        )

        assert (rotated.number, rotated.state) == (3, ACTIVE)
        assert marked.state is COMPROMISED
        assert await states(here, issuer_id) == {1: COMPROMISED, 2: ACTIVE, 3: ACTIVE}


async def test_states_only_go_forwards(here: IssuerProcess, elsewhere: IssuerProcess) -> None:
    """Through a hundred random changes from two sides; each use always has exactly one active key."""
    issuer_id = await make_issuer(here)
    dice = random.Random(7)
    seen: dict[int, KeyState] = {}

    def check(keys: list[IssuerKey]) -> None:
        assert Counter(key.use for key in keys if key.state is ACTIVE) == {DOCUMENT: 1, TOKEN: 1}
        assert all((key.private_key == b"") == (key.state is not ACTIVE) for key in keys)
        for key in keys:
            assert key.state >= seen.get(key.number, ACTIVE)
            seen[key.number] = key.state

    for _ in range(25):
        number = max([*seen, 2]) - dice.randrange(2)
        calls = [_one_of(dice, process, issuer_id, number) for process in (here, elsewhere) * 2]
        refused = [answer for answer in await at_once(*calls) if isinstance(answer, BaseException)]

        assert all(isinstance(answer, IssuerKeyNotFound) for answer in refused)  # another use's number
        check(list((await here.service.list_keys(issuer_id))[1]))
    assert len(seen) > 10


def _one_of(
    dice: random.Random, process: IssuerProcess, issuer_id: UUID, number: int
) -> Coroutine[Any, Any, Any]:
    what = dice.randrange(3)
    if what == 0:
        return process.service.compromise_key(issuer_id, number)
    return process.service.rotate_key(issuer_id, DOCUMENT if what == 1 else TOKEN, number)


async def test_the_database_lets_no_use_have_two_active_keys(here: IssuerProcess, pool: Pool) -> None:
    """Nor an active key without its private half, nor another one with it."""
    issuer_id = await make_issuer(here)
    await here.service.rotate_key(issuer_id, DOCUMENT, 1)

    for change in (
        "state = 1, retire_time = null, private_key = 'x' where number = 1",
        "private_key = '' where number = 3",
        "private_key = 'x' where number = 1",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await pool.execute(f"update credential.issuer_key set {change} and issuer_id = $1", issuer_id)


async def test_nothing_is_stored_under_a_key_that_was_just_replaced(
    here: IssuerProcess, elsewhere: IssuerProcess, pool: Pool
) -> None:
    """A transaction that holds the key is waited for; one that comes later learns of the next key."""
    issuer_id = await make_issuer(here)
    async with pool.transaction() as issuing:
        assert await lock_active_keys(issuing, issuer_id) == {DOCUMENT: 1, TOKEN: 2}
        marking = asyncio.create_task(elsewhere.service.compromise_key(issuer_id, 1))
        await asyncio.sleep(0.1)
        assert not marking.done()
        async with pool.transaction() as later:
            late = asyncio.create_task(lock_active_keys(later, issuer_id))
            await asyncio.sleep(0.1)
            assert not late.done()  # it does not pass the administrator by
            # Who holds them may ask again.
            assert await lock_active_keys(issuing, issuer_id) == {DOCUMENT: 1, TOKEN: 2}
            await _end(issuing)
            assert await late == {DOCUMENT: 3, TOKEN: 2}
    assert (await marking)[1].state is COMPROMISED


async def _end(connection: asyncpg.Connection) -> None:
    """Commits the transaction of the block around, which then has nothing left to do."""
    await connection.execute("commit; begin")


async def test_a_stream_of_issues_does_not_keep_a_key_in_place(here: IssuerProcess, pool: Pool) -> None:
    """Six transactions at any time hold the key; its replacement still comes within a moment."""
    issuer_id = await make_issuer(here)
    done = asyncio.Event()
    numbers: list[int] = []

    async def issue() -> None:
        while not done.is_set():
            async with pool.transaction() as connection:
                numbers.append((await lock_active_keys(connection, issuer_id))[DOCUMENT])
                await asyncio.sleep(0.01)

    streams = []
    for _ in range(6):
        streams.append(asyncio.create_task(issue()))
        await asyncio.sleep(0.003)
    async with asyncio.timeout(2):
        _, key = await here.service.compromise_key(issuer_id, 1)
    await asyncio.sleep(0.1)
    done.set()
    await asyncio.gather(*streams)

    assert key.state is COMPROMISED
    assert numbers == sorted(numbers)
    assert {*numbers} == {1, 3}


async def test_a_replaced_key_is_seen_by_other_processes_soon(
    here: IssuerProcess, elsewhere: IssuerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they had read is used a short time only; `reload` ends even that."""
    monkeypatch.setattr(issuers, "RELOAD_SECONDS", 0.2)
    issuer_id = await make_issuer(here)
    method = (await elsewhere.issuers.signing(issuer_id)).document_key.method
    await here.service.compromise_key(issuer_id, 1)
    await elsewhere.issuers.reload()
    assert (await elsewhere.issuers.signing(issuer_id)).document_key.number == 3
    await here.service.compromise_key(issuer_id, 3)
    await asyncio.sleep(0.25)
    found = await elsewhere.issuers.find_key(method)

    assert found is not None
    assert found.state is COMPROMISED
    assert (await elsewhere.issuers.signing(issuer_id)).document_key.number == 4


async def test_a_key_made_elsewhere_a_moment_ago_is_known(
    here: IssuerProcess, elsewhere: IssuerProcess
) -> None:
    """A credential that another process just signed verifies here at once."""
    issuer_id = await make_issuer(here)
    await elsewhere.issuers.signing(issuer_id)
    issuer, _ = await here.service.rotate_key(issuer_id, DOCUMENT, 1)
    found = await elsewhere.issuers.find_key(issuer.method(3))

    assert found is not None
    assert found.state is ACTIVE
    assert await elsewhere.issuers.find_key(issuer.method(4)) is None


async def test_a_rotation_whose_caller_went_away(here: IssuerProcess) -> None:
    """It happened or it did not; asking again brings about the same."""
    for delay in (0, 0.001, 0.002, 0.004, 0.008):
        issuer_id = await make_issuer(here)
        task = asyncio.create_task(here.service.rotate_key(issuer_id, DOCUMENT, 1))
        await asyncio.sleep(delay)
        task.cancel()
        await at_once(task)
        _, key = await here.service.rotate_key(issuer_id, DOCUMENT, 1)

        assert key.number == 3
        assert await states(here, issuer_id) == {1: RETIRED, 2: ACTIVE, 3: ACTIVE}


async def test_a_server_that_dies_while_it_replaces_a_key(
    here: IssuerProcess, elsewhere: IssuerProcess, pool: Pool
) -> None:
    """Nothing of the change is left, the key still signs, and whoever repeats the call replaces it."""
    issuer_id = await make_issuer(here)
    async with pool.transaction() as issuing:
        await lock_active_keys(issuing, issuer_id)
        dying = asyncio.create_task(here.service.compromise_key(issuer_id, 1))
        while not await pool.fetchval(WAITING):  # noqa: ASYNC110 - PostgreSQL waits, which tells nobody
            await asyncio.sleep(0.01)
        assert (
            await pool.fetchval(f"select count(pg_terminate_backend(pid)) from ({WAITING}) as waiting") == 1
        )
    (answer,) = await at_once(dying)

    assert isinstance(answer, Exception)
    assert await states(elsewhere, issuer_id) == {1: ACTIVE, 2: ACTIVE}
    assert (await elsewhere.issuers.signing(issuer_id)).document_key.number == 1
    assert (await elsewhere.service.compromise_key(issuer_id, 1))[1].state is COMPROMISED
    assert await states(here, issuer_id) == {1: COMPROMISED, 2: ACTIVE, 3: ACTIVE}


WAITING = """
    select pid from pg_locks
    where locktype = 'advisory' and not granted and database = (
        select oid from pg_database where datname = current_database()
    )
"""
"""Who waits for transactions that sign."""
