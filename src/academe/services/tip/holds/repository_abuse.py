"""Looking for rings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from academe.db.pool import Queryable
from academe.services.tip.holds.abuse import Ring

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AbuseRepository:
    """Who tipped whom, in a circle."""

    def __init__(self, pool: Queryable) -> None:
        self._pool = pool

    async def find_rings(self, educator_id: UUID, since: datetime) -> list[Ring]:
        """The rings of two and three that an educator is in by tips since then, at most 100, shortest first.

        Tips that were voided or failed do not count. Looks at the latest 10,000 tips to the educator and at
        the latest 1,000 that each of the others sent, so that it takes milliseconds for anybody.
        """
        rows = await self._pool.fetch(
            """
            with backer as materialized (
                select distinct t.sender_id as person
                from (
                    select tip_id, sender_id from tip.tip
                    where educator_id = $1 and tip_id >= $2
                    order by tip_id desc
                    limit 10000
                ) as t
                where not exists (
                    select from tip.lifecycle as l where l.tip_id = t.tip_id and l.state in (5, 6)
                )
            ),
            tipped as materialized (
                select distinct t.educator_id as person
                from (
                    select tip_id, educator_id from tip.tip
                    where sender_id = $1
                    order by sender_number desc
                    limit 1000
                ) as t
                where t.tip_id >= $2 and not exists (
                    select from tip.lifecycle as l where l.tip_id = t.tip_id and l.state in (5, 6)
                )
            ),
            tipped_next as (
                select tipped.person, onward.person as next_person
                from tipped
                cross join lateral (
                    select distinct t.educator_id as person
                    from (
                        select tip_id, educator_id from tip.tip
                        where sender_id = tipped.person
                        order by sender_number desc
                        limit 1000
                    ) as t
                    where t.tip_id >= $2 and t.educator_id <> $1 and not exists (
                        select from tip.lifecycle as l where l.tip_id = t.tip_id and l.state in (5, 6)
                    )
                ) as onward
            )
            select person as second, null::uuid as third
            from tipped join backer using (person)
            union all
            select tipped_next.person, tipped_next.next_person
            from tipped_next join backer on backer.person = tipped_next.next_person
            order by third nulls first, second
            limit 100
            """,
            educator_id,
            _first_id_at(since),
        )
        return [
            Ring((educator_id, row["second"], row["third"]) if row["third"] else (educator_id, row["second"]))
            for row in rows
        ]


def _first_id_at(moment: datetime) -> UUID:
    """Not greater than any UUIDv7 made at that moment or later, whose first 48 bits are Unix milliseconds."""
    milliseconds = max((moment - EPOCH) // timedelta(milliseconds=1), 0)
    return UUID(int=milliseconds << 80)
