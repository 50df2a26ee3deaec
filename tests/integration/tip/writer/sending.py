"""tip.send_tips called by hand, and what is asked of the ledger afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from academe.db.connect import connect
from academe.ids import new_id

REPLAYED, INSUFFICIENT_FUNDS, LIMIT_REACHED = 1, 2, 3
WALLET, HOLD, PAYMENT = 1, 2, 3
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)

Outcome = tuple[int, UUID | None] | None
"""What was answered for a tip, None if it was simply written."""
Caps = Sequence[tuple[int, int]]
"""Of each window its seconds and how many tips one sender may send within."""


@dataclass(frozen=True)
class Item:
    """One tip to be sent; the amount and the fee are minor units."""

    sender_id: UUID
    educator_id: UUID
    amount: int = 10
    fee: int = 0
    funding: int = WALLET
    currency: str = "EUR"
    create_time: datetime = NOON
    request_id: UUID = field(default_factory=uuid4)
    tip_id: UUID = field(default_factory=new_id)


async def open_connection(dsn: str, **settings: str) -> asyncpg.Connection:
    """One more process on the database. `settings` are of its session."""
    opened = await connect(dsn, application_name="writer", statement_timeout_ms=20_000, command_timeout=30)
    for name, value in settings.items():
        await opened.execute("select set_config($1, $2, false)", name, value)
    return opened


async def send(connection: asyncpg.Connection, items: Sequence[Item], caps: Caps = ()) -> list[Outcome]:
    """Sends the tips in one call and returns an outcome for each."""
    size = len(items)
    rows = await connection.fetch(
        """
        select place, outcome, found_tip_id
        from tip.send_tips(
            $1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::uuid[], $6::text[], $7::bigint[],
            $8::bigint[], $9::smallint[], $10::text[], $11::smallint[], $12::boolean[], $13::uuid[],
            $14::uuid[], $15::timestamptz[], $16::timestamptz[], $17::boolean[], $18::bigint[], $19::bigint[]
        )
        """,
        [item.tip_id for item in items],
        [item.sender_id for item in items],
        [item.request_id for item in items],
        [b"\x01" * 32] * size,
        [item.educator_id for item in items],
        [item.currency for item in items],
        [item.amount for item in items],
        [item.fee for item in items],
        [item.funding for item in items],
        [""] * size,
        [1] * size,
        [False] * size,
        [None] * size,
        [None] * size,
        [item.create_time for item in items],
        [None] * size,
        [False] * size,
        [seconds for seconds, _ in caps],
        [cap for _, cap in caps],
    )
    outcomes: list[Outcome] = [None] * size
    for row in rows:
        outcomes[row["place"] - 1] = row["outcome"], row["found_tip_id"]
    return outcomes


async def owe(connection: asyncpg.Connection, owner_id: UUID, amount: int, currency: str = "EUR") -> None:
    """Gives somebody a debt, as a top-up does that is taken back when it was spent."""
    await connection.execute(
        """
        insert into tip.movement (
            movement_id, kind, source_id, from_kind, from_owner, to_kind, to_owner,
            currency, amount, platform_fee, payment_fee, debt, create_time
        ) values ($1, 15, $1, 5, $2, 9, tip.school(), $3, $4, 0, 0, 0, '2030-01-01 12:00+00')
        """,
        uuid4(),
        owner_id,
        currency,
        amount,
    )


async def numbers_of(connection: asyncpg.Connection, sender_id: UUID) -> list[int]:
    rows = await connection.fetch(
        "select sender_number from tip.tip where sender_id = $1 order by sender_number", sender_id
    )
    return [row["sender_number"] for row in rows]


async def balance_of(connection: asyncpg.Connection, kind: int, owner_id: UUID, currency: str = "EUR") -> int:
    found = await connection.fetchval(
        "select balance from tip.account where kind = $1 and owner_id = $2 and currency = $3",
        kind,
        owner_id,
        currency,
    )
    return int(found or 0)


async def until_blocked(
    watcher: asyncpg.Connection, blocked: asyncpg.Connection, task: asyncio.Task[Any]
) -> None:
    """Returns once the task, a statement of `blocked`, waits for somebody's lock, or is done without."""
    pid = blocked.get_server_pid()
    for _ in range(5_000):  # ten seconds, or more
        if task.done() or await watcher.fetchval(
            "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1", pid
        ):
            return
        await asyncio.sleep(0.002)
    raise TimeoutError
