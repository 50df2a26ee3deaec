"""Every statement on the schema `tip`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from academe.db.group_commit import GroupCommit
from academe.db.loader import BatchLoader
from academe.db.pool import Queryable
from academe.errors import RequestIdReused
from academe.money import Money
from academe.pagination import PageRequest
from academe.services.tip.model import NewTip, SentTip, Tip, TipVisibility

# Where lists that run downwards begin.
LAST_ID = UUID(int=(1 << 128) - 1)


class TipRepository:
    """Tips and balances in PostgreSQL. `on_batch(name, items, seconds)` is told of every batch."""

    def __init__(self, pool: Queryable, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        # Idempotent: a tip that was written already is recognised by its request.
        self._sending = GroupCommit[NewTip, SentTip](
            self._add_tips, name="tip.send", idempotent=True, on_batch=on_batch
        )
        self._tips = BatchLoader[UUID, Tip](self._fetch_tips, name="tip.get", on_batch=on_batch)
        self._balances = BatchLoader[UUID, list[Money]](
            self._fetch_balances, name="tip.balance", on_batch=on_batch
        )

    async def add_tip(self, new: NewTip) -> SentTip:
        """Writes a tip, or answers with the one that its request made before. Raises RequestIdReused."""
        return await self._sending.submit(new)

    async def _add_tips(self, batch: list[NewTip]) -> Sequence[SentTip | Exception]:
        """Writes tips in one transaction, in which the database posts them (see migrations).

        Everybody inserts in the order of the requests, and the posting then locks accounts in their order,
        so writers of several processes wait for each other but never in a circle.
        """
        tips = [new.tip for new in batch]
        status = await self._pool.execute(
            """
            insert into tip.tip (
                tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message,
                visibility, hide_amount, course_id, lesson_id, create_time
            )
            select tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message,
                   visibility, hide_amount, course_id, lesson_id, create_time
            from unnest(
                $1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::uuid[], $6::text[], $7::bigint[],
                $8::text[], $9::smallint[], $10::boolean[], $11::uuid[], $12::uuid[], $13::timestamptz[]
            ) with ordinality as given (
                tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message,
                visibility, hide_amount, course_id, lesson_id, create_time, place
            )
            order by sender_id, request_id, place
            on conflict on constraint tip_request_once do nothing
            """,
            [tip.tip_id for tip in tips],
            [new.sender_id for new in batch],
            [new.request_id for new in batch],
            [new.request_hash for new in batch],
            [tip.educator_id for tip in tips],
            [tip.amount.currency_code for tip in tips],
            [tip.amount.minor_units for tip in tips],
            [tip.message for tip in tips],
            [tip.visibility for tip in tips],
            [tip.hide_amount for tip in tips],
            [tip.course_id for tip in tips],
            [tip.lesson_id for tip in tips],
            [tip.create_time for tip in tips],
        )
        if status == f"INSERT 0 {len(batch)}":
            return [SentTip(tip, replayed=False) for tip in tips]
        return await self._first_tips(batch)

    async def _first_tips(self, batch: list[NewTip]) -> list[SentTip | Exception]:
        """What the requests of a batch made, each the first time it was sent."""
        rows = await self._pool.fetch(
            """
            select tip.tip_id, tip.sender_id, tip.educator_id, tip.currency, tip.amount, tip.message,
                   tip.visibility, tip.hide_amount, tip.course_id, tip.lesson_id, tip.create_time,
                   tip.request_id, tip.request_hash
            from unnest($1::uuid[], $2::uuid[]) as asked (sender_id, request_id)
            join tip.tip as tip on tip.sender_id = asked.sender_id and tip.request_id = asked.request_id
            """,
            [new.sender_id for new in batch],
            [new.request_id for new in batch],
        )
        first = {(row["sender_id"], row["request_id"]): row for row in rows}
        return [_outcome(new, first[new.sender_id, new.request_id]) for new in batch]

    async def find_sent(self, sender_id: UUID, request_id: UUID, request_hash: bytes) -> SentTip | None:
        """The tip that a request made, None when it made none. Raises RequestIdReused."""
        row = await self._pool.fetchrow(
            """
            select tip_id, sender_id, educator_id, currency, amount, message, visibility, hide_amount,
                   course_id, lesson_id, create_time, request_hash
            from tip.tip
            where sender_id = $1 and request_id = $2
            """,
            sender_id,
            request_id,
        )
        if row is None:
            return None
        if row["request_hash"] != request_hash:
            raise RequestIdReused
        return SentTip(_tip(row), replayed=True)

    async def get_tip(self, tip_id: UUID) -> Tip | None:
        return await self._tips.load(tip_id)

    async def _fetch_tips(self, tip_ids: list[UUID]) -> Mapping[UUID, Tip]:
        rows = await self._pool.fetch(
            """
            select tip_id, sender_id, educator_id, currency, amount, message, visibility, hide_amount,
                   course_id, lesson_id, create_time
            from tip.tip
            where tip_id = any($1::uuid[])
            """,
            tip_ids,
        )
        return {row["tip_id"]: _tip(row) for row in rows}

    async def list_sent(self, sender_id: UUID, page: PageRequest) -> list[Tip]:
        """One person's tips by tip_id downwards."""
        (tip_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select tip_id, sender_id, educator_id, currency, amount, message, visibility, hide_amount,
                   course_id, lesson_id, create_time
            from tip.tip
            where sender_id = $1 and tip_id < $2
            order by tip_id desc
            limit $3
            """,
            sender_id,
            tip_id,
            page.limit,
        )
        return [_tip(row) for row in rows]

    async def list_received(self, educator_id: UUID, page: PageRequest) -> list[Tip]:
        """The tips to one educator by tip_id downwards."""
        (tip_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select tip_id, sender_id, educator_id, currency, amount, message, visibility, hide_amount,
                   course_id, lesson_id, create_time
            from tip.tip
            where educator_id = $1 and tip_id < $2
            order by tip_id desc
            limit $3
            """,
            educator_id,
            tip_id,
            page.limit,
        )
        return [_tip(row) for row in rows]

    async def get_balance(self, educator_id: UUID) -> list[Money]:
        """The balances of an educator's accounts, by currency code."""
        return await self._balances.load(educator_id) or []

    async def _fetch_balances(self, educator_ids: list[UUID]) -> Mapping[UUID, list[Money]]:
        rows = await self._pool.fetch(
            """
            select owner_id, currency, balance
            from tip.account
            where owner_id = any($1::uuid[]) and kind = 2
            order by currency
            """,
            educator_ids,
        )
        found: dict[UUID, list[Money]] = {}
        for row in rows:
            found.setdefault(row["owner_id"], []).append(Money(row["currency"], row["balance"]))
        return found


def _outcome(new: NewTip, row: Any) -> SentTip | Exception:
    if row["request_hash"] != new.request_hash:
        return RequestIdReused()
    return SentTip(_tip(row), replayed=row["tip_id"] != new.tip.tip_id)


def _tip(row: Any) -> Tip:
    return Tip(
        tip_id=row["tip_id"],
        sender_id=row["sender_id"],
        educator_id=row["educator_id"],
        amount=Money(row["currency"], row["amount"]),
        message=row["message"],
        visibility=TipVisibility(row["visibility"]),
        hide_amount=row["hide_amount"],
        course_id=row["course_id"],
        lesson_id=row["lesson_id"],
        create_time=row["create_time"],
    )
