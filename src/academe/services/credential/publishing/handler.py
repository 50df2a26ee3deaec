"""The calls that hand out files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.api.credential.v1 import template_pb2
from academe.rpc.call import current_caller
from academe.rpc.convert import optional_id
from academe.services.credential.publishing.files import FileService
from academe.services.credential.publishing.formats import File, FileFormat
from academe.services.credential.templates.convert import template_of


class FilesHandler:
    """message -> service -> message."""

    _files: FileService

    async def DownloadCredential(
        self, request: pb.DownloadCredentialRequest, context: Any
    ) -> pb.CredentialFile:
        file = await self._files.download_credential(
            current_caller(), UUID(request.credential_id), FileFormat(request.format)
        )
        return _file_message(file)

    async def DownloadTranscript(
        self, request: pb.DownloadTranscriptRequest, context: Any
    ) -> pb.CredentialFile:
        file = await self._files.download_transcript(current_caller(), optional_id(request.learner_id))
        return _file_message(file)

    async def PreviewCredential(
        self, request: template_pb2.PreviewCredentialRequest, context: Any
    ) -> pb.CredentialFile:
        file = await self._files.preview_credential(
            current_caller(), template_of(request.template), FileFormat(request.format)
        )
        return _file_message(file)


def _file_message(file: File) -> pb.CredentialFile:
    return pb.CredentialFile(content=file.content, content_type=file.content_type, file_name=file.name)
