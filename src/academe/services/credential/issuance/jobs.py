"""Issuing to many: begun by a call, carried on in the background by whichever server has time.

Jobs take turns, so that a large one does not keep small ones waiting. In its turn a job belongs to one
server, for as long as its lease; who dies loses it, and another goes on. That is only to save work: were two
to work on the same items, each credential would still be issued once and each item counted once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.db.errors import db_error
from academe.errors import AcademeError, Internal
from academe.ids import new_id
from academe.pagination import Page, page_of, page_request
from academe.services.credential.errors import IssueJobNotFound
from academe.services.credential.issuance.model import Dealt, IssueJob, IssueJobState, Outcome
from academe.services.credential.issuance.repository_jobs import IssueJobRepository
from academe.services.credential.issuance.service import IssuanceService
from academe.services.credential.model import Credential, CredentialType, Replay
from academe.services.credential.ports import CourseNotFound, Courses, Enrollments
from academe.services.credential.rights import taught_course

CHUNK = 50
"""Credentials in one transaction: a third of a second of signing, a few milliseconds in the database."""

AT_ONCE = 2
"""Chunks under way: while one is stored the next is being signed."""

LEASE = timedelta(seconds=15)
"""Many times what a chunk takes, and no longer than people wait without wondering."""

LOOK_SECONDS = 2.0
"""How often is looked for jobs that nobody works on; a job begun here is begun at once."""

PAGE = 5_000
"""Enrollments read at a time when a job is for all who completed the course."""


class IssueJobs:
    """Begins jobs, tells of them, and carries them out; give `run` to Background."""

    def __init__(
        self,
        repository: IssueJobRepository,
        issuance: IssuanceService,
        enrollments: Enrollments,
        courses: Courses,
        *,
        log: Any,
        clock: Callable[[], datetime] = utcnow,
        lease: timedelta = LEASE,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._repository = repository
        self._issuance = issuance
        self._enrollments = enrollments
        self._courses = courses
        self._log = log
        self._clock = clock
        self._lease = lease
        self._look_seconds = look_seconds
        self._begun = asyncio.Event()

    async def bulk_issue_credentials(
        self,
        caller: Caller,
        course_id: UUID,
        kind: CredentialType,
        enrollment_ids: Sequence[UUID],
        *,
        replay: Replay | None,
    ) -> IssueJob:
        """Begins to issue credentials of a type for these enrollments, or for every completed one of the
        course. Raises CourseNotFound for a course that the caller does not teach, and RequestIdReused."""
        await taught_course(self._courses, caller, course_id)
        ids = list(dict.fromkeys(enrollment_ids)) or await self._completed(course_id)
        now = self._clock()
        state = IssueJobState.RUNNING if ids else IssueJobState.DONE
        job = IssueJob(
            issue_job_id=new_id(),
            course_id=course_id,
            type=kind,
            state=state,
            awarder_id=caller.user_id,
            total_count=len(ids),
            issued_count=0,
            existing_count=0,
            failed_count=0,
            create_time=now,
            finish_time=None if ids else now,
        )
        job = await self._repository.add_job(job, ids, replay)
        self._begun.set()
        return job

    async def get_issue_job(self, caller: Caller, issue_job_id: UUID) -> IssueJob:
        """How far a job is. Raises IssueJobNotFound, also for one of a course that others teach."""
        job = await self._repository.get_job(issue_job_id)
        if job is None:
            raise IssueJobNotFound(issue_job_id=issue_job_id)
        try:
            await taught_course(self._courses, caller, job.course_id)
        except CourseNotFound:
            raise IssueJobNotFound(issue_job_id=issue_job_id) from None
        return job

    async def cancel_issue_job(self, caller: Caller, issue_job_id: UUID) -> IssueJob:
        """Stops a job after the chunk under way. Raises IssueJobNotFound."""
        await self.get_issue_job(caller, issue_job_id)
        await self._repository.finish_job(issue_job_id, IssueJobState.CANCELED, self._clock())
        return await self.get_issue_job(caller, issue_job_id)

    async def list_issue_failures(
        self, caller: Caller, issue_job_id: UUID, *, page_size: int, page_token: str
    ) -> Page[Dealt]:
        """Enrollments that a job could not serve, by id. Raises IssueJobNotFound and PageTokenInvalid."""
        await self.get_issue_job(caller, issue_job_id)
        request = page_request(
            page_size, page_token, arguments=("issue failures", str(issue_job_id)), key=(UUID,)
        )
        (after,) = request.after or (None,)
        rows = await self._repository.list_failures(issue_job_id, after, request.limit)
        return page_of(rows, request, lambda one: (one.enrollment_id,))

    async def run(self) -> None:
        """Works on jobs until it is cancelled. One that meets a fault is left alone until its lease ends."""
        while True:
            self._begun.clear()
            try:
                while await self.run_turn():
                    pass
            except Exception as fault:
                self._log.error("issuing to many failed and is tried again", exc_info=fault)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_seconds):
                    await self._begun.wait()

    async def run_turn(self) -> bool:
        """Works for one turn on the job that has waited longest; False when no job waits for anybody."""
        job = await self._repository.take_job(self._clock(), self._lease)
        if job is None:
            return False
        ids = await self._repository.next_items(job.issue_job_id, CHUNK * AT_ONCE)
        if not ids:
            await self._repository.finish_job(job.issue_job_id, IssueJobState.DONE, self._clock())
            return True
        chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
        # One that fails takes no other along: what is issued and noted needs not be done again.
        outcomes = await asyncio.gather(
            *(self._issue(job, chunk) for chunk in chunks), return_exceptions=True
        )
        for fault in outcomes:
            if fault is not None:
                raise fault
        await self._repository.release_job(job.issue_job_id, self._clock())
        return True

    async def _issue(self, job: IssueJob, enrollment_ids: Sequence[UUID]) -> None:
        """Of a chunk that meets a fault one half is issued without the other, so that nobody goes without for
        what is wrong with somebody else, and the job ends. Raises what passes by itself."""
        course_id, kind, awarder_id = job.course_id, job.type, job.awarder_id
        try:
            outcomes = await self._issuance.issue_many(course_id, enrollment_ids, kind, awarder_id)
        except Exception as fault:
            if db_error(fault) is not None:
                raise
            if len(enrollment_ids) > 1:
                half = len(enrollment_ids) // 2
                await self._issue(job, enrollment_ids[:half])
                await self._issue(job, enrollment_ids[half:])
                return
            self._log.error("a credential could not be issued", exc_info=fault)
            outcomes = {enrollment_ids[0]: fault if isinstance(fault, AcademeError) else Internal()}
        dealt = [_dealt(enrollment_id, outcome) for enrollment_id, outcome in outcomes.items()]
        await self._repository.settle(job.issue_job_id, dealt)

    async def _completed(self, course_id: UUID) -> list[UUID]:
        found: list[UUID] = []
        while True:
            last = found[-1] if found else None
            page = await self._enrollments.list_completed_enrollments(course_id, last, PAGE)
            found += page
            if len(page) < PAGE:
                return found


def _dealt(enrollment_id: UUID, outcome: tuple[Credential, bool] | AcademeError) -> Dealt:
    if isinstance(outcome, AcademeError):
        return Dealt(enrollment_id, Outcome.FAILED, outcome.reason, outcome.message)
    return Dealt(enrollment_id, Outcome.ISSUED if outcome[1] else Outcome.EXISTING)
