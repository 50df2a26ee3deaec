"""BulkIssueCredentials for every graduate, while somebody else uses the server for something light."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import grpc

from academe.api.credential.v1 import credential_service_pb2_grpc, issue_job_pb2
from academe.ids import new_id
from benchmarks.credentials.processes import Cpu
from benchmarks.credentials.school import BULK, School
from benchmarks.credentials.steady import Steady
from benchmarks.credentials.timing import Timed

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Bulk:
    """A job from its call to its end, by the server's clock."""

    credentials: int
    seconds: float
    cpu: Cpu
    meanwhile: list[Timed]
    """What the light caller saw."""
    alone: list[Timed]
    """The same before, with nothing else going on."""
    server_mb: float
    canonicaliser_mb: float

    @property
    def per_second(self) -> float:
        return self.credentials / self.seconds


async def issue_in_bulk(school: School, quiet_seconds: float) -> Bulk:
    """Raises RuntimeError unless every graduate got one credential, and each its own place and log entry."""
    async with Steady(school, "alone") as alone:
        await asyncio.sleep(quiet_seconds)
    logged = await _logged(school)
    async with grpc.aio.insecure_channel(school.server.target) as channel:
        stub: Any = credential_service_pb2_grpc.CredentialServiceStub(channel)  # type: ignore[no-untyped-call]
        async with Steady(school, "during the bulk") as meanwhile:
            before = school.processes.cpu()
            request = issue_job_pb2.BulkIssueCredentialsRequest(
                request_id=str(new_id()), course_id=school.course_id, type=BULK
            )
            job = await stub.BulkIssueCredentials(request, metadata=school.educator.metadata)
            job = await _finished(school, stub, job)
            cpu = school.processes.cpu() - before
    await asyncio.to_thread(_refuse_faults, school, job, logged)
    began, ended = job.create_time.ToNanoseconds(), job.finish_time.ToNanoseconds()
    return Bulk(
        credentials=job.issued_count,
        seconds=(ended - began) / 1e9,
        cpu=cpu,
        meanwhile=meanwhile.timings(),
        alone=alone.timings(),
        server_mb=school.server.memory_mb(),
        canonicaliser_mb=school.processes.canonicaliser_mb(),
    )


async def _finished(school: School, stub: Any, job: Any) -> Any:
    request = issue_job_pb2.GetIssueJobRequest(issue_job_id=job.issue_job_id)
    while job.state == issue_job_pb2.ISSUE_JOB_STATE_RUNNING:
        await asyncio.sleep(POLL_SECONDS)
        job = await stub.GetIssueJob(request, metadata=school.educator.metadata)
    return job


async def _logged(school: School) -> int:
    counted: int = await asyncio.to_thread(school.fetchval, "select count(*) from credential.log_leaf")
    return counted


def _refuse_faults(school: School, job: Any, logged: int) -> None:
    count = len(school.enrollment_ids)
    if job.issued_count != count:
        raise RuntimeError(
            f"of {count} credentials {job.issued_count} were issued, {job.failed_count} failed"
        )
    stored = school.fetchval(
        """
        select count(distinct (e.list_id, e.position))
        from credential.credential c
        join credential.document d using (learner_id, credential_id)
        join credential.status_entry e using (credential_id)
        where c.type = $1
        """,
        BULK,
    )
    leaves = school.fetchval("select count(*) from credential.log_leaf") - logged
    if (stored, leaves) != (count, count):
        raise RuntimeError(f"{count} issued, but {stored} stored with a place, and {leaves} logged")
