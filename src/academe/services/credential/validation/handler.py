"""VerifyCredential on the wire."""

from __future__ import annotations

from typing import Any

from academe.api.credential.v1 import verification_pb2 as pb
from academe.services.credential.validation.convert import verification_message
from academe.services.credential.validation.service import ValidationService


class ValidationHandler:
    """message -> service -> message."""

    _validation: ValidationService

    async def VerifyCredential(
        self, request: pb.VerifyCredentialRequest, context: Any
    ) -> pb.VerifyCredentialResponse:
        expected = {
            kind: value
            for kind, value in (("name", request.expected_name), ("emailAddress", request.expected_email))
            if value
        }
        match request.WhichOneof("subject"):
            case "verification_code":
                found = await self._validation.verify_code(request.verification_code, expected)
            case "uri":
                found = await self._validation.verify_uri(request.uri, expected)
            case _:
                found = await self._validation.verify_document(request.document, expected)
        return verification_message(found)
