"""CredentialService on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.api.credential.v1.credential_service_pb2_grpc import CredentialServiceServicer
from academe.etags import version_of
from academe.rpc.call import current_caller
from academe.rpc.convert import optional_id
from academe.services.credential.convert import credential_message, replay_of, verification_message
from academe.services.credential.model import CredentialType
from academe.services.credential.service import CredentialService


class CredentialHandler(CredentialServiceServicer):
    """message -> service -> message."""

    def __init__(self, service: CredentialService) -> None:
        self._service = service

    async def IssueCredential(self, request: pb.IssueCredentialRequest, context: Any) -> pb.Credential:
        credential = await self._service.issue_credential(
            current_caller(),
            UUID(request.enrollment_id),
            CredentialType(request.type),
            replay=replay_of(request),
        )
        return credential_message(credential)

    async def GetCredential(self, request: pb.GetCredentialRequest, context: Any) -> pb.Credential:
        credential_id = UUID(request.credential_id)
        return credential_message(await self._service.get_credential(current_caller(), credential_id))

    async def ListCredentials(
        self, request: pb.ListCredentialsRequest, context: Any
    ) -> pb.ListCredentialsResponse:
        page = await self._service.list_credentials(
            current_caller(),
            optional_id(request.course_id),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        return pb.ListCredentialsResponse(
            credentials=[credential_message(row) for row in page.rows], next_page_token=page.next_page_token
        )

    async def VerifyCredential(
        self, request: pb.VerifyCredentialRequest, context: Any
    ) -> pb.VerifyCredentialResponse:
        return verification_message(await self._service.verify_code(request.verification_code))

    async def RevokeCredential(self, request: pb.RevokeCredentialRequest, context: Any) -> pb.Credential:
        credential = await self._service.revoke_credential(
            current_caller(),
            UUID(request.credential_id),
            request.reason,
            expected_version=version_of(request.etag),
        )
        return credential_message(credential)
