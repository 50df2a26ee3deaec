"""What an educator earned, from the entries of their accounts.

A dispute that the balance did not cover has no entry on the educator's account but one on their debt, and is
read from there; what repays a debt later is no loss a second time and is not read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from academe.db.loader import BatchLoader
from academe.db.pool import Queryable
from academe.services.tip.model import TransactionKind
from academe.services.tip.reports.board import Question
from academe.services.tip.reports.model import LIST_MAX, EarningsEntry, EarningsLine, Grouped, Supporter

BY_MONTH, BY_COURSE, BY_SUPPORTER = 0b011, 0b101, 0b110
"""What grouping() says of the rows of each grouping set: a bit for every column that is not grouped by."""


class ReportRepository:
    """Reads a bounded number of entries in each statement."""

    def __init__(self, pool: Queryable, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        # Anybody may ask, and it takes as long as the educator has tips: the same question is asked once for
        # all who ask it at a time, and two different ones at a time are enough.
        self._supporters = BatchLoader[Question, list[Supporter]](
            self._fetch_supporters, name="tip.supporters", max_batch=1, max_in_flight=2, on_batch=on_batch
        )

    async def sum_earnings(self, account_id: int, after: int, last: int, *, debts: bool) -> Grouped:
        """What entries `after` < number <= `last` add up to; with `debts`, what only the debt account has."""
        rows = await self._pool.fetch(
            """
            select grouping(month, course_id, supporter_id) as grouped_by, month, course_id, supporter_id,
                   count(*) filter (where gross > 0) as tip_count, sum(gross)::bigint as gross,
                   sum(fees)::bigint as fees, sum(refunded)::bigint as refunded
            from (
                select to_char(entry.create_time at time zone 'UTC', 'YYYY-MM') as month,
                       tip.course_id,
                       case when tip.visibility <> 3 then tip.sender_id end as supporter_id,
                       case when entry.kind in (1, 4, 6) then coalesce(m.amount, tip.amount) else 0 end
                           as gross,
                       case when entry.kind in (7, 8) then -1 else 1 end
                           * coalesce(m.platform_fee + m.payment_fee, tip.platform_fee) as fees,
                       case when entry.kind in (7, 8) then m.amount
                           when entry.kind in (9, 16) then -m.amount else 0 end as refunded
                from tip.entry
                left join tip.movement as m
                    on m.movement_id = case when entry.kind > 2 then entry.transaction_id end
                join tip.tip
                    on tip.tip_id = case when entry.kind > 2 then m.tip_id else entry.transaction_id end
                where entry.account_id = $1 and entry.number > $2 and entry.number <= $3
                    and entry.kind in (1, 4, 6, 7, 8, 9, 16)
                    and (not $4 or m.debt = m.amount - m.platform_fee - m.payment_fee)
            ) as earned
            group by grouping sets ((month), (course_id), (supporter_id))
            """,
            account_id,
            after,
            last,
            debts,
        )
        found = Grouped()
        for row in rows:
            groups, key = {
                BY_MONTH: (found.months, row["month"]),
                BY_COURSE: (found.courses, row["course_id"]),
                BY_SUPPORTER: (found.supporters, row["supporter_id"]),
            }[row["grouped_by"]]
            groups[str(key or "")] = _line(str(key or ""), row)
        return found

    async def list_earnings(
        self, account_id: int, after: int, last: int, *, debts: bool
    ) -> list[EarningsEntry]:
        """The same entries one by one, upwards."""
        rows = await self._pool.fetch(
            """
            select entry.create_time, entry.kind, tip.tip_id, entry.transaction_id, tip.course_id,
                   case when tip.visibility <> 3 then tip.sender_id end as supporter_id,
                   case when entry.kind in (1, 4, 6) then 1 else 0 end as tip_count,
                   case when entry.kind in (1, 4, 6) then coalesce(m.amount, tip.amount) else 0 end as gross,
                   case when entry.kind in (7, 8) then -1 else 1 end
                       * coalesce(m.platform_fee + m.payment_fee, tip.platform_fee) as fees,
                   case when entry.kind in (7, 8) then m.amount
                       when entry.kind in (9, 16) then -m.amount else 0 end as refunded
            from tip.entry
            left join tip.movement as m
                on m.movement_id = case when entry.kind > 2 then entry.transaction_id end
            join tip.tip on tip.tip_id = case when entry.kind > 2 then m.tip_id else entry.transaction_id end
            where entry.account_id = $1 and entry.number > $2 and entry.number <= $3
                and entry.kind in (1, 4, 6, 7, 8, 9, 16)
                and (not $4 or m.debt = m.amount - m.platform_fee - m.payment_fee)
            order by entry.number
            """,
            account_id,
            after,
            last,
            debts,
        )
        return [
            EarningsEntry(
                row["create_time"],
                TransactionKind(row["kind"]),
                row["tip_id"],
                row["transaction_id"],
                row["course_id"],
                row["supporter_id"],
                _line("", row),
            )
            for row in rows
        ]

    async def list_supporters(
        self, educator_id: UUID, currency_code: str, start: datetime | None
    ) -> list[Supporter]:
        """Who gave publicly and was not wholly given back, most first; display names are still empty.

        LIST_MAX of them at most.
        """
        return await self._supporters.load((educator_id, currency_code, start)) or []

    async def _fetch_supporters(self, keys: list[Question]) -> dict[Question, list[Supporter]]:
        return {key: await self._read_supporters(*key) for key in keys}

    async def _read_supporters(
        self, educator_id: UUID, currency_code: str, start: datetime | None
    ) -> list[Supporter]:
        rows = await self._pool.fetch(
            """
            select tip.sender_id,
                   sum(
                       case when tip.hide_amount then 0 else tip.amount - coalesce(lifecycle.refunded, 0) end
                   )::bigint as amount,
                   count(*) as tip_count, max(tip.create_time) as latest_time
            from tip.tip
            left join tip.lifecycle using (tip_id)
            where tip.educator_id = $1 and tip.visibility = 1 and tip.currency = $2
                and ($3::timestamptz is null or tip.create_time >= $3)
                and (lifecycle.tip_id is null
                    or (lifecycle.state = 4 and lifecycle.refunded < lifecycle.amount))
            group by tip.sender_id
            order by amount desc, latest_time desc, tip.sender_id
            limit $4
            """,
            educator_id,
            currency_code,
            start,
            LIST_MAX,
        )
        return [
            Supporter(row["sender_id"], "", row["amount"], row["tip_count"], row["latest_time"])
            for row in rows
        ]


def _line(key: str, row: Any) -> EarningsLine:
    return EarningsLine(key, row["tip_count"], row["gross"], row["fees"], row["refunded"])
