"""What the database has of credentials, for tests that count."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from academe.db.pool import Pool
from academe.services.credential.log.model import LogEvent
from academe.services.credential.model import Credential


async def halves(pool: Pool) -> int:
    """Signed credentials, codes, documents, places in lists and first lines of the log that lack one of the
    others, or have two. Places that were reserved for credentials that came to nothing are none."""
    count: int = await pool.fetchval(
        """
        select count(*)
        from (
            select coalesce(held.credential_id, code.credential_id, document.credential_id) as credential_id
            from credential.credential as held
            full join credential.verification_code as code on code.code = held.verification_code
            full join credential.document as document on document.credential_id = held.credential_id
            full join (select * from credential.log_leaf where event = 1) as leaf
              on leaf.credential_sha256 = held.document_sha256
            left join credential.status_entry as entry on entry.credential_id = held.credential_id
            where held.credential_id is null or code.code is null or document.credential_id is null
               or leaf.leaf_index is null or entry.position is null
               or held.document_sha256 <> sha256(document.json)
               or code.credential_id <> held.credential_id
            union all
            select credential_id from credential.status_entry
            where credential_id in (select credential_id from credential.credential)
            group by credential_id having count(*) > 1
        ) as wrong
        """
    )
    return count


async def places(pool: Pool) -> list[tuple[UUID, int]]:
    """The place of each stored credential, in the order in which they were issued."""
    rows = await pool.fetch(
        """
        select entry.list_id, entry.position
        from credential.status_entry as entry
        join credential.credential as held using (credential_id)
        order by held.credential_id
        """
    )
    return [(row["list_id"], row["position"]) for row in rows]


async def history(pool: Pool, credential: Credential) -> list[LogEvent]:
    """What the log says of a credential, in its order."""
    rows = await pool.fetch(
        "select event from credential.log_leaf where credential_sha256 = $1 order by leaf_index",
        credential.document_sha256,
    )
    return [LogEvent(row["event"]) for row in rows]


async def events(pool: Pool) -> Counter[LogEvent]:
    """How many lines of each kind the log has."""
    rows = await pool.fetch("select event, count(*) as count from credential.log_leaf group by event")
    return Counter({LogEvent(row["event"]): row["count"] for row in rows})
