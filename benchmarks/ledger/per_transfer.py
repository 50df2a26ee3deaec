"""One call per transfer, looping over its rows: the design of pgledger, restated.

What is kept of it: accounts with a numeric balance and a version; transfers between two accounts; entries
with the balance before and after and the account's version. A function takes an array of transfers, locks all
their accounts in the order of their ids, and then for each transfer in turn changes two balances, checks both
accounts, and inserts a transfer and two entries: two updates and three inserts. Foreign keys and indexes are
the same ones. One bad transfer rolls the whole call back.

What was made cheaper, so that nobody can say it was held back: ids are the server's own uuidv7 rather than
prefixed text, accounts are locked by one statement rather than one each, there is no metadata column, and the
call answers with ids rather than rows. Above all, a batch of tips is one call with one commit; pgledger's own
measurements give each transfer a call.

A tip is two transfers of that array: payer to educator, and payer to platform. There is no request id: the
same tip sent twice is taken twice.
"""

from __future__ import annotations

import asyncpg

from benchmarks.ledger.design import (
    CURRENCY,
    PLATFORM,
    Batch,
    LedgerWrongError,
    People,
    educator_sql,
    payer_sql,
    random_people,
    refuse_faults,
)
from benchmarks.ledger.per_transfer_sql import FAULTS, FILL, SCHEMA


class PerTransfer:
    """See the module."""

    name = "one call per transfer, a loop over its rows (as pgledger)"
    key = "per_transfer"
    entries_per_tip = 4

    async def prepare(self, connection: asyncpg.Connection, people: People, funds: int) -> None:
        """Nobody may go below zero; payers start with `funds` as an opening balance, which is no entry."""
        await connection.execute(SCHEMA)
        await connection.execute(
            """
            insert into per_transfer.account (account_id, currency, opening, balance, may_be_negative)
            select account_id, $2, case when account_id = any ($3::uuid[]) then $4::bigint else 0 end,
                   case when account_id = any ($3::uuid[]) then $4::bigint else 0 end, false
            from unnest($1::uuid[]) as account_id
            """,
            people.everybody,
            CURRENCY,
            people.payers,
            funds,
        )
        # Of the accounts alone: an empty table with statistics would be planned for as if it stayed empty.
        await connection.execute("analyze per_transfer.account")

    async def send(self, connection: asyncpg.Connection, batch: Batch) -> None:
        sources = [payer for payer in batch.payers for _ in range(2)]
        targets = [target for educator in batch.educators for target in (educator, PLATFORM)]
        amounts = [
            part
            for amount, fee in zip(batch.amounts, batch.fees, strict=True)
            for part in (amount - fee, fee)
        ]
        made = await connection.fetchval(
            "select per_transfer.send($1::uuid[], $2::uuid[], $3::bigint[])", sources, targets, amounts
        )
        if len(made) != len(sources):
            raise LedgerWrongError(f"{self.key}: {len(sources)} transfers were sent, {len(made)} were made")

    async def verify(self, connection: asyncpg.Connection, dsn: str) -> int:
        await refuse_faults(connection, self.key, FAULTS)
        transfers: int = await connection.fetchval("select count(*) from per_transfer.transfer")
        return transfers // 2

    async def fill(self, connection: asyncpg.Connection, people: People, tips: int) -> None:
        for statement in FILL:
            filled = statement.replace(":payer_id", payer_sql(f"n % {people.payer_count}"))
            filled = filled.replace(":educator_id", educator_sql(f"n % {people.educator_count}"))
            filled = filled.replace(":payers", str(people.payer_count))
            filled = filled.replace(":educators", str(people.educator_count))
            filled = filled.replace(":platform", f"'{PLATFORM}'::uuid")
            await connection.execute(filled.replace(":tips", str(tips)))

    def one_tip(self, people: People) -> str:
        payer = payer_sql(":payer")
        return random_people(people) + (
            f"select per_transfer.send(array[{payer}, {payer}], "
            f"array[{educator_sql(':educator')}, '{PLATFORM}'::uuid], "
            "array[:amount::bigint - :amount::bigint / 20, :amount::bigint / 20]);\n"
        )
