"""The calls about issuers and their keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.credential.v1 import issuer_pb2 as pb
from academe.etags import version_of
from academe.rpc.convert import optional_id
from academe.services.credential.keys.convert import (
    document_message,
    fields_of,
    issuer_message,
    key_message,
)
from academe.services.credential.keys.model import KeyUse
from academe.services.credential.keys.service import IssuerService


class KeysHandler:
    """message -> service -> message."""

    _issuers: IssuerService

    async def CreateIssuer(self, request: pb.CreateIssuerRequest, context: Any) -> pb.Issuer:
        return issuer_message(
            await self._issuers.create_issuer(request.slug, request.domain, fields_of(request))
        )

    async def UpdateIssuer(self, request: pb.UpdateIssuerRequest, context: Any) -> pb.Issuer:
        issuer = await self._issuers.update_issuer(
            UUID(request.issuer_id), fields_of(request), expected_version=version_of(request.etag)
        )
        return issuer_message(issuer)

    async def GetIssuer(self, request: pb.GetIssuerRequest, context: Any) -> pb.Issuer:
        return issuer_message(await self._issuers.get_issuer(optional_id(request.issuer_id)))

    async def ListIssuers(self, request: pb.ListIssuersRequest, context: Any) -> pb.ListIssuersResponse:
        page = await self._issuers.list_issuers(page_size=request.page_size, page_token=request.page_token)
        return pb.ListIssuersResponse(
            issuers=map(issuer_message, page.rows), next_page_token=page.next_page_token
        )

    async def ListIssuerKeys(
        self, request: pb.ListIssuerKeysRequest, context: Any
    ) -> pb.ListIssuerKeysResponse:
        issuer, keys = await self._issuers.list_keys(UUID(request.issuer_id))
        return pb.ListIssuerKeysResponse(keys=[key_message(issuer, key) for key in keys])

    async def RotateIssuerKey(self, request: pb.RotateIssuerKeyRequest, context: Any) -> pb.IssuerKey:
        return key_message(
            *await self._issuers.rotate_key(UUID(request.issuer_id), KeyUse(request.use), request.number)
        )

    async def MarkIssuerKeyCompromised(
        self, request: pb.MarkIssuerKeyCompromisedRequest, context: Any
    ) -> pb.IssuerKey:
        return key_message(*await self._issuers.compromise_key(UUID(request.issuer_id), request.number))

    async def GetIssuerDocument(
        self, request: pb.GetIssuerDocumentRequest, context: Any
    ) -> pb.IssuerDocument:
        return document_message(await self._issuers.get_document(UUID(request.issuer_id)))
