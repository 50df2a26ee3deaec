"""What a credential says, read from its row or from its document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from academe.services.credential.issuance.draft import ACHIEVEMENT_TYPES, credential_uri
from academe.services.credential.model import Credential, Document
from academe.services.credential.standards.errors import Malformed
from academe.services.credential.validation.checks import begin_of, end_of, many
from academe.services.credential.validation.model import Statement

_TYPES = {name: kind for kind, name in ACHIEVEMENT_TYPES.items()}

TEXT_MAX = 4_000
"""Of a text from a document, in characters: an answer is no larger than what was asked."""


def statement_of_row(credential: Credential, document: Document | None, base_uri: str) -> Statement:
    """One of this school, for those whom its holder lets see it."""
    design = document.design if document is not None else {}
    return Statement(
        type=credential.type,
        course_title=credential.course_title,
        title=credential.title,
        description=design.get("description", ""),
        criteria=design.get("criteria", ""),
        learner_name=credential.learner_name,
        issuer_name=credential.issuer_name,
        issuer_did=credential.issuer_did,
        uri=credential_uri(base_uri, credential.verification_code),
        issue_time=credential.issue_time,
        expire_time=credential.expire_time,
        revoke_time=credential.revoke_time,
        status_reason=credential.status_reason,
    )


def statement_of_document(document: Mapping[str, Any], issuer: str, row: Credential | None) -> Statement:
    """One from anywhere, as far as it can be read. What became of one of ours is told from its row."""
    subject = _object(next(iter(many(document.get("credentialSubject"))), None))
    achievement = _object(next(iter(many(subject.get("achievement"))), None))
    profile = _object(document.get("issuer"))
    return Statement(
        type=_TYPES.get(_text(achievement.get("achievementType"))),
        title=_text(achievement.get("name")) or _text(document.get("name")),
        description=_text(achievement.get("description")) or _text(document.get("description")),
        criteria=_text(_object(achievement.get("criteria")).get("narrative")),
        issuer_name=_text(profile.get("name")),
        issuer_did=issuer[:TEXT_MAX],
        uri=_text(document.get("id")),
        issue_time=_time(begin_of, document),
        expire_time=_time(end_of, document),
        revoke_time=row.revoke_time if row is not None else None,
        status_reason=row.status_reason if row is not None else "",
    )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    """A text, or the first of a text in several languages."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, Mapping):
        value = value.get("@value")
    return value[:TEXT_MAX] if isinstance(value, str) else ""


def _time(
    read: Callable[[Mapping[str, Any]], datetime | None], document: Mapping[str, Any]
) -> datetime | None:
    try:
        return read(document)
    except Malformed:
        return None
