"""Templates between messages and values."""

from __future__ import annotations

from uuid import UUID

from academe.api.credential.v1 import credential_pb2
from academe.api.credential.v1 import template_pb2 as pb
from academe.etags import etag
from academe.rpc.convert import EPOCH, optional_id, timestamp
from academe.services.credential.issuance.draft import Alignment
from academe.services.credential.model import CredentialType
from academe.services.credential.templates.model import Signatory, Template


def template_of(message: pb.CredentialTemplate) -> Template:
    """A template as it shall be: not stored yet, so without a time and a version."""
    return Template(
        course_id=UUID(message.course_id),
        type=CredentialType(message.type),
        issuer_id=optional_id(message.issuer_id),
        title=message.title,
        description=message.description,
        criteria=message.criteria,
        criteria_uri=message.criteria_uri,
        alignments=tuple(
            Alignment(one.name, one.uri, one.code, one.framework, one.description)
            for one in message.alignments
        ),
        tags=tuple(message.tags),
        language_code=message.language_code,
        validity_days=message.validity_days,
        signatories=tuple(Signatory(one.name, one.role, one.image) for one in message.signatories),
        issued_on_completion=message.issued_on_completion,
        achievement_type=message.achievement_type,
        update_time=EPOCH,
        version=0,
    )


def template_message(template: Template) -> pb.CredentialTemplate:
    return pb.CredentialTemplate(
        course_id=str(template.course_id),
        type=credential_pb2.CredentialType.Name(template.type),
        issuer_id=str(template.issuer_id) if template.issuer_id is not None else "",
        title=template.title,
        description=template.description,
        criteria=template.criteria,
        criteria_uri=template.criteria_uri,
        alignments=[
            pb.CredentialAlignment(
                name=one.name,
                uri=one.uri,
                code=one.code,
                framework=one.framework,
                description=one.description,
            )
            for one in template.alignments
        ],
        tags=template.tags,
        language_code=template.language_code,
        validity_days=template.validity_days,
        signatories=[
            pb.CredentialSignatory(name=one.name, role=one.role, image=one.image)
            for one in template.signatories
        ],
        issued_on_completion=template.issued_on_completion,
        achievement_type=template.achievement_type,
        update_time=timestamp(template.update_time),
        etag=etag(template.version),
    )
