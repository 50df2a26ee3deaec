"""What became of an educator's tips since one looked last, without a clock and without a gap.

A tip that is given, captured, refunded or disputed makes an entry on the educator's account. These are
numbered without gaps while the account is locked, so their numbers have the order of the commits: whoever has
read number 17 has read all before it, and asks for what comes after it. A tip that is held or waits for a
payment, and one that is voided or fails, changes tip.lifecycle alone. Its rows carry the transaction that
changed them, and a snapshot says which transaction was the oldest still open: the changes of all older ones
were read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from academe.db.pool import Queryable

FIRST_ID = UUID(int=0)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REPLAY_SLACK_MS = 60_000
"""How far the time in a tip's id, which is the process's own, may lie from its create_time."""


@dataclass(slots=True)
class Position:
    """How far somebody has got with one educator's tips."""

    numbers: dict[int, int]
    """By account the number of the last entry read; of an account that is not here, none was."""
    horizon: int
    """Of the changes of the lifecycle, those of older transactions were all read."""
    read: set[tuple[int, UUID]] = field(default_factory=set)
    """What was read of the others, by (transaction, tip)."""
    page: tuple[int, UUID] | None = None
    """Within a reading of the lifecycle, the last row of the page before."""
    next_horizon: int = 0
    next_read: set[tuple[int, UUID]] = field(default_factory=set)
    """What becomes of the two above when that reading is at its end."""


class WatchRepository:
    """Reads what changed; one statement each."""

    def __init__(self, pool: Queryable) -> None:
        self._pool = pool

    async def position(self, educator_id: UUID) -> Position:
        """Where everything committed until now has been seen."""
        rows = await self._pool.fetch(
            """
            select pg_snapshot_xmin(pg_current_snapshot())::text as horizon, account_id, entry_count
            from (values (1)) as one
            left join tip.account on kind = 2 and owner_id = $1
            """,
            educator_id,
        )
        numbers = {row["account_id"]: row["entry_count"] for row in rows if row["account_id"] is not None}
        return Position(numbers, int(rows[0]["horizon"]))

    async def given_since(self, educator_id: UUID, since: datetime, limit: int) -> list[UUID]:
        """The latest tips to an educator that are no older than `since`, oldest first."""
        rows = await self._pool.fetch(
            """
            select tip_id from tip.tip
            where educator_id = $1 and tip_id >= $2 and create_time >= $3
            order by tip_id desc
            limit $4
            """,
            educator_id,
            _first_id_of(since),
            since,
            limit,
        )
        return [row["tip_id"] for row in reversed(rows)]

    async def entries_after(
        self, educator_id: UUID, position: Position, limit: int
    ) -> tuple[list[UUID], bool]:
        """The tips of the next entries of each account, in their order, and whether there may be more.

        Moves the position. `limit` is in entries of an account.
        """
        rows = await self._pool.fetch(
            """
            select account.account_id, entry.number,
                   case when entry.kind = 1 then entry.transaction_id else movement.tip_id end as tip_id
            from tip.account as account
            left join unnest($2::bigint[], $3::bigint[]) as read (account_id, number)
                on read.account_id = account.account_id
            cross join lateral (
                select number, kind, transaction_id from tip.entry
                where entry.account_id = account.account_id and number > coalesce(read.number, 0)
                order by number
                limit $4
            ) as entry
            left join tip.movement as movement
                on movement.movement_id = entry.transaction_id and entry.kind > 2
            where account.kind = 2 and account.owner_id = $1
            order by account.account_id, entry.number
            """,
            educator_id,
            list(position.numbers),
            list(position.numbers.values()),
            limit,
        )
        for row in rows:
            position.numbers[row["account_id"]] = row["number"]
        tips = dict.fromkeys(row["tip_id"] for row in rows if row["tip_id"] is not None)
        return list(tips), len(rows) >= limit

    async def changed_after(
        self, educator_id: UUID, position: Position, limit: int
    ) -> tuple[list[UUID], bool]:
        """The tips whose lifecycle changed next, and whether there may be more. Moves the position.

        Transactions of the future are those of another server, from which this database was restored.
        """
        xid, tip_id = position.page or (position.horizon, FIRST_ID)
        rows = await self._pool.fetch(
            """
            select pg_snapshot_xmin(pg_current_snapshot())::text as horizon, change_xid, tip_id
            from (values (1)) as one
            left join (
                select lifecycle.change_xid::text as change_xid, lifecycle.tip_id
                from tip.lifecycle as lifecycle
                join tip.tip as tip on tip.tip_id = lifecycle.tip_id
                where (lifecycle.change_xid, lifecycle.tip_id) > ($2::text::xid8, $3::uuid)
                    and lifecycle.change_xid < pg_snapshot_xmax(pg_current_snapshot())
                    and tip.educator_id = $1
                order by lifecycle.change_xid, lifecycle.tip_id
                limit $4
            ) as changed on true
            """,
            educator_id,
            str(xid),
            tip_id,
            limit,
        )
        if position.page is None:
            position.next_horizon = int(rows[0]["horizon"])
        changed = [(int(row["change_xid"]), row["tip_id"]) for row in rows if row["tip_id"] is not None]
        position.next_read.update(change for change in changed if change[0] >= position.next_horizon)
        news = [change[1] for change in changed if change not in position.read]
        if len(changed) >= limit:
            position.page = changed[-1]
            return news, True
        position.horizon, position.read = position.next_horizon, position.next_read
        position.page, position.next_read = None, set()
        return news, False

    async def poll(
        self, educator_ids: list[UUID], horizon: int | None
    ) -> tuple[dict[UUID, int], set[UUID], int]:
        """Of several educators: how many entries each has, whose lifecycles changed, and the next horizon.

        Without a horizon nobody's have.
        """
        rows = await self._pool.fetch(
            """
            select null::uuid as educator_id, null::bigint as entries,
                   pg_snapshot_xmin(pg_current_snapshot())::text as horizon
            union all
            select owner_id, sum(entry_count)::bigint, null
            from tip.account
            where kind = 2 and owner_id = any($1::uuid[])
            group by owner_id
            union all
            select tip.educator_id, null, null
            from tip.lifecycle as lifecycle
            join tip.tip as tip on tip.tip_id = lifecycle.tip_id
            where lifecycle.change_xid >= $2::text::xid8
                and lifecycle.change_xid < pg_snapshot_xmax(pg_current_snapshot())
                and tip.educator_id = any($1::uuid[])
            """,
            educator_ids,
            str(horizon) if horizon is not None else None,
        )
        told = [row for row in rows if row["educator_id"] is not None]
        entries = {row["educator_id"]: row["entries"] for row in told if row["entries"] is not None}
        changed = {row["educator_id"] for row in told if row["entries"] is None}
        return entries, changed, next(int(row["horizon"]) for row in rows if row["horizon"] is not None)


def _first_id_of(moment: datetime) -> UUID:
    """No id of a tip that was given then or later comes before this one."""
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1) - REPLAY_SLACK_MS
    return UUID(int=min(max(0, milliseconds), (1 << 48) - 1) << 80)
