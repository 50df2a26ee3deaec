"""Our own design, as the server runs it: its migrations, the call of its writer, its verification.

Every tip is sent with all that the server sends: a request to be recognised, a digest, a message, limits for
the sender. Wallets are filled by movements, so that all of it is in the chain of hashes.
"""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg

from academe.db.migrate import migrate
from academe.services.tip.verification.repository import VerificationRepository
from academe.services.tip.verification.service import VerificationService
from benchmarks.ledger.academe_sql import FILL, SEND, TOP_UP, one_tip
from benchmarks.ledger.design import CURRENCY, Batch, LedgerWrongError, People, educator_sql, payer_sql

MESSAGE = "Thank you!"
DIGEST = b"\x01" * 32
LIMIT_SECONDS, LIMIT_TIPS = [3_600, 604_800], [1_000_000, 10_000_000]
"""Looked at for every tip and never reached: payers are few here, and they tip all the time."""
WALLET, PRIVATE = 1, 2


class Academe:
    """See the module."""

    name = "academe"
    key = "academe"
    entries_per_tip = 3

    async def prepare(self, connection: asyncpg.Connection, people: People, funds: int) -> None:
        await migrate(connection)
        await connection.execute(TOP_UP, people.payers, CURRENCY, funds)
        await connection.execute("analyze tip.account")

    async def send(self, connection: asyncpg.Connection, batch: Batch) -> None:
        size = len(batch)
        refused = await connection.fetch(
            SEND,
            batch.tip_ids,
            batch.payers,
            batch.request_ids,
            [DIGEST] * size,
            batch.educators,
            [CURRENCY] * size,
            batch.amounts,
            batch.fees,
            [WALLET] * size,
            [MESSAGE] * size,
            [PRIVATE] * size,
            [False] * size,
            [None] * size,
            [None] * size,
            [datetime.now(UTC)] * size,
            [None] * size,
            [False] * size,
            LIMIT_SECONDS,
            LIMIT_TIPS,
        )
        if refused:
            raise LedgerWrongError(f"{self.key}: not every tip was taken: {refused[0]}")

    async def verify(self, connection: asyncpg.Connection, dsn: str) -> int:
        """What VerifyLedger does: every check, on connections of its own."""
        async for check in VerificationService(VerificationRepository(dsn)).verify_ledger():
            if not check.passed:
                raise LedgerWrongError(f"{self.key}, {check.name}: {check.fault_count}: {check.faults[:5]}")
        tips: int = await connection.fetchval("select count(*) from tip.tip")
        return tips

    async def fill(self, connection: asyncpg.Connection, people: People, tips: int) -> None:
        for statement in FILL:
            filled = statement.replace(":payer_id", payer_sql(f"n % {people.payer_count}"))
            filled = filled.replace(":educator_id", educator_sql(f"n % {people.educator_count}"))
            filled = filled.replace(":currency", f"'{CURRENCY}'")
            await connection.execute(filled.replace(":tips", str(tips)))

    def one_tip(self, people: People) -> str:
        return one_tip(people, CURRENCY, MESSAGE, LIMIT_SECONDS, LIMIT_TIPS)
