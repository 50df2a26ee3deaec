"""The life of signing keys: made once, kept encrypted, rotated while tokens go on working."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from academe.db.pool import Pool
from academe.errors import TokenInvalid
from academe.services.auth.signing_keys import ACTIVATION_DELAY, OVERLAP, SigningKeys
from academe.startup import StartupError
from tests.support.hostile_tokens import ATTACKS, Mint
from tests.support.identity import Clock, Identity
from tests.support.pools import patient_pool
from tests.support.postgres import TestPostgres


@pytest.fixture
async def empty(postgres: TestPostgres, template_database: str) -> AsyncIterator[Pool]:
    """A school that was never started before."""
    pool = await patient_pool(await postgres.create_database(template=template_database), size=8)
    yield pool
    await pool.close()


def ids(keys: SigningKeys) -> list[str]:
    return [key["kid"] for key in keys.jwks()["keys"]]


async def test_many_processes_start_at_once(empty: Pool) -> None:
    """They agree on one key."""
    processes = [Identity(empty) for _ in range(6)]
    await asyncio.gather(*(process.open() for process in processes))

    assert len({process.keys.current().kid for process in processes}) == 1
    assert await empty.fetchval("select count(*) from auth.signing_key") == 1


async def test_the_private_key_is_stored_encrypted(empty: Pool) -> None:
    """Its number is not in the table; another secret does not open it, and the start says why."""
    identity = await Identity(empty).open()
    stored = await empty.fetchval("select private_key from auth.signing_key")
    private = identity.keys.current().key.private_key
    assert private is not None

    assert private.private_numbers().private_value.to_bytes(32, "big") not in stored
    with pytest.raises(StartupError, match="another secret"):
        await Identity(empty, root=bytes(32)).open()


async def test_a_key_moved_to_another_row_is_refused(empty: Pool) -> None:
    """The id is sealed with the key, so nobody with access to the table can swap them."""
    await Identity(empty).open()
    await empty.execute("update auth.signing_key set kid = 'another'")

    with pytest.raises(StartupError):
        await Identity(empty).open()


async def test_rotation(empty: Pool) -> None:
    """Published first, then signing, then gone when no token of it is left; never a moment without."""
    clock = Clock()
    identity, other = await Identity(empty, clock).open(), await Identity(empty, clock).open()
    account = await identity.register()
    old = identity.keys.current().kid
    before = await identity.sign_in(account)
    new = await identity.keys.rotate_signing_key()

    assert ids(identity.keys) == [old, new]
    assert identity.keys.current().kid == old
    clock.forward(seconds=ACTIVATION_DELAY.total_seconds())
    assert ids(identity.keys) == [new, old]
    during = await identity.sign_in(account)
    # The other process has not read the keys since; a token of the new one makes it do so.
    other.keys._read_time -= 60
    for tokens in (before, during):
        assert (await other.verifier.verify(tokens.access_token)).user_id == account.user_id
    clock.forward(seconds=OVERLAP.total_seconds())
    assert ids(identity.keys) == ids(other.keys) == [new]
    with pytest.raises(TokenInvalid):
        await (await Identity(empty, clock).open()).verifier.verify(before.access_token)

    await identity.keys.rotate_signing_key()
    assert await empty.fetchval("select count(*) from auth.signing_key where kid = $1", old) == 0


async def test_rotations_at_once(empty: Pool) -> None:
    """They make one new key, and all say which; so does a repeat before that key is in use."""
    processes = [await Identity(empty).open() for _ in range(4)]
    made = await asyncio.gather(*(process.keys.rotate_signing_key() for process in processes))
    made.append(await processes[0].keys.rotate_signing_key())

    assert len(set(made)) == 1
    assert await empty.fetchval("select count(*) from auth.signing_key") == 2


async def test_unknown_key_ids_cause_no_storm(empty: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred tokens of keys that never were, at once and again: the table is read at most once."""
    identity = await Identity(empty).open()
    tokens = await identity.sign_in(await identity.register())
    current = identity.keys.current()
    forged = ATTACKS["unknown kid"](Mint(current.key, current.kid, tokens.access_token))
    reads = 0
    read = identity.keys._repository.list

    async def counted() -> object:
        nonlocal reads
        reads += 1
        return await read()

    monkeypatch.setattr(identity.keys._repository, "list", counted)
    for _ in range(2):
        outcomes = await asyncio.gather(
            *(identity.verifier.verify(forged) for _ in range(100)), return_exceptions=True
        )
        assert all(isinstance(outcome, TokenInvalid) for outcome in outcomes)

    assert reads == 1
    assert await identity.verifier.verify(tokens.access_token)
