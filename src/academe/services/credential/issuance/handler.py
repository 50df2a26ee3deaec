"""The calls that issue credentials."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.credential.v1 import credential_pb2, issue_job_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.rpc.call import current_caller
from academe.services.credential.convert import (
    credential_message,
    evidence_of,
    failure_message,
    issue_job_message,
    replay_of,
    results_of,
)
from academe.services.credential.issuance.jobs import IssueJobs
from academe.services.credential.issuance.service import IssuanceService
from academe.services.credential.model import CredentialType


class IssuanceHandler:
    """message -> service -> message."""

    _issuance: IssuanceService
    _jobs: IssueJobs
    _base_uri: str

    async def IssueCredential(
        self, request: pb.IssueCredentialRequest, context: Any
    ) -> credential_pb2.Credential:
        credential = await self._issuance.issue_credential(
            current_caller(),
            UUID(request.enrollment_id),
            CredentialType(request.type),
            results=results_of(request.results),
            evidence=evidence_of(request.evidence),
            replaces_revoked=request.replace_revoked,
            replay=replay_of(request),
        )
        return credential_message(credential, self._base_uri)

    async def BulkIssueCredentials(
        self, request: issue_job_pb2.BulkIssueCredentialsRequest, context: Any
    ) -> issue_job_pb2.IssueJob:
        job = await self._jobs.bulk_issue_credentials(
            current_caller(),
            UUID(request.course_id),
            CredentialType(request.type),
            [UUID(one) for one in request.enrollment_ids],
            replay=replay_of(request),
        )
        return issue_job_message(job)

    async def GetIssueJob(
        self, request: issue_job_pb2.GetIssueJobRequest, context: Any
    ) -> issue_job_pb2.IssueJob:
        job = await self._jobs.get_issue_job(current_caller(), UUID(request.issue_job_id))
        return issue_job_message(job)

    async def CancelIssueJob(
        self, request: issue_job_pb2.CancelIssueJobRequest, context: Any
    ) -> issue_job_pb2.IssueJob:
        job = await self._jobs.cancel_issue_job(current_caller(), UUID(request.issue_job_id))
        return issue_job_message(job)

    async def ListIssueFailures(
        self, request: issue_job_pb2.ListIssueFailuresRequest, context: Any
    ) -> issue_job_pb2.ListIssueFailuresResponse:
        page = await self._jobs.list_issue_failures(
            current_caller(),
            UUID(request.issue_job_id),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        return issue_job_pb2.ListIssueFailuresResponse(
            failures=[failure_message(one) for one in page.rows], next_page_token=page.next_page_token
        )
