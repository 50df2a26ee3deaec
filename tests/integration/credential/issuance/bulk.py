"""Bulk issues for tests: begun, carried out beside the test, looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from academe.db.pool import Pool
from academe.services.credential.issuance.jobs import IssueJobs
from academe.services.credential.issuance.model import IssueJob, IssueJobState
from academe.services.credential.issuance.repository_jobs import IssueJobRepository
from academe.services.credential.model import CredentialType, Replay
from academe.services.credential.parts import CredentialParts
from tests.support.graduates import Faculty


class Log:
    """What was logged, for who wants to know."""

    def __init__(self) -> None:
        self.errors: list[tuple[str, Any]] = []

    def error(self, event: str, *, exc_info: Any = None, **about: Any) -> None:
        self.errors.append((event, exc_info or about))

    def info(self, event: str, **about: Any) -> None:
        pass


class Bulk:
    """The jobs of one server; `run` lets it work on them."""

    def __init__(
        self,
        parts: CredentialParts,
        faculty: Faculty,
        pool: Pool,
        *,
        lease: timedelta = timedelta(seconds=15),
        look_seconds: float = 0.02,
    ) -> None:
        self.log = Log()
        self.faculty = faculty
        self.jobs = IssueJobs(
            IssueJobRepository(pool),
            parts.issuance,
            faculty,
            faculty,
            log=self.log,
            lease=lease,
            look_seconds=look_seconds,
        )

    async def begin(
        self,
        enrollment_ids: Sequence[UUID] = (),
        kind: CredentialType = CredentialType.CERTIFICATE,
        replay: Replay | None = None,
    ) -> IssueJob:
        return await self.jobs.bulk_issue_credentials(
            self.faculty.educator, self.faculty.course.course_id, kind, enrollment_ids, replay=replay
        )

    async def get(self, job: IssueJob) -> IssueJob:
        return await self.jobs.get_issue_job(self.faculty.educator, job.issue_job_id)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.jobs.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def over(self, job: IssueJob) -> IssueJob:
        """The job once it runs no more."""
        async with asyncio.timeout(60):
            while (now := await self.get(job)).state is IssueJobState.RUNNING:  # noqa: ASYNC110 - of others too
                await asyncio.sleep(0.02)
        return now

    async def issued(self, job: IssueJob, count: int) -> IssueJob:
        """The job once it has issued so many, or more."""
        async with asyncio.timeout(60):
            while (now := await self.get(job)).issued_count < count:  # noqa: ASYNC110 - of others too
                await asyncio.sleep(0.005)
        return now

    async def done(self, job: IssueJob) -> IssueJob:
        async with self.running():
            return await self.over(job)


def counts(job: IssueJob) -> tuple[int, int, int, int]:
    """All, and of these issued, existing and failed."""
    return job.total_count, job.issued_count, job.existing_count, job.failed_count
