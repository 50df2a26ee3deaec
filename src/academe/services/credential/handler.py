"""CredentialService on the wire: the calls of holders and readers, and those of every part of the slice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.credential.v1 import credential_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.api.credential.v1.credential_service_pb2_grpc import CredentialServiceServicer
from academe.etags import version_of
from academe.rpc.call import current_caller
from academe.rpc.convert import optional_id
from academe.services.credential.convert import credential_message
from academe.services.credential.issuance.handler import IssuanceHandler
from academe.services.credential.keys.handler import KeysHandler
from academe.services.credential.log.handler import LogHandler
from academe.services.credential.model import CredentialVisibility
from academe.services.credential.parts import CredentialParts
from academe.services.credential.publishing.handler import FilesHandler
from academe.services.credential.statuses.handler import StatusHandler
from academe.services.credential.templates.handler import TemplatesHandler
from academe.services.credential.validation.handler import ValidationHandler


class CredentialHandler(
    IssuanceHandler,
    StatusHandler,
    KeysHandler,
    TemplatesHandler,
    FilesHandler,
    ValidationHandler,
    LogHandler,
    CredentialServiceServicer,
):
    """message -> service -> message."""

    def __init__(self, parts: CredentialParts) -> None:
        self._credentials = parts.credentials
        self._issuance = parts.issuance
        self._jobs = parts.jobs
        self._statuses = parts.statuses
        self._issuers = parts.administration
        self._templates = parts.templates
        self._files = parts.files
        self._validation = parts.validation
        self._log = parts.log
        self._base_uri = parts.base_uri

    async def GetCredential(
        self, request: pb.GetCredentialRequest, context: Any
    ) -> credential_pb2.Credential:
        credential = await self._credentials.get_credential(current_caller(), UUID(request.credential_id))
        return credential_message(credential, self._base_uri)

    async def ListCredentials(
        self, request: pb.ListCredentialsRequest, context: Any
    ) -> pb.ListCredentialsResponse:
        page = await self._credentials.list_credentials(
            current_caller(),
            optional_id(request.course_id),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        return pb.ListCredentialsResponse(
            credentials=[credential_message(row, self._base_uri) for row in page.rows],
            next_page_token=page.next_page_token,
        )

    async def UpdateCredential(
        self, request: pb.UpdateCredentialRequest, context: Any
    ) -> credential_pb2.Credential:
        credential = await self._credentials.update_credential(
            current_caller(),
            UUID(request.credential_id),
            CredentialVisibility(request.visibility) if request.visibility else None,
            request.keeps_name if request.HasField("keeps_name") else None,
            expected_version=version_of(request.etag),
        )
        return credential_message(credential, self._base_uri)

    async def EraseHolder(self, request: pb.EraseHolderRequest, context: Any) -> pb.EraseHolderResponse:
        erased, kept = await self._credentials.erase_holder(current_caller(), optional_id(request.learner_id))
        return pb.EraseHolderResponse(erased_count=erased, kept_count=kept)
