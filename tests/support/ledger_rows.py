"""Rows of the ledger written by hand, as raw SQL of the application's role may."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from academe.db.pool import Queryable
from academe.ids import new_id

SCHOOL = UUID(int=0)


async def insert_tip(queryable: Queryable, sender_id: UUID, educator_id: UUID, **columns: Any) -> UUID:
    """A tip of 5.00 EUR from the wallet, unless `columns` say otherwise; the database posts it. Its id."""
    next_number = await queryable.fetchval(
        "select coalesce(max(sender_number), 0) + 1 from tip.tip where sender_id = $1", sender_id
    )
    row = {
        "tip_id": new_id(),
        "sender_id": sender_id,
        "educator_id": educator_id,
        "request_id": uuid4(),
        "request_hash": "\\x01",
        "currency": "EUR",
        "amount": 500,
        "platform_fee": 0,
        "funding": 1,
        "review": False,
        "message": "",
        "visibility": 1,
        "hide_amount": False,
        "sender_number": next_number,
        "create_time": datetime.now(UTC),
        "batch_id": await queryable.fetchval("select nextval('tip.batch_number')"),
    } | columns
    await queryable.execute(
        """
        insert into tip.tip
        select given.* from jsonb_populate_record(null::tip.tip, ($1::text)::jsonb) as given
        """,
        json.dumps(row, default=str),
    )
    return UUID(str(row["tip_id"]))


async def insert_movement(queryable: Queryable, kind: int, **columns: Any) -> UUID:
    """A movement; accounts are what its kind says where that leaves no choice. Returns its source_id."""
    from_kind, to_kind = KINDS.get(kind, (9, 1))
    row = {
        "movement_id": new_id(),
        "kind": kind,
        "source_id": uuid4(),
        "from_kind": from_kind,
        "to_kind": to_kind,
        "from_owner": SCHOOL,
        "to_owner": SCHOOL,
        "currency": "EUR",
        "platform_fee": 0,
        "payment_fee": 0,
        "debt": 0,
        "create_time": datetime.now(UTC),
        "batch_id": await queryable.fetchval("select nextval('tip.batch_number')"),
    } | columns
    await queryable.execute(
        """
        insert into tip.movement
        select given.* from jsonb_populate_record(null::tip.movement, ($1::text)::jsonb) as given
        """,
        json.dumps(row, default=str),
    )
    return UUID(str(row["source_id"]))


TOP_UP, CAPTURE, VOID, CHARGE, REFUND, DISPUTE, DISPUTE_WON, PAYOUT, PAYOUT_PAID, PAYOUT_FAILED = range(3, 13)
PROVIDER_FEE, DEBT_REPAID, TOP_UP_TAKEN_BACK, REFUND_FAILED, PROVIDER_FEE_RETURNED = range(13, 18)

KINDS = {
    TOP_UP: (9, 1),
    CAPTURE: (3, 2),
    VOID: (3, 1),
    CHARGE: (8, 2),
    REFUND: (2, 1),
    DISPUTE: (2, 8),
    DISPUTE_WON: (8, 2),
    PAYOUT: (2, 4),
    PAYOUT_PAID: (4, 9),
    PAYOUT_FAILED: (4, 2),
    PROVIDER_FEE: (7, 8),
    DEBT_REPAID: (2, 5),
    TOP_UP_TAKEN_BACK: (1, 9),
    REFUND_FAILED: (8, 2),
    PROVIDER_FEE_RETURNED: (8, 7),
}
"""From which kind of account to which, or one of the choices."""
