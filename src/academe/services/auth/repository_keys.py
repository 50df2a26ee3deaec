"""Signing keys, as encrypted rows."""

from __future__ import annotations

from academe.db.pool import Pool
from academe.services.auth.model import StoredKey


class KeyRepository:
    """Part of AuthRepository."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list(self) -> list[StoredKey]:
        """Every key, oldest first; there are a handful."""
        rows = await self._pool.fetch(
            """
            select generation, kid, private_key, create_time, activate_time
            from auth.signing_key
            order by generation
            """
        )
        return [StoredKey(**row) for row in rows]

    async def add(self, key: StoredKey) -> None:
        """Does nothing when that generation exists: another process was faster."""
        await self._pool.execute(
            """
            insert into auth.signing_key (generation, kid, private_key, create_time, activate_time)
            values ($1, $2, $3, $4, $5)
            on conflict on constraint signing_key_pkey do nothing
            """,
            key.generation,
            key.kid,
            key.private_key,
            key.create_time,
            key.activate_time,
        )

    async def remove_before(self, generation: int) -> None:
        """Removes the keys of earlier generations."""
        await self._pool.execute("delete from auth.signing_key where generation < $1", generation)
