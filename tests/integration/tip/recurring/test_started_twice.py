"""The job started twice, started at once, killed in the middle: each period is charged once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from academe.db.pool import Pool
from tests.integration.tip.recurring.promises import Killed, Promises, killed
from tests.support.ledger import faults, fill_wallets
from tests.support.pools import patient_pool

CONTRIBUTIONS = 500
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
async def other_pool(database: str) -> AsyncIterator[Pool]:
    """As a second process on the same database would have it."""
    opened = await patient_pool(database, size=4)
    yield opened
    await opened.close()


async def many(promises: Promises, count: int) -> None:
    """So many promises, due now."""
    await asyncio.gather(*(promises.promise(funds=0) for _ in range(count)))
    rows = await promises.pool.fetch("select sender_id from tip.recurring_tip where state = 1")
    await fill_wallets(promises.pool, [row["sender_id"] for row in rows], 100_000)


async def charges(promises: Promises) -> list[int]:
    """The number of tips of each active promise, by period; and of tips that no period knows."""
    rows = await promises.pool.fetch(
        """
        select count(t.tip_id) as tips, count(p.tip_id) as known
        from tip.recurring_tip as r
        left join tip.tip as t on t.sender_id = r.sender_id
        left join tip.recurring_period as p on p.tip_id = t.tip_id
        where r.state = 1
        group by r.recurring_tip_id
        """
    )
    assert all(row["tips"] == row["known"] for row in rows)
    return [row["tips"] for row in rows]


async def test_a_job_started_twice_within_seconds(promises: Promises, other_pool: Pool) -> None:
    """Five hundred contributions, four runs at once in two processes: five hundred charges."""
    await many(promises, CONTRIBUTIONS)
    second = Promises(other_pool)
    second.people.accounts = promises.people.accounts
    await asyncio.gather(promises.job().run(), promises.job().run(), second.job().run(), second.job().run())

    assert await charges(promises) == [1] * CONTRIBUTIONS
    assert promises.log.errors() == second.log.errors() == []
    assert await faults(promises.pool) == []


async def test_killed_and_started_again_while_another_runs(promises: Promises, database: str) -> None:
    """kill -9 in the middle of five hundred charges, beside a second run, and again afterwards."""
    await many(promises, CONTRIBUTIONS)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.tip.recurring.charging_process"),
        *(database, str(promises.educator)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    for _ in range(60):
        assert await process.stdout.readline() == b"sent\n"
    beside = asyncio.create_task(promises.job().run())
    process.kill()
    await process.wait()
    await beside
    left_open = await promises.pool.fetchval("select count(*) from tip.recurring_period where state = 1")
    promises.clock.forward(minutes=6)
    waits = await promises.job().run()

    assert left_open > 0
    assert waits is None
    assert await charges(promises) == [1] * CONTRIBUTIONS
    assert await faults(promises.pool) == []


@pytest.mark.parametrize("after_sending", [False, True], ids=["before the tip", "after the tip"])
@pytest.mark.parametrize("at_call", [1, 3])
async def test_killed_between_the_period_and_its_tip(
    promises: Promises, after_sending: bool, at_call: int
) -> None:
    """The row of the period says that it is being charged, and nobody else touches it for a while."""
    made = [await promises.promise() for _ in range(5)]
    with suppress(Killed):
        await promises.job(killed(promises.tips.send_for, after_sending=after_sending, at_call=at_call)).run()
    waits = await promises.job().run()
    charged_early = [await promises.charged_days(one) for one in made]
    promises.clock.forward(minutes=6)
    settled = await promises.job().run()

    assert (waits is not None, settled) == (True, None)
    assert charged_early == [[]] * 5
    assert [await promises.charged_days(one) for one in made] == [[made[0].start_date]] * 5
    assert [await promises.tip_count(one) for one in made] == [1] * 5


async def test_taken_over_by_two_at_once(promises: Promises, other_pool: Pool) -> None:
    """Two processes find the work of a dead one at the same moment."""
    await many(promises, 50)
    second = Promises(other_pool)
    second.people.accounts = promises.people.accounts
    with suppress(Killed):
        await promises.job(killed(promises.tips.send_for, after_sending=True, at_call=25)).run()
    for one in (promises, second):
        one.clock.forward(minutes=6)
    await asyncio.gather(promises.job().run(), second.job().run())

    assert await charges(promises) == [1] * 50
