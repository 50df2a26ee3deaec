"""Reads the whole log and recomputes it, in the database's own processes and on a connection of its own.

Hashes are written out here, since the database's own functions for them could be others by now. Each hash is
checked against the stored ones below it; all of them right is the tree recomputed from its leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from academe.db.pool import Queryable
from academe.services.credential.log.checkpoint import VerifierKey
from academe.services.credential.log.merkle import Node
from academe.services.credential.log.model import Checkpoint
from academe.services.credential.log.repository import read_hashes
from academe.services.credential.log.verification.model import LogCheck


class VerificationRepository:
    """Sees what its connection's transaction sees."""

    def __init__(self, connection: Queryable) -> None:
        self._connection = connection

    async def check_leaves(self) -> LogCheck:
        """Leaves have no gap, their times never run backwards, and each has the hash of what it says."""
        (row,) = await self._connection.fetch(
            """
            with wrong as materialized (
                select coalesce(leaf_index, node_index) as place,
                       case
                           when leaf_index is null then 'Leaf ' || node_index || ' is gone.'
                           when node_index is null then 'Leaf ' || leaf_index || ' has no hash.'
                           when leaf_index <> index_before + 1 then
                               'Leaf ' || leaf_index || ' comes after leaf ' || index_before || '.'
                           when log_time < time_before then
                               'Leaf ' || leaf_index || ' is older than the one before.'
                           else 'Leaf ' || leaf_index || ' is not what was written: its hash is another.'
                       end as fault
                from (
                    select leaf_index, event, credential_sha256, log_time,
                           lag(leaf_index, 1, -1::bigint) over by_index as index_before,
                           lag(log_time) over by_index as time_before
                    from credential.log_leaf
                    window by_index as (order by leaf_index)
                ) as leaf
                full join (
                    select node_index, hash from credential.log_node where level = 0
                ) as node on node_index = leaf_index
                where leaf_index is null or node_index is null or leaf_index <> index_before + 1
                    or log_time < time_before
                    or hash <> sha256(decode('00', 'hex') || convert_to(
                        'academe-log/1' || chr(10)
                        || (array['issue', 'revoke', 'suspend', 'reinstate'])[event] || chr(10)
                        || encode(credential_sha256, 'hex') || chr(10)
                        || to_char(log_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || chr(10),
                        'UTF8'
                    ))
            )
            select (select count(*) from credential.log_leaf) as examined,
                   count(*) as fault_count,
                   array(select fault from wrong order by place limit 20) as faults
            from wrong
            """
        )
        return _check("leaves", row)

    async def check_nodes(self) -> LogCheck:
        """Two hashes side by side have the one above that follows from them, and there are no others."""
        (row,) = await self._connection.fetch(
            """
            with wrong as materialized (
                select level, node_index,
                       'Hash ' || node_index || ' of level ' || level || case
                           when due.hash is null then ' follows from nothing.'
                           when node.hash is null then ' is missing.'
                           else ' does not follow from those below it.'
                       end as fault
                from (
                    select level + 1 as level, node_index >> 1 as node_index,
                           sha256(
                               decode('01', 'hex') || string_agg(hash, ''::bytea order by node_index)
                           ) as hash
                    from credential.log_node
                    group by level, node_index >> 1
                    having count(*) = 2
                ) as due
                full join (
                    select level::integer, node_index, hash from credential.log_node where level <> 0
                ) as node using (level, node_index)
                where due.hash is distinct from node.hash
            )
            select (select count(*) from credential.log_node) as examined,
                   count(*) as fault_count,
                   array(select fault from wrong order by level, node_index limit 20) as faults
            from wrong
            """
        )
        return _check("nodes", row)

    async def size(self) -> int:
        """Where the log ends, whether or not all before it is there."""
        found = await self._connection.fetchval("select max(leaf_index) + 1 from credential.log_leaf")
        return found or 0

    async def key(self) -> VerifierKey | None:
        row = await self._connection.fetchrow(
            "select name, public_key from credential.log_key where number = 1"
        )
        return VerifierKey(row["name"], row["public_key"]) if row is not None else None

    async def checkpoints(self, after: int, limit: int) -> list[Checkpoint]:
        """Those of larger trees than `after`, by size."""
        rows = await self._connection.fetch(
            """
            select tree_size, root_hash, note, sign_time
            from credential.log_checkpoint
            where tree_size > $1
            order by tree_size
            limit $2
            """,
            after,
            limit,
        )
        return [Checkpoint(**row) for row in rows]

    async def hashes(self, nodes: Sequence[Node]) -> dict[Node, bytes]:
        return await read_hashes(self._connection, nodes)


def _check(name: str, row: Any) -> LogCheck:
    return LogCheck(name, row["examined"], row["fault_count"], tuple(row["faults"]))
