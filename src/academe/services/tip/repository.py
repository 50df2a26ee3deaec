"""Writing and reading tips. What else moves money has repositories of its own beside this one."""

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
from academe.services.tip.errors import InsufficientFunds, TipLimitReached
from academe.services.tip.model import (
    Funding,
    NewTip,
    NumberedTip,
    SentTip,
    Tip,
    TipLimit,
    TipState,
    TipVisibility,
)

# Where lists that run downwards begin.
LAST_ID = UUID(int=(1 << 128) - 1)

REPLAYED, INSUFFICIENT_FUNDS, LIMIT_REACHED = 1, 2, 3
"""What tip.send_tips answers for a tip that it did not simply write."""


class TipRepository:
    """Tips in PostgreSQL. `limits` hold for every sender.

    `announce(educator_id, tip_id)` is told of every tip that was committed, `on_batch(name, items, seconds)`
    of every batch.
    """

    def __init__(
        self,
        pool: Queryable,
        *,
        limits: Sequence[TipLimit] = (),
        announce: Callable[[UUID, UUID], None] | None = None,
        on_batch: Callable[[str, int, float], None] | None = None,
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._announce = announce
        # Idempotent: a tip that was written already is recognised by its request.
        self._sending = GroupCommit[NewTip, SentTip](
            self._add_tips, name="tip.send", idempotent=True, on_batch=on_batch
        )
        self._tips = BatchLoader[UUID, Tip](self.read_tips, name="tip.get", on_batch=on_batch)

    async def add_tip(self, new: NewTip) -> SentTip:
        """Writes a tip, or answers with the one that its request made before.

        Raises RequestIdReused, InsufficientFunds and TipLimitReached.
        """
        return await self._sending.submit(new)

    async def add_tips(self, batch: Sequence[NewTip]) -> list[SentTip | Exception]:
        """The same for many, in their order; what `add_tip` would raise is the outcome of that one."""
        return await self._sending.submit_all(batch)

    async def _add_tips(self, batch: list[NewTip]) -> Sequence[SentTip | Exception]:
        """Writes tips in one call, which decides as if they had come one after the other (see migrations)."""
        tips = [new.tip for new in batch]
        refused = await self._pool.fetch(
            """
            select place, outcome, found_tip_id
            from tip.send_tips(
                $1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::uuid[], $6::text[], $7::bigint[],
                $8::bigint[], $9::smallint[], $10::text[], $11::smallint[], $12::boolean[], $13::uuid[],
                $14::uuid[], $15::timestamptz[], $16::timestamptz[], $17::boolean[], $18::bigint[],
                $19::bigint[]
            )
            """,
            [tip.tip_id for tip in tips],
            [new.sender_id for new in batch],
            [new.request_id for new in batch],
            [new.request_hash for new in batch],
            [tip.educator_id for tip in tips],
            [tip.amount.currency_code for tip in tips],
            [tip.amount.minor_units for tip in tips],
            [tip.platform_fee for tip in tips],
            [tip.funding for tip in tips],
            [tip.message for tip in tips],
            [tip.visibility for tip in tips],
            [tip.hide_amount for tip in tips],
            [tip.course_id for tip in tips],
            [tip.lesson_id for tip in tips],
            [tip.create_time for tip in tips],
            [tip.expire_time for tip in tips],
            [tip.review for tip in tips],
            [limit.seconds for limit in self._limits],
            [limit.count for limit in self._limits],
        )
        outcomes: list[SentTip | Exception] = [SentTip(tip, replayed=False) for tip in tips]
        if refused:
            first = await self._first_tips([row["found_tip_id"] for row in refused if row["found_tip_id"]])
            for row in refused:
                place = row["place"] - 1
                outcomes[place] = self._refusal(batch[place], row, first)
        if self._announce is not None:
            for outcome in outcomes:
                if isinstance(outcome, SentTip) and not outcome.replayed:
                    self._announce(outcome.tip.educator_id, outcome.tip.tip_id)
        return outcomes

    def _refusal(self, new: NewTip, row: Any, first: Mapping[UUID, tuple[Tip, bytes]]) -> SentTip | Exception:
        if row["outcome"] == REPLAYED:
            tip, request_hash = first[row["found_tip_id"]]
            if request_hash != new.request_hash:
                return RequestIdReused()
            # The writer may run a batch again whose first run was committed but not answered.
            return SentTip(tip, replayed=tip.tip_id != new.tip.tip_id)
        if row["outcome"] == INSUFFICIENT_FUNDS:
            code = new.tip.amount.currency_code
            return InsufficientFunds(
                f"amount: the wallet does not hold this much {code}; top it up, or give less.",
                currency_code=code,
            )
        limits = ", ".join(f"{limit.count} in {limit.seconds} seconds" for limit in self._limits)
        return TipLimitReached(limits=limits)

    async def _first_tips(self, tip_ids: list[UUID]) -> Mapping[UUID, tuple[Tip, bytes]]:
        """Tips that were sent before, with the digests of their requests."""
        if not tip_ids:
            return {}
        rows = await self._pool.fetch(
            "select tip_id, request_hash from tip.tip where tip_id = any($1::uuid[])", tip_ids
        )
        tips = await self.read_tips(tip_ids)
        return {row["tip_id"]: (tips[row["tip_id"]], row["request_hash"]) for row in rows}

    async def find_sent(self, sender_id: UUID, request_id: UUID, request_hash: bytes) -> SentTip | None:
        """The tip that a request made, None when it made none. Raises RequestIdReused."""
        row = await self._pool.fetchrow(
            "select tip_id, request_hash from tip.tip where sender_id = $1 and request_id = $2",
            sender_id,
            request_id,
        )
        if row is None:
            return None
        if row["request_hash"] != request_hash:
            raise RequestIdReused
        return SentTip((await self.read_tips([row["tip_id"]]))[row["tip_id"]], replayed=True)

    async def find_all_sent(
        self, sender_id: UUID, request_ids: Sequence[UUID]
    ) -> Mapping[UUID, tuple[Tip, bytes]]:
        """The tips that requests made, with the digests of those, by request_id."""
        rows = await self._pool.fetch(
            """
            select tip_id, request_id, request_hash from tip.tip
            where sender_id = $1 and request_id = any($2::uuid[])
            """,
            sender_id,
            request_ids,
        )
        tips = await self.read_tips([row["tip_id"] for row in rows]) if rows else {}
        return {row["request_id"]: (tips[row["tip_id"]], row["request_hash"]) for row in rows}

    async def get_tip(self, tip_id: UUID) -> Tip | None:
        """One tip as it stands, None when there is none with this id."""
        return await self._tips.load(tip_id)

    async def get_tips(self, tip_ids: Sequence[UUID]) -> Mapping[UUID, Tip]:
        """The tips that exist, by id."""
        return await self.read_tips(list(tip_ids))

    async def read_tips(self, tip_ids: list[UUID]) -> Mapping[UUID, Tip]:
        """The same, in a query of its own."""
        rows = await self._pool.fetch(
            """
            select t.tip_id, t.sender_id, t.educator_id, t.currency, t.amount, t.message, t.visibility,
                   t.hide_amount, t.course_id, t.lesson_id, t.create_time, t.funding, t.platform_fee,
                   t.review, l.state, l.payment_fee, l.refunded, l.refunded_platform_fee,
                   l.refunded_payment_fee, l.expire_time, p.recurring_tip_id
            from tip.tip as t
            left join tip.lifecycle as l on l.tip_id = t.tip_id
            left join tip.recurring_period as p on p.tip_id = t.tip_id
            where t.tip_id = any($1::uuid[])
            """,
            tip_ids,
        )
        return {row["tip_id"]: _tip(row) for row in rows}

    async def list_sent(self, sender_id: UUID, page: PageRequest) -> list[NumberedTip]:
        """The tips of one sender by their number downwards."""
        (number,) = page.after or ((1 << 63) - 1,)
        rows = await self._pool.fetch(
            """
            select tip_id, sender_number from tip.tip
            where sender_id = $1 and sender_number < $2
            order by sender_number desc
            limit $3
            """,
            sender_id,
            number,
            page.limit,
        )
        tips = await self._in_order([row["tip_id"] for row in rows])
        return [NumberedTip(row["sender_number"], tip) for row, tip in zip(rows, tips, strict=True)]

    async def list_received(self, educator_id: UUID, page: PageRequest) -> list[Tip]:
        """The tips to one educator by tip_id downwards."""
        (tip_id,) = page.after or (LAST_ID,)
        rows = await self._pool.fetch(
            """
            select tip_id from tip.tip
            where educator_id = $1 and tip_id < $2
            order by tip_id desc
            limit $3
            """,
            educator_id,
            tip_id,
            page.limit,
        )
        return await self._in_order([row["tip_id"] for row in rows])

    async def _in_order(self, tip_ids: list[UUID]) -> list[Tip]:
        tips = await self.read_tips(tip_ids) if tip_ids else {}
        return [tips[tip_id] for tip_id in tip_ids]


def _tip(row: Any) -> Tip:
    state = TipState(row["state"] or TipState.GIVEN)
    refunded = row["refunded"] or 0
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
        funding=Funding(row["funding"]),
        state=TipState.REFUNDED if refunded == row["amount"] else state,
        platform_fee=row["platform_fee"],
        payment_fee=row["payment_fee"] or 0,
        refunded=refunded,
        refunded_platform_fee=row["refunded_platform_fee"] or 0,
        refunded_payment_fee=row["refunded_payment_fee"] or 0,
        expire_time=row["expire_time"],
        review=row["review"],
        recurring_tip_id=row["recurring_tip_id"],
    )
