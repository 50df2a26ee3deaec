"""The calls that say what became of a credential."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.credential.v1 import credential_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.etags import version_of
from academe.rpc.call import current_caller
from academe.services.credential.convert import credential_message
from academe.services.credential.statuses.service import StatusService


class StatusHandler:
    """message -> service -> message."""

    _statuses: StatusService
    _base_uri: str

    async def RevokeCredential(
        self, request: pb.RevokeCredentialRequest, context: Any
    ) -> credential_pb2.Credential:
        credential = await self._statuses.revoke_credential(
            current_caller(),
            UUID(request.credential_id),
            request.reason,
            expected_version=version_of(request.etag),
        )
        return credential_message(credential, self._base_uri)

    async def SuspendCredential(
        self, request: pb.SuspendCredentialRequest, context: Any
    ) -> credential_pb2.Credential:
        credential = await self._statuses.suspend_credential(
            current_caller(),
            UUID(request.credential_id),
            request.reason,
            expected_version=version_of(request.etag),
        )
        return credential_message(credential, self._base_uri)

    async def ReinstateCredential(
        self, request: pb.ReinstateCredentialRequest, context: Any
    ) -> credential_pb2.Credential:
        credential = await self._statuses.reinstate_credential(
            current_caller(),
            UUID(request.credential_id),
            expected_version=version_of(request.etag),
        )
        return credential_message(credential, self._base_uri)
