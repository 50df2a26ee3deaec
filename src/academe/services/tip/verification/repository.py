"""Runs the checks of the ledger, all on one moment of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable

import asyncpg

from academe.db.snapshot import one_snapshot
from academe.services.tip.verification import repository_chain, repository_entries, repository_transactions
from academe.services.tip.verification.model import Check

# The longest first, so that the last ones to end are short.
CHECKS: dict[str, Callable[[asyncpg.Connection], Awaitable[asyncpg.Record]]] = {
    "legs": repository_entries.legs,
    "running_balances": repository_entries.running_balances,
    "batches": repository_chain.batches,
    "transactions": repository_entries.transactions,
    "once": repository_transactions.once,
    "balances": repository_entries.balances,
    "lifecycle": repository_transactions.lifecycle,
    "sender_numbers": repository_transactions.sender_numbers,
    "decisions": repository_transactions.decisions,
    "refunds": repository_transactions.refunds,
    "seals": repository_chain.seals,
    "covered": repository_entries.covered,
    "totals": repository_entries.totals,
}

CONNECTIONS = 2
"""Checks that run at once. Each works in one process of the server, and up to some 600 MB of memory there."""


class VerificationRepository:
    """Reads the whole ledger on connections of its own, made from a DSN of the application's role."""

    def __init__(self, dsn: str, *, connections: int = CONNECTIONS) -> None:
        self._dsn = dsn
        self._connections = connections

    async def run_checks(self) -> AsyncGenerator[Check, None]:
        """Every check's result, as soon as there is one. To be closed by whoever does not read to the end."""
        waiting = deque(CHECKS)
        done: asyncio.Queue[Check | None] = asyncio.Queue()

        async def run(connection: asyncpg.Connection) -> None:
            await _prepare(connection)
            while waiting:
                done.put_nowait(await run_check(waiting.popleft(), connection))

        async with one_snapshot(self._dsn, self._connections, application_name="academe verify") as snapshot:
            runners = [asyncio.ensure_future(run(connection)) for connection in snapshot]
            for runner in runners:
                runner.add_done_callback(lambda _: done.put_nowait(None))
            try:
                running = len(runners)
                while running:
                    check = await done.get()
                    if check is not None:
                        yield check
                        continue
                    running -= 1
                    for runner in runners:
                        if runner.done():
                            runner.result()  # raises what ended it
            finally:
                for runner in runners:
                    runner.cancel()
                await asyncio.gather(*runners, return_exceptions=True)


async def _prepare(connection: asyncpg.Connection) -> None:
    """What suits statements that read everything once: memory to hash and sort in, and no ways by index."""
    await connection.execute("set local work_mem = '256MB'")
    await connection.execute("set local enable_indexscan = off")
    await connection.execute("set local enable_nestloop = off")


async def run_check(name: str, connection: asyncpg.Connection) -> Check:
    """One check by its name; sees what the connection's transaction sees."""
    try:
        async with connection.transaction():  # a savepoint
            row = await CHECKS[name](connection)
    except asyncpg.NumericValueOutOfRangeError:
        # No sum of what the posting writes is that large; a number that somebody made up may be.
        return Check(name, 0, 1, ("There are numbers so large that they cannot be added up.",))
    head_hash = (row["head_hash"] or "") if name == "seals" else ""
    return Check(name, row["examined"], row["fault_count"], tuple(row["faults"]), head_hash)
