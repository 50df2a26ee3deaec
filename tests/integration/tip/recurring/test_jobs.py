"""Jobs are run, written down, and missed when they do not happen."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from academe.db.pool import Pool, create_pool
from academe.services.tip.jobs import Job, JobRunner
from academe.services.tip.repository_jobs import JobRepository
from tests.integration.tip.recurring.promises import BEGINNING, Clock, Log, Promises

OVERDUE = "a job is overdue: nothing says that what was due since then was done"


class Work:
    """A job whose next runs are given: what it returns, or raises; it returns None when that is used up."""

    def __init__(self, *outcomes: datetime | Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.runs = 0

    async def __call__(self) -> datetime | None:
        self.runs += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class Runner:
    """A runner of one job, with everything around it."""

    def __init__(self, pool: Pool, name: str, work: Work, clock: Clock | None = None) -> None:
        self.clock, self.log, self.work, self.name = clock or Clock(), Log(), work, name
        self.jobs = JobRunner(
            JobRepository(pool),
            [Job(name, 60, work)],
            log=self.log,
            clock=self.clock,
            sleep=self.sleep,
        )
        self.until = self.clock.now

    async def sleep(self, seconds: int) -> None:
        """Time goes by only while the job rests; the look-out sleeps along."""
        if seconds == 60:
            self.clock.forward(seconds=seconds)
            if self.clock.now >= self.until:
                await asyncio.Event().wait()
        await asyncio.sleep(0.001)

    async def run(self, span: timedelta) -> None:
        """As Background does, for a while."""
        self.until = self.clock.now + span
        task = asyncio.create_task(self.jobs.run())
        while self.clock.now < self.until:
            await asyncio.sleep(0.001)
            if task.done():
                task.result()
        await self.jobs.look()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_job_runs_at_its_pace(pool: Pool) -> None:
    """Once each interval, and the last success is written down."""
    runner = Runner(pool, "pace", Work())
    await runner.run(timedelta(minutes=10))
    known = (await JobRepository(pool).read_jobs(["pace"]))["pace"]

    assert runner.work.runs == 10
    assert known.last_success_time == known.watermark == BEGINNING + timedelta(minutes=9)
    assert known.last_failure_time is None
    assert runner.jobs.overdue() == {}
    assert runner.log.lines == []


async def test_a_job_that_fails_is_run_again(pool: Pool) -> None:
    """Two failures in a row are one line of the log; then it works again."""
    runner = Runner(pool, "fails", Work(ValueError("no"), ValueError("no")))
    await runner.run(timedelta(minutes=4))
    known = (await JobRepository(pool).read_jobs(["fails"]))["fails"]

    assert runner.work.runs == 4
    assert [(level, event) for level, event, _ in runner.log.lines] == [
        ("error", "a job failed and is run again"),
        ("info", "a job works again"),
    ]
    assert known.last_failure_time == BEGINNING + timedelta(minutes=1)
    assert known.last_success_time == BEGINNING + timedelta(minutes=3)


async def test_an_outage_is_an_alarm_right_at_the_start(pool: Pool) -> None:
    """After fourteen days away, before anything was run; once the job has run it is over."""
    await Runner(pool, "outage", Work()).run(timedelta(minutes=2))
    runner = Runner(pool, "outage", Work(), Clock(BEGINNING + timedelta(days=14)))
    await runner.jobs.look()
    before = runner.jobs.overdue()
    await runner.run(timedelta(minutes=1))

    assert before == {"outage": BEGINNING + timedelta(minutes=1)}
    assert [(level, event) for level, event, _ in runner.log.lines] == [
        ("error", OVERDUE),
        ("info", "a job has caught up"),
    ]
    late = runner.log.lines[0][2]
    assert late["late_seconds"] == 14 * 86_400 - 60
    assert runner.jobs.overdue() == {}


async def test_a_new_job_is_not_late(pool: Pool) -> None:
    """It has had nothing to do; if it never succeeds, that is seen after its patience is over."""
    runner = Runner(pool, "new", Work(*[ValueError("no")] * 100))
    await runner.run(timedelta(minutes=30))
    patient = runner.jobs.overdue()
    await runner.run(timedelta(minutes=2))

    assert patient == {}
    assert runner.jobs.overdue() == {"new": BEGINNING}
    assert OVERDUE in runner.log.errors("new")


async def test_a_lasting_alarm_is_not_one_line_a_minute(pool: Pool) -> None:
    """But one an hour, so that it is not forgotten either."""
    runner = Runner(pool, "lasting", Work(*[ValueError("no")] * 1_000))
    await runner.run(timedelta(minutes=30 + 150))

    assert runner.log.errors("lasting").count(OVERDUE) == 3


async def test_a_run_of_another_process_counts(pool: Pool) -> None:
    """What is late is the work, not the process."""
    idle, busy = Runner(pool, "shared", Work()), Runner(pool, "shared", Work())
    await idle.jobs.look()
    await busy.run(timedelta(hours=2))
    idle.clock.now = busy.clock.now
    alone = idle.jobs.overdue()
    await idle.jobs.look()

    assert alone == {"shared": BEGINNING}
    assert idle.jobs.overdue() == {}


async def test_a_job_that_hangs_is_overdue(pool: Pool) -> None:
    """It never fails and never ends; the look-out goes on beside it."""

    class Hanging(Work):
        async def __call__(self) -> datetime | None:
            await asyncio.Event().wait()
            return None

    runner = Runner(pool, "hangs", Hanging())
    task = asyncio.create_task(runner.jobs.run())
    await asyncio.sleep(0.05)
    runner.clock.forward(minutes=31)
    for _ in range(1_000):
        await asyncio.sleep(0.005)
        if runner.log.errors("hangs"):
            break
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert runner.log.errors("hangs") == [OVERDUE]


async def test_a_database_that_is_away_becomes_an_alarm(database: str) -> None:
    """What was known last grows old by itself."""
    pool = await create_pool(database, size=1)
    runner = Runner(pool, "away", Work())
    await runner.run(timedelta(minutes=1))
    await pool.close()
    runner.clock.forward(minutes=31)
    await runner.jobs.run_once("away")
    await runner.jobs.look()

    assert set(runner.jobs.overdue()) == {"away"}
    assert runner.log.errors("away") == ["a job failed and is run again", OVERDUE]


async def test_fourteen_quiet_days_behind_a_lost_lock(promises: Promises, database: str) -> None:
    """Somebody who is gone holds the rows: every run succeeds and charges nothing, and that is an alarm."""
    made = await promises.promise()
    gone = await create_pool(database, size=1)
    runner = JobRunner(
        JobRepository(promises.pool),
        [Job("recurring tips", 60, promises.job().run)],
        log=promises.log,
        clock=promises.clock,
    )
    async with gone.transaction() as connection:
        await connection.execute("select from tip.recurring_tip where state = 1 for update")
        await JobRepository(promises.pool).add_jobs(["recurring tips"], promises.clock())
        for _ in range(14):
            await runner.run_once("recurring tips")
            await runner.look()
            promises.clock.forward(days=1)
        quiet = await promises.tip_count(made)
        overdue = runner.overdue()
    await gone.close()
    await runner.run_once("recurring tips")
    await runner.look()

    assert quiet == 0
    assert overdue == {"recurring tips": BEGINNING}
    assert promises.log.errors("recurring tips") == [OVERDUE] * 13
    assert runner.overdue() == {}
    assert await promises.tip_count(made) == 3


def test_two_jobs_of_one_name() -> None:
    """They would write over each other's times."""
    with pytest.raises(ValueError, match="same name"):
        JobRunner(None, [Job("a", 1, Work()), Job("a", 2, Work())], log=Log())  # type: ignore[arg-type]
