"""What was signed, and the key it was signed with, as rows."""

from __future__ import annotations

from dataclasses import dataclass

from academe.db.pool import Pool
from academe.services.credential.log.keys import StoredLogKey
from academe.services.credential.log.model import Checkpoint


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends, and how far it is signed."""

    tree_size: int
    newest: Checkpoint | None


class CheckpointRepository:
    """Keeps checkpoints and the key."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def head(self) -> Head:
        """The size of the log and its newest checkpoint, at one moment."""
        (row,) = await self._pool.fetch(
            """
            select coalesce(log_size, 0) as log_size, tree_size, root_hash, note, sign_time
            from (values (true)) as always
            left join lateral (
                select leaf_index + 1 as log_size
                from credential.log_leaf
                order by leaf_index desc
                limit 1
            ) as leaves on true
            left join lateral (
                select tree_size, root_hash, note, sign_time
                from credential.log_checkpoint
                order by tree_size desc
                limit 1
            ) as newest on true
            """
        )
        newest = None
        if row["tree_size"] is not None:
            newest = Checkpoint(row["tree_size"], row["root_hash"], row["note"], row["sign_time"])
        return Head(row["log_size"], newest)

    async def find(self, tree_size: int) -> Checkpoint | None:
        """What was signed for a size."""
        row = await self._pool.fetchrow(
            """
            select tree_size, root_hash, note, sign_time
            from credential.log_checkpoint
            where tree_size = $1
            """,
            tree_size,
        )
        return Checkpoint(**row) if row is not None else None

    async def add(self, checkpoint: Checkpoint) -> Checkpoint:
        """Keeps it, and returns what is kept for its size: that of another process if it was faster."""
        await self._pool.execute(
            """
            insert into credential.log_checkpoint (tree_size, root_hash, note, sign_time)
            values ($1, $2, $3, $4)
            on conflict on constraint log_checkpoint_pkey do nothing
            """,
            checkpoint.tree_size,
            checkpoint.root_hash,
            checkpoint.note,
            checkpoint.sign_time,
        )
        return await self.find(checkpoint.tree_size) or checkpoint

    async def find_key(self) -> StoredLogKey | None:
        row = await self._pool.fetchrow(
            "select name, public_key, private_key, create_time from credential.log_key where number = 1"
        )
        return StoredLogKey(**row) if row is not None else None

    async def add_key(self, key: StoredLogKey) -> StoredLogKey:
        """Keeps it, unless there is one, and returns the one that is kept."""
        await self._pool.execute(
            """
            insert into credential.log_key (number, name, public_key, private_key, create_time)
            values (1, $1, $2, $3, $4)
            on conflict on constraint log_key_pkey do nothing
            """,
            key.name,
            key.public_key,
            key.private_key,
            key.create_time,
        )
        return await self.find_key() or key
