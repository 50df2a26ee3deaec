"""The log as rows: appending to it, and reading leaves and hashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from academe.db.pool import Pool, Queryable
from academe.services.credential.log.merkle import Node
from academe.services.credential.log.model import CredentialEvent, Leaf, LeafHash, LogEntry, LogEvent, Wanted


async def append(connection: Queryable, entries: Sequence[LogEntry]) -> list[int]:
    """Appends `entries` in their order, and returns their indices.

    In the transaction of `connection`, and the last thing it does: from here to its end nobody else can
    append. An index that is rolled back is given again, so there is never a gap. No entries, nothing done.
    """
    if not entries:
        return []
    first = await connection.fetchval(
        "select credential.append_to_log($1::smallint[], $2::bytea[])",
        [entry.event for entry in entries],
        [entry.credential_sha256 for entry in entries],
    )
    return list(range(first, first + len(entries)))


async def read_hashes(connection: Queryable, nodes: Sequence[Node]) -> dict[Node, bytes]:
    """The hashes of complete subtrees, as far as they are there."""
    rows = await connection.fetch(
        """
        select level, node_index, hash
        from unnest($1::smallint[], $2::bigint[]) as wanted (level, node_index)
        join credential.log_node using (level, node_index)
        """,
        [level for level, _ in nodes],
        [index for _, index in nodes],
    )
    return {(row["level"], row["node_index"]): row["hash"] for row in rows}


class LogRepository:
    """Reads leaves and the hashes over them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def size(self) -> int:
        """How many leaves there are."""
        found = await self._pool.fetchval(
            "select leaf_index + 1 from credential.log_leaf order by leaf_index desc limit 1"
        )
        return found or 0

    async def hashes(self, nodes: Sequence[Node]) -> dict[Node, bytes]:
        """The hashes of complete subtrees, as far as they are there."""
        return await read_hashes(self._pool, nodes)

    async def hashes_of_level(self, level: int, start: int, count: int) -> list[bytes]:
        """`count` hashes that stand side by side, or fewer where the tree ends."""
        rows = await self._pool.fetch(
            """
            select hash
            from credential.log_node
            where level = $1 and node_index >= $2 and node_index < $3
            order by node_index
            """,
            level,
            start,
            start + count,
        )
        return [row["hash"] for row in rows]

    async def leaves(self, start: int, count: int) -> list[Leaf]:
        """`count` leaves from an index upwards, or fewer where the log ends."""
        rows = await self._pool.fetch(
            """
            select leaf_index, event, credential_sha256, log_time
            from credential.log_leaf
            where leaf_index >= $1
            order by leaf_index
            limit $2
            """,
            start,
            count,
        )
        return [_leaf(row) for row in rows]

    async def find(self, wanted: Wanted) -> Leaf | None:
        """One leaf, or None if there is none like this."""
        if isinstance(wanted, CredentialEvent):
            row = await self._pool.fetchrow(
                """
                select leaf_index, event, credential_sha256, log_time
                from credential.log_leaf
                where credential_sha256 = $1 and event = $2
                order by leaf_index desc
                limit 1
                """,
                wanted.credential_sha256,
                wanted.event,
            )
        elif isinstance(wanted, LeafHash):
            row = await self._pool.fetchrow(
                """
                select leaf_index, event, credential_sha256, log_time
                from credential.log_node
                join credential.log_leaf on leaf_index = node_index
                where level = 0 and hash = $1
                """,
                wanted.hash,
            )
        else:
            row = await self._pool.fetchrow(
                """
                select leaf_index, event, credential_sha256, log_time
                from credential.log_leaf
                where leaf_index = $1
                """,
                wanted,
            )
        return _leaf(row) if row is not None else None

    async def history(self, credential_sha256: bytes) -> list[Leaf]:
        """Everything that is said of a credential, in the order in which it was said."""
        rows = await self._pool.fetch(
            """
            select leaf_index, event, credential_sha256, log_time
            from credential.log_leaf
            where credential_sha256 = $1
            order by leaf_index
            """,
            credential_sha256,
        )
        return [_leaf(row) for row in rows]


def _leaf(row: Any) -> Leaf:
    return Leaf(row["leaf_index"], LogEvent(row["event"]), row["credential_sha256"], row["log_time"])
