"""Bulk issues on several servers, and while servers, databases and processes come to grief."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from academe.db.pool import Pool
from academe.errors import WorkerUnavailable
from academe.services.credential.errors import IssuerNotFound
from academe.services.credential.issuance import jobs as jobs_module
from academe.services.credential.issuance.model import IssueJob, IssueJobState
from academe.services.credential.issuance.signing import Signer
from academe.services.credential.model import CredentialType
from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.workers import Workers
from tests.integration.credential.issuance import bulk_process
from tests.integration.credential.issuance.bulk import Bulk, counts
from tests.integration.credential.issuance.rows import halves
from tests.support.cut_pool import CutPool
from tests.support.graduates import Faculty, certify, opened

NO_LEASE = timedelta(0)


async def is_whole(pool: Pool, job: IssueJob, count: int, *, existing: int = 0) -> None:
    """Everybody has one credential, and was counted once; nobody failed. Of two servers that were at the same
    person one issued and the other found it there, and either may be who noted it."""
    state, total = job.state, counts(job)
    credentials = await pool.fetchrow(
        """
        select count(*) as all, count(distinct enrollment_id) as enrollments
        from credential.credential where course_id = $1
        """,
        job.course_id,
    )

    assert (state, total[0], total[3]) == (IssueJobState.DONE, count, 0)
    assert total[1] + total[2] == count
    assert tuple(credentials) == (count, count)
    assert await halves(pool) == 0


async def test_two_servers_at_one_job(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers
) -> None:
    """Without a lease both work on the same graduates all the time: one credential each, counted once."""
    graduates = [faculty.graduate().enrollment_id for _ in range(120)]
    async with opened(pool, faculty, workers=workers) as other:
        here = Bulk(parts, faculty, pool, lease=NO_LEASE)
        there = Bulk(other, faculty, pool, lease=NO_LEASE)
        job = await here.begin(graduates)
        async with here.running(), there.running(), there.running():
            job = await there.over(job)

    await is_whole(pool, job, 120)
    assert here.log.errors == there.log.errors == []


async def test_servers_share_the_jobs(
    parts: CredentialParts, faculty: Faculty, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a lease a job is at one server at a time, and what is done is done once."""
    monkeypatch.setattr(jobs_module, "CHUNK", 5)
    here, there = Bulk(parts, faculty, pool), Bulk(parts, faculty, pool)
    kinds = list(CredentialType)
    graduates = [faculty.graduate().enrollment_id for _ in range(40)]
    jobs = [await here.begin(graduates, kind) for kind in kinds]
    async with here.running(), there.running():
        jobs = [await here.over(job) for job in jobs]

    assert [counts(job) for job in jobs] == [(40, 40, 0, 0)] * 4
    assert await halves(pool) == 0


@pytest.fixture
async def server(database: str, tmp_path: Path) -> AsyncIterator[Any]:
    """Starts processes that work on jobs; what is left of them is killed in the end."""
    started: list[asyncio.subprocess.Process] = []

    async def start(faculty: Faculty) -> asyncio.subprocess.Process:
        file = tmp_path / "faculty.json"
        file.write_text(bulk_process.written(faculty))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, bulk_process.__file__, database, str(file)),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def stop_in_its_turn(process: asyncio.subprocess.Process, pool: Pool, job: IssueJob) -> None:
    """Stands the process still while it works on the job: between two turns the job is anybody's."""
    async with asyncio.timeout(60):
        while True:
            os.kill(process.pid, signal.SIGSTOP)
            await asyncio.sleep(0.05)  # what it had sent to the database is done
            if await pool.fetchval(
                "select lease_time > now() from credential.issue_job where issue_job_id = $1",
                job.issue_job_id,
            ):
                return
            os.kill(process.pid, signal.SIGCONT)
            await asyncio.sleep(0.01)


async def test_a_server_that_is_killed(
    parts: CredentialParts, faculty: Faculty, pool: Pool, server: Any
) -> None:
    """In the middle of a job, with kill -9: another takes the job over once the lease is over, not before;
    the process that canonicalised for the dead one is gone too."""
    graduates = [faculty.graduate().enrollment_id for _ in range(250)]
    here = Bulk(parts, faculty, pool, lease=timedelta(seconds=2))
    job = await here.begin(graduates)
    process = await server(faculty)
    await here.issued(job, 50)
    await stop_in_its_turn(process, pool, job)
    children = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    left = await here.get(job)
    assert left.state is IssueJobState.RUNNING, "it was through before it was killed"
    assert not await here.jobs.run_turn()  # its lease holds
    await pool.execute(
        "update credential.issue_job set lease_time = now() + interval '0.3 s' where issue_job_id = $1",
        job.issue_job_id,
    )
    job = await here.done(job)

    await is_whole(pool, job, 250)
    assert children
    assert psutil.wait_procs(children, timeout=10)[1] == []


class Flaky(Workers):
    """A process that is killed again and again: every other job ends without an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    async def signing_inputs(self, jobs: Sequence[Any]) -> list[Any]:
        self.calls += 1
        if self.calls % 2:
            raise WorkerUnavailable
        return await super().signing_inputs(jobs)


async def test_a_process_that_is_killed_all_the_time(
    faculty: Faculty, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's credential is refused for that: the job goes on, and the log says why it stood still."""
    monkeypatch.setattr(jobs_module, "CHUNK", 10)
    graduates = [faculty.graduate().enrollment_id for _ in range(40)]
    workers = Flaky()
    try:
        async with opened(pool, faculty, workers=workers) as parts:
            here = Bulk(parts, faculty, pool, lease=timedelta(seconds=0.05))
            job = await here.done(await here.begin(graduates))
    finally:
        await workers.close()

    await is_whole(pool, job, 40)
    assert here.log.errors
    assert "WorkerUnavailable" in repr(here.log.errors[0])


async def test_a_process_that_is_really_killed(faculty: Faculty, pool: Pool) -> None:
    """As by the kernel when memory is short."""
    graduates = [faculty.graduate().enrollment_id for _ in range(150)]
    workers = Workers()
    try:
        await workers.start()
        async with opened(pool, faculty, workers=workers) as parts:
            here = Bulk(parts, faculty, pool, lease=timedelta(seconds=0.2))
            begun = await here.begin(graduates)
            async with here.running():
                await here.issued(begun, 1)
                assert workers._process is not None
                assert workers._process.process_id is not None
                os.kill(workers._process.process_id, signal.SIGKILL)
                job = await here.over(begun)
    finally:
        await workers.close()

    await is_whole(pool, job, 150)


class Storms:
    """A pool of which every third transaction is cut in the middle, and every thirtieth statement fails."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._transactions = 0
        self._statements = 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._pool, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute"):
            return call

        async def perhaps(*arguments: Any) -> Any:
            self._statements += 1
            if self._statements % 30 == 0:
                raise ConnectionResetError("the database is away")
            return await call(*arguments)

        return perhaps

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        self._transactions += 1
        source: Any = self._pool
        if self._transactions % 3 == 0:
            source = CutPool(self._pool, self._transactions % 5 + 1)
        async with source.transaction() as connection:
            yield connection


async def test_a_database_that_comes_and_goes(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No outage makes anybody fail, or be counted twice."""
    monkeypatch.setattr(jobs_module, "CHUNK", 10)
    graduates = [faculty.graduate().enrollment_id for _ in range(100)]
    begun = await Bulk(parts, faculty, pool).begin(graduates)
    storms: Any = Storms(pool)
    async with opened(storms, faculty, workers=workers) as shaken:
        there = Bulk(shaken, faculty, storms, lease=timedelta(seconds=0.05))
        async with there.running():
            job = await Bulk(parts, faculty, pool).over(begun)

    await is_whole(pool, job, 100)
    assert len(there.log.errors) > 3


async def test_what_cannot_be_signed_for_long(
    parts: CredentialParts, faculty: Faculty, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turn after turn fails, and leaves no places behind in the status lists that nobody ever has."""
    await certify(parts, faculty)
    places = "select count(*) from credential.status_entry"
    before = await pool.fetchval(places)
    bulk = Bulk(parts, faculty, pool, lease=timedelta(0))
    begun = await bulk.begin([faculty.graduate().enrollment_id for _ in range(100)])

    async def down(*given: object) -> None:
        raise WorkerUnavailable(retry_after_seconds=1)

    monkeypatch.setattr(Signer, "sign", down)
    for _ in range(3):
        with pytest.raises(WorkerUnavailable):
            await bulk.jobs.run_turn()

    assert await pool.fetchval(places) == before
    monkeypatch.undo()
    assert counts(await bulk.done(begun)) == (100, 100, 0, 0)
    assert await pool.fetchval(places) == before + 100


async def test_a_job_that_meets_a_fault_keeps_no_other_waiting(
    parts: CredentialParts, faculty: Faculty, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is left alone for as long as its lease, and the next has its turn."""
    issue_many = parts.issuance.issue_many

    async def faulty(course_id: Any, ids: Any, kind: CredentialType, awarder_id: Any) -> Any:
        if kind is CredentialType.DEGREE:
            raise WorkerUnavailable(retry_after_seconds=1)
        return await issue_many(course_id, ids, kind, awarder_id)

    monkeypatch.setattr(parts.issuance, "issue_many", faulty)
    here = Bulk(parts, faculty, pool)
    graduates = [faculty.graduate().enrollment_id for _ in range(3)]
    poisoned = await here.begin(graduates, CredentialType.DEGREE)
    good = await here.done(await here.begin(graduates, CredentialType.BADGE))

    assert counts(good) == (3, 3, 0, 0)
    assert counts(await here.get(poisoned)) == (3, 0, 0, 0)
    assert len(here.log.errors) == 1


async def test_somebody_whom_no_credential_can_be_issued_for(
    parts: CredentialParts, faculty: Faculty, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with one is theirs alone: the others of the chunk get theirs, and the job ends."""
    graduates = [faculty.graduate().enrollment_id for _ in range(60)]
    wrong = {graduates[3]: RuntimeError("a fault of ours"), graduates[40]: IssuerNotFound()}
    issue_many = parts.issuance.issue_many

    async def faulty(course_id: Any, ids: Any, kind: CredentialType, awarder_id: Any) -> Any:
        for one in ids:
            if one in wrong:
                raise wrong[one]
        return await issue_many(course_id, ids, kind, awarder_id)

    monkeypatch.setattr(parts.issuance, "issue_many", faulty)
    here = Bulk(parts, faculty, pool)
    job = await here.done(await here.begin(graduates))
    page = await here.jobs.list_issue_failures(
        faculty.educator, job.issue_job_id, page_size=10, page_token=""
    )

    assert counts(job) == (60, 58, 0, 2)
    assert {one.enrollment_id: one.reason for one in page.rows} == {
        graduates[3]: "INTERNAL",
        graduates[40]: "ISSUER_NOT_FOUND",
    }
    assert len(here.log.errors) == 2
    assert await halves(pool) == 0
