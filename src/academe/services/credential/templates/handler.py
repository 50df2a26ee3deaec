"""The calls about templates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.credential.v1 import template_pb2 as pb
from academe.etags import version_of
from academe.rpc.call import current_caller
from academe.services.credential.model import CredentialType
from academe.services.credential.templates.convert import template_message, template_of
from academe.services.credential.templates.service import Templates


class TemplatesHandler:
    """message -> service -> message."""

    _templates: Templates

    async def SetCredentialTemplate(
        self, request: pb.SetCredentialTemplateRequest, context: Any
    ) -> pb.CredentialTemplate:
        template = await self._templates.set_template(
            current_caller(),
            template_of(request.template),
            expected_version=version_of(request.template.etag),
        )
        return template_message(template)

    async def GetCredentialTemplate(
        self, request: pb.GetCredentialTemplateRequest, context: Any
    ) -> pb.CredentialTemplate:
        template = await self._templates.get_template(
            current_caller(), UUID(request.course_id), CredentialType(request.type)
        )
        return template_message(template)

    async def ListCredentialTemplates(
        self, request: pb.ListCredentialTemplatesRequest, context: Any
    ) -> pb.ListCredentialTemplatesResponse:
        templates = await self._templates.list_templates(current_caller(), UUID(request.course_id))
        return pb.ListCredentialTemplatesResponse(templates=map(template_message, templates))

    async def DeleteCredentialTemplate(
        self, request: pb.DeleteCredentialTemplateRequest, context: Any
    ) -> pb.DeleteCredentialTemplateResponse:
        await self._templates.delete_template(
            current_caller(), UUID(request.course_id), CredentialType(request.type)
        )
        return pb.DeleteCredentialTemplateResponse()
