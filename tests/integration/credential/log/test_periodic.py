"""Checkpoints come by themselves, so that what is in the log is soon signed."""

from __future__ import annotations

import asyncio

from academe.db.pool import Pool
from academe.services.credential.log.periodic import PeriodicCheckpoints
from academe.services.credential.parts import CredentialParts
from tests.support.graduates import Faculty, certify


async def signed_sizes(pool: Pool) -> list[int]:
    rows = await pool.fetch("select tree_size from credential.log_checkpoint order by tree_size")
    return [row["tree_size"] for row in rows]


async def until_signed(pool: Pool, size: int) -> None:
    async with asyncio.timeout(20):
        while size not in await signed_sizes(pool):  # noqa: ASYNC110  # another's rows, not an event
            await asyncio.sleep(0.02)


async def test_what_is_new_is_signed_within_the_period(
    pool: Pool, parts: CredentialParts, faculty: Faculty
) -> None:
    """Nothing while the log is empty, and nothing again while it does not grow."""
    running = asyncio.create_task(PeriodicCheckpoints(parts.log, every_seconds=0.01).run())
    await asyncio.sleep(0.3)
    before = await signed_sizes(pool)
    await certify(parts, faculty)
    await until_signed(pool, 1)
    await asyncio.sleep(0.3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert before == []
    assert await signed_sizes(pool) == [1]
