"""Statements about issuers' keys.

Whoever changes the keys of an issuer holds its row first, so changes of one issuer happen one after another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.services.credential.errors import IssuerKeyNotFound, IssuerNotFound
from academe.services.credential.keys.model import IssuerKey, KeyState, KeyUse

KeyMaker = Callable[[UUID, str, int, KeyUse], IssuerKey]
"""Makes a key for an issuer's id and DID, a number and a use. It is stored as it is made, encrypted."""


class KeyRepository:
    """Keys that take each other's place."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turn = asyncio.Lock()  # so that who waits for another's change holds no connection meanwhile

    async def rotate(
        self, issuer_id: UUID, use: KeyUse, number: int, make: KeyMaker, now: datetime
    ) -> IssuerKey:
        """The key that signs after key `number` of this use was replaced, now or by somebody before.

        Raises IssuerNotFound and IssuerKeyNotFound.
        """
        async with self._turn, self._pool.transaction() as connection:
            did, keys = await _hold(connection, issuer_id)
            asked = _numbered(keys, number)
            if asked.use is not use:
                raise IssuerKeyNotFound(issuer_id=issuer_id, number=number)
            if asked.state is not KeyState.ACTIVE:
                return next(key for key in keys if key.use is use and key.state is KeyState.ACTIVE)
            await _retire(connection, asked, now)
            made = make(issuer_id, did, keys[0].number + 1, use)
            await add_key(connection, made)
        return made

    async def compromise(self, issuer_id: UUID, number: int, make: KeyMaker, now: datetime) -> IssuerKey:
        """The key once it is marked, now or by somebody before. A successor is made if it was active.

        Raises IssuerNotFound and IssuerKeyNotFound.
        """
        async with self._turn, self._pool.transaction() as connection:
            did, keys = await _hold(connection, issuer_id)
            asked = _numbered(keys, number)
            if asked.state is KeyState.COMPROMISED:
                return asked
            marked = await _mark_compromised(connection, asked, now)
            if asked.state is KeyState.ACTIVE:
                await add_key(connection, make(issuer_id, did, keys[0].number + 1, asked.use))
        return marked


async def lock_active_keys(connection: Queryable, issuer_id: UUID) -> dict[KeyUse, int]:
    """The numbers of the keys that sign, which nobody replaces before this transaction ends.

    What is stored with its signature in the same transaction was signed by a key that was active at the
    commit. Whoever replaces a key waits for such transactions, and those that begin meanwhile wait for it: a
    queue of PostgreSQL's, where sharing the row's lock would let a stream of issues pass a rotation by for
    as long as it flows. For transactions that are read committed. Raises IssuerNotFound.
    """
    await connection.execute(
        "select pg_advisory_xact_lock_shared(hashtextextended('credential.issuer_key ' || $1::uuid, 0))",
        issuer_id,
    )
    rows = await connection.fetch(
        "select use, number from credential.issuer_key where issuer_id = $1 and state = 1", issuer_id
    )
    if not rows:
        raise IssuerNotFound(issuer_id=issuer_id)
    return {KeyUse(row["use"]): row["number"] for row in rows}


async def add_key(connection: Queryable, key: IssuerKey) -> None:
    await connection.execute(
        """
        insert into credential.issuer_key (
            issuer_id, number, use, state, public_key, private_key, create_time, retire_time, compromise_time
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        key.issuer_id,
        key.number,
        key.use,
        key.state,
        key.public_key,
        key.private_key,
        key.create_time,
        key.retire_time,
        key.compromise_time,
    )


async def read_keys(connection: Queryable, issuer_ids: Sequence[UUID]) -> dict[UUID, list[IssuerKey]]:
    """The keys of each of these issuers, newest first."""
    rows = await connection.fetch(
        """
        select issuer_id, number, use, state, public_key, private_key, create_time, retire_time,
               compromise_time
        from credential.issuer_key
        where issuer_id = any($1::uuid[])
        order by issuer_id, number desc
        """,
        issuer_ids,
    )
    keys: dict[UUID, list[IssuerKey]] = {issuer_id: [] for issuer_id in issuer_ids}
    for row in rows:
        keys[row["issuer_id"]].append(_key(row))
    return keys


async def _hold(connection: Queryable, issuer_id: UUID) -> tuple[str, list[IssuerKey]]:
    """An issuer's DID and keys, newest first, once nobody else replaces one or signs with one."""
    did: str | None = await connection.fetchval(
        "select did from credential.issuer where issuer_id = $1 for no key update", issuer_id
    )
    if did is None:
        raise IssuerNotFound(issuer_id=issuer_id)
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('credential.issuer_key ' || $1::uuid, 0))",
        issuer_id,
    )
    return did, (await read_keys(connection, [issuer_id]))[issuer_id]


def _numbered(keys: Sequence[IssuerKey], number: int) -> IssuerKey:
    found = next((key for key in keys if key.number == number), None)
    if found is None:
        raise IssuerKeyNotFound(issuer_id=keys[0].issuer_id, number=number)
    return found


async def _retire(connection: Queryable, key: IssuerKey, now: datetime) -> None:
    """Without its private half, which nobody needs any more and nobody shall find."""
    await connection.execute(
        """
        update credential.issuer_key
        set state = 2, private_key = '', retire_time = $3
        where issuer_id = $1 and number = $2 and state = 1
        """,
        key.issuer_id,
        key.number,
        now,
    )


async def _mark_compromised(connection: Queryable, key: IssuerKey, now: datetime) -> IssuerKey:
    await connection.execute(
        """
        update credential.issuer_key
        set state = 3, private_key = '', retire_time = coalesce(retire_time, $3), compromise_time = $3
        where issuer_id = $1 and number = $2 and state < 3
        """,
        key.issuer_id,
        key.number,
        now,
    )
    return replace(
        key,
        state=KeyState.COMPROMISED,
        private_key=b"",
        retire_time=key.retire_time or now,
        compromise_time=now,
    )


def _key(row: Any) -> IssuerKey:
    return IssuerKey(**{**row, "use": KeyUse(row["use"]), "state": KeyState(row["state"])})
