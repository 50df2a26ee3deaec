"""A batch in which every row has its own savepoint: the batched variant of SoftwareMill's tb-perf, restated.

What is kept of it: accounts with a balance that a check keeps from going below zero; a table of transfers
with its foreign keys and indexes; no entries, no versions. A function takes a batch as arrays and goes
through it row by row. Each row is a block with an exception handler, which PostgreSQL makes a savepoint: it
locks its accounts in the order of their ids, looks whether the payer has the money, changes the balances and
inserts the transfers. A row that fails is undone alone, and the answer has a code for each row.

What was made cheaper: a tip's three accounts are locked by one statement, and a tip is one row of the batch
with one savepoint, though it moves money twice (payer to educator, payer to platform); so it is one
savepoint, three updates and two transfers. There is no request id: the same tip sent twice is taken twice.
"""

from __future__ import annotations

import asyncpg

from benchmarks.ledger.design import (
    PLATFORM,
    Batch,
    LedgerWrongError,
    People,
    educator_sql,
    open_accounts,
    payer_sql,
    random_people,
    refuse_faults,
)
from benchmarks.ledger.savepoints_sql import FAULTS, FILL, SCHEMA


class Savepoints:
    """See the module."""

    name = "a batch with a savepoint per row (as tb-perf)"
    key = "savepoints"
    entries_per_tip = 2  # rows of transfer, each of which is both an entry out and an entry in

    async def prepare(self, connection: asyncpg.Connection, people: People, funds: int) -> None:
        await connection.execute(SCHEMA)
        await open_accounts(connection, "savepoints", people, funds)
        # Of the accounts alone: an empty table with statistics would be planned for as if it stayed empty.
        await connection.execute("analyze savepoints.account")

    async def send(self, connection: asyncpg.Connection, batch: Batch) -> None:
        codes = await connection.fetchval(
            "select savepoints.send($1::uuid[], $2::uuid[], $3::uuid, $4::bigint[], $5::bigint[])",
            batch.payers,
            batch.educators,
            PLATFORM,
            batch.amounts,
            batch.fees,
        )
        if len(codes) != len(batch) or any(codes):
            raise LedgerWrongError(f"{self.key}: not every tip was taken: {codes}")

    async def verify(self, connection: asyncpg.Connection, dsn: str) -> int:
        await refuse_faults(connection, self.key, FAULTS)
        transfers: int = await connection.fetchval("select count(*) from savepoints.transfer")
        return transfers // 2

    async def fill(self, connection: asyncpg.Connection, people: People, tips: int) -> None:
        for statement in FILL:
            filled = statement.replace(":payer_id", payer_sql(f"n % {people.payer_count}"))
            filled = filled.replace(":educator_id", educator_sql(f"n % {people.educator_count}"))
            filled = filled.replace(":platform", f"'{PLATFORM}'::uuid")
            await connection.execute(filled.replace(":tips", str(tips)))

    def one_tip(self, people: People) -> str:
        return random_people(people) + (
            f"select savepoints.send(array[{payer_sql(':payer')}], array[{educator_sql(':educator')}], "
            f"'{PLATFORM}'::uuid, array[:amount::bigint], array[:amount::bigint / 20]);\n"
        )
