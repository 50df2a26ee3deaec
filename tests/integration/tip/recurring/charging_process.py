"""A process that runs the job once, slowly enough to be killed in the middle; see test_started_twice."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from academe.caller import Role
from academe.services.tip.model import SentTip, TipDraft
from tests.integration.tip.recurring.promises import Promises
from tests.support.pools import patient_pool


async def main(dsn: str, educator_id: UUID) -> None:
    pool = await patient_pool(dsn, size=4)
    promises = Promises(pool)
    promises.people.accounts[educator_id] = promises.people.accounts[promises.people.add(Role.EDUCATOR)]

    async def send_slowly(sender_id: UUID, draft: TipDraft) -> SentTip:
        await asyncio.sleep(sender_id.int % 97 / 1_000)
        sent = await promises.tips.send_for(sender_id, draft)
        print("sent", flush=True)  # noqa: T201  # what the test waits for
        await asyncio.sleep(sender_id.int % 89 / 1_000)
        return sent

    await promises.job(send_slowly).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], UUID(sys.argv[2])))
