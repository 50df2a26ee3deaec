"""Work that is due again and again: run, written down, and missed when it does not happen.

A job that fails is seen. One that quietly does nothing is not: it may never be started, hang, or find that
all of its work is locked by somebody who is gone. So each run says up to when everything due was dealt with.
This is kept beside the time of the last success (tip.job), and when either is too old the job is overdue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from academe.clock import utcnow
from academe.services.tip.repository_jobs import JobProgress, JobRepository

MISSED_RUNS = 30
"""Runs in a row that may be missed before it is an alarm: with one a minute, half an hour, which is longer
than an upgrade and shorter than anybody would like to wait for money."""

LOOK_SECONDS = 30
"""How often it is looked whether a job is overdue, also while none of them ever ends."""

ALARM_AGAIN = timedelta(hours=1)
"""How often an alarm that lasts is logged."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every `interval_seconds`, in each process; it must bear being done by several at once.

    `work` does all that is due, and returns since when the oldest thing waits that it had to leave, None when
    it left nothing.
    """

    name: str
    interval_seconds: int
    work: Callable[[], Awaitable[datetime | None]]

    @property
    def patience(self) -> timedelta:
        """How long it may stand still."""
        return timedelta(seconds=MISSED_RUNS * self.interval_seconds)


class JobRunner:
    """Runs jobs for as long as the server lives; give `run` to Background."""

    def __init__(
        self,
        repository: JobRepository,
        jobs: Sequence[Job],
        *,
        log: Any,
        clock: Callable[[], datetime] = utcnow,
        sleep: Callable[[int], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._repository = repository
        self._jobs = {job.name: job for job in jobs}
        if len(self._jobs) != len(jobs):
            raise ValueError("two jobs have the same name")
        self._log = log
        self._clock = clock
        self._sleep = sleep
        # Until the table is read: a server that cannot even do that is late from now on.
        now = clock()
        self._progress: dict[str, JobProgress] = {name: JobProgress(now, now) for name in self._jobs}
        self._failing: set[str] = set()
        self._alarms: dict[str, datetime] = {}

    @property
    def names(self) -> Collection[str]:
        return self._jobs.keys()

    async def run(self) -> None:
        """Runs every job at its own pace, and watches them. Ends only by being cancelled, or by a fault."""
        await self._repository.add_jobs(list(self._jobs), self._clock())
        await self.look()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._repeat(LOOK_SECONDS, self.look), name="jobs")
            for job in self._jobs.values():
                once = partial(self.run_once, job.name)
                group.create_task(self._repeat(job.interval_seconds, once), name=job.name)

    async def _repeat(self, seconds: int, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await work()
            await self._sleep(seconds)

    async def run_once(self, name: str) -> None:
        """One run of a job, written down. What it raises is logged, once for failures in a row."""
        try:
            waiting_since = await self._jobs[name].work()
            now = self._clock()
            watermark = now if waiting_since is None else min(waiting_since, now)
            await self._repository.record_success(name, watermark, now)
        except Exception as fault:
            if name not in self._failing:
                self._log.error("a job failed and is run again", job=name, exc_info=fault)
            self._failing.add(name)
            await self._record_failure(name)
        else:
            if name in self._failing:
                self._log.info("a job works again", job=name)
            self._failing.discard(name)
            self._progress[name] = JobProgress(watermark, now, self._progress[name].last_failure_time)

    async def _record_failure(self, name: str) -> None:
        try:
            await self._repository.record_failure(name, self._clock())
        except Exception as fault:
            # Most of all when the database is away, which is why the job failed and is logged already.
            self._log.debug("the failure of a job could not be written down", job=name, exc_info=fault)

    async def look(self) -> None:
        """Reads how far the jobs are, here and in other processes, and logs an error for what is overdue."""
        try:
            self._progress.update(await self._repository.read_jobs(list(self._jobs)))
        except Exception as fault:
            # What was known last grows old by itself, so an outage becomes an alarm too.
            self._log.debug("the table of jobs could not be read", exc_info=fault)
        now, overdue = self._clock(), self.overdue()
        for name, since in overdue.items():
            if name not in self._alarms or now - self._alarms[name] >= ALARM_AGAIN:
                self._alarms[name] = now
                self._log.error(
                    "a job is overdue: nothing says that what was due since then was done",
                    job=name,
                    since=since.isoformat(),
                    last_success_time=self._progress[name].last_success_time.isoformat(),
                    late_seconds=(now - since) // timedelta(seconds=1),
                )
        for name in self._alarms.keys() - overdue.keys():
            del self._alarms[name]
            self._log.info("a job has caught up", job=name)

    def overdue(self) -> Mapping[str, datetime]:
        """The jobs that stand still for longer than they may, with since when."""
        now = self._clock()
        since = {
            name: min(progress.watermark, progress.last_success_time)
            for name, progress in self._progress.items()
        }
        return {name: since[name] for name, job in self._jobs.items() if now - since[name] > job.patience}
