"""A process that consumes, as a program that tests may kill.

    python tests/integration/db/outbox/consumer_process.py DSN SECONDS

Writes every event that it is given into trial.seen, and ends each call that many seconds later, so that it
can be caught in the middle of a batch.
"""

import asyncio
import os
import sys
from collections.abc import Sequence

from academe.db.outbox import Event, OutboxConsumer
from academe.db.pool import create_pool
from tests.support.outbox import TOPIC
from tests.support.postgres import quiet_log


async def main(dsn: str, seconds: float) -> None:
    pool = await create_pool(dsn, size=3)

    async def handle(events: Sequence[Event]) -> None:
        await pool.execute(
            """
            insert into trial.seen (pid, aggregate_id, payload)
            select $1, aggregate_id, payload
            from unnest($2::uuid[], $3::bigint[]) as given (aggregate_id, payload)
            """,
            os.getpid(),
            [event.aggregate_id for event in events],
            [event.payload for event in events],
        )
        await asyncio.sleep(seconds)

    await OutboxConsumer(pool, "gardener", [TOPIC], handle, quiet_log(), poll_seconds=0.02).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
