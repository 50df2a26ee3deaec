"""What a template may say: only what can be shown and, above all, signed.

A credential is composed of it for an invented learner and shown to the guard, so that a fault is the author's
to correct and not found at graduation.
"""

from __future__ import annotations

import asyncio
import unicodedata
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from academe.errors import FieldViolation, InvalidArgument
from academe.services.credential.errors import CredentialUnsignable
from academe.services.credential.images import check_image
from academe.services.credential.issuance.compose import check_ids, compose
from academe.services.credential.issuance.draft import (
    ACHIEVEMENT_TYPES,
    Achievement,
    Draft,
    Identity,
    IssuerProfile,
    StatusPlace,
    achievement_uri,
)
from academe.services.credential.issuance.fields import template_field
from academe.services.credential.standards import guard
from academe.services.credential.standards.errors import Refused
from academe.services.credential.templates.model import KNOWN_ACHIEVEMENT_TYPES, Template
from academe.services.credential.web_address import check_web_address


async def check_template(template: Template, issuer: IssuerProfile, base_uri: str) -> None:
    """Raises InvalidArgument, ImageRefused and CredentialUnsignable, each naming the field. `base_uri` is the
    school's address, where what is issued has its own."""
    if template.achievement_type and template.achievement_type not in KNOWN_ACHIEVEMENT_TYPES:
        raise InvalidArgument.field(
            "template.achievement_type",
            f"must be empty or one of {', '.join(sorted(KNOWN_ACHIEVEMENT_TYPES))}",
        )
    for name in ("title", "description", "criteria"):
        _check_words(f"template.{name}", getattr(template, name))
    check_web_address("template.criteria_uri", template.criteria_uri)
    for index, alignment in enumerate(template.alignments):
        check_web_address(f"template.alignments[{index}].uri", alignment.uri)
    for index, signatory in enumerate(template.signatories):
        field = f"template.signatories[{index}]"
        _check_line(f"{field}.name", signatory.name)
        _check_line(f"{field}.role", signatory.role)
        _check_words(f"{field}.name", signatory.name)
        await asyncio.to_thread(check_image, f"{field}.image", signatory.image)
    try:
        await asyncio.to_thread(_check_document, compose(_invented(template, issuer, base_uri)))
    except Refused as refused:
        field = f"template.{template_field(refused.path)}".removesuffix(".")
        violation = FieldViolation(field, refused.reason, refused.code)
        raise CredentialUnsignable(
            f"{field}: cannot be signed: {refused.reason}", violations=(violation,), path=refused.path
        ) from refused


def _check_document(document: dict[str, Any]) -> None:
    """As what is issued is checked. All but the template's words is certain to pass."""
    check_ids(document)
    guard.check(document)


def _check_words(field: str, text: str) -> None:
    if text and not text.strip():
        raise InvalidArgument.field(field, "must say something, or be empty")


def _check_line(field: str, text: str) -> None:
    """For what stands on the certificate alone and is not signed."""
    if any(unicodedata.category(symbol) in ("Cc", "Cs") for symbol in text):
        raise InvalidArgument.field(field, "must not contain control characters")


def _invented(template: Template, issuer: IssuerProfile, base_uri: str) -> Draft:
    none = UUID(int=0)
    return Draft(
        credential_id=none,
        code="0" * 20,
        base_uri=base_uri,
        type=template.type,
        issuer=issuer,
        achievement=Achievement(
            uri=achievement_uri(base_uri, template.course_id, template.type),
            name=template.title or "A course",
            achievement_type=template.achievement_type or ACHIEVEMENT_TYPES[template.type],
            description=template.description or "A course",
            criteria=template.criteria or "All of it",
            criteria_uri=template.criteria_uri,
            language_code=template.language_code,
            tags=template.tags,
            alignments=template.alignments,
        ),
        identities=[Identity.of("name", "A learner")],
        issue_time=datetime(2026, 1, 1, tzinfo=UTC),
        expire_time=None,
        status=StatusPlace(none, 0),
    )
