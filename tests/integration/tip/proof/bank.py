"""A process that sends random tips and writes down what it asked and what it was told.

    python -m tests.integration.tip.proof.bank <DSN> <file> <seed> <person> <person> ...

Each line of the file is JSON: a call before it is made, and its answer once there is one. A line that was
written survives whatever happens to the process. It works until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from academe.db.errors import db_error
from academe.ids import new_id
from tests.integration.tip.writer.sending import HOLD, WALLET, Item, open_connection, send
from tests.support.ledger_rows import TOP_UP, insert_movement

CURRENCIES = ["EUR", "JPY"]
TELLERS = 4
"""Connections of one process."""
BATCH_MAX = 8
AMOUNT_MAX = 200
TOP_UP_AMOUNT = 900
AWAY_SECONDS = 0.02


class History:
    """What one process remembers for the check."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, call: UUID, **what: Any) -> None:
        os.write(self._file, (json.dumps({"call": str(call), **what}, default=str) + "\n").encode())


class Teller:
    """One connection and whoever uses it; what it does not know it asks again now and then."""

    def __init__(self, dsn: str, people: list[UUID], history: History, dice: random.Random) -> None:
        self._dsn = dsn
        self._people = people
        self._history = history
        self._dice = dice
        self._connection: asyncpg.Connection | None = None

    async def work(self) -> None:
        unknown: list[Item] = []
        while True:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await open_connection(self._dsn)
                if self._dice.random() < 0.2:
                    await self._top_up(self._connection)
                again, unknown = unknown, []
                items = [_repeated(item) for item in again] or self._wishes()
                call = uuid4()
                self._history.write(call, tips=[_columns(item) for item in items])
                try:
                    outcomes = await send(self._connection, items)
                except BaseException:
                    unknown = items if self._dice.random() < 0.7 else []
                    raise
                self._history.write(call, outcomes=outcomes)
            except Exception as error:
                if isinstance(error, asyncpg.DeadlockDetectedError):
                    raise  # locks are taken in one order by everybody
                if db_error(error) is None and not isinstance(error, OSError):
                    raise  # nothing that is sent here breaks a rule
                if self._connection is not None:
                    self._connection.terminate()
                await asyncio.sleep(AWAY_SECONDS)

    async def _top_up(self, connection: asyncpg.Connection) -> None:
        call, source_id = uuid4(), uuid4()
        owner, currency = self._dice.choice(self._people), self._dice.choice(CURRENCIES)
        self._history.write(call, top_up=source_id, owner=owner, currency=currency)
        await insert_movement(
            connection, TOP_UP, source_id=source_id, to_owner=owner, currency=currency, amount=TOP_UP_AMOUNT
        )
        self._history.write(call, outcomes=[])

    def _wishes(self) -> list[Item]:
        items = []
        for _ in range(self._dice.randint(1, BATCH_MAX)):
            sender, educator = self._dice.sample(self._people, 2)
            amount = self._dice.randint(1, AMOUNT_MAX)
            items.append(
                Item(
                    sender,
                    educator,
                    amount=amount,
                    fee=amount // 20,
                    funding=HOLD if self._dice.random() < 0.1 else WALLET,
                    currency=self._dice.choice(CURRENCIES),
                )
            )
        return items


def _repeated(item: Item) -> Item:
    """The same request, as a client sends it again: only the server's own id of the tip is another."""
    return Item(
        item.sender_id,
        item.educator_id,
        item.amount,
        item.fee,
        item.funding,
        item.currency,
        item.create_time,
        item.request_id,
        new_id(),
    )


def _columns(item: Item) -> dict[str, Any]:
    return {
        "tip_id": item.tip_id,
        "sender_id": item.sender_id,
        "request_id": item.request_id,
        "educator_id": item.educator_id,
        "currency": item.currency,
        "amount": item.amount,
        "platform_fee": item.fee,
        "funding": item.funding,
    }


async def main(dsn: str, path: str, seed: str, *people: str) -> None:
    history, dice = History(Path(path)), random.Random(seed)
    everybody = [UUID(person) for person in people]
    tellers = [Teller(dsn, everybody, history, random.Random(dice.random())) for _ in range(TELLERS)]
    await asyncio.gather(*(teller.work() for teller in tellers))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
