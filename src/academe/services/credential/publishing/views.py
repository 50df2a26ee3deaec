"""What people see of a credential, put together from its row, its document and its verification."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from academe.services.credential.issuance.draft import credential_uri
from academe.services.credential.model import Credential, CredentialState, CredentialVisibility
from academe.services.credential.pages import (
    CertificateView,
    Download,
    Form,
    PageView,
    Signatory,
)
from academe.services.credential.validation.model import Verdict, Verification

FORMS = (Form.PDF, Form.PNG, Form.SVG, Form.JSON, Form.JWT)
"""What the page offers; paper first, because that is what people look for."""


def certificate_view(credential: Credential, design: Mapping[str, Any], base_uri: str) -> CertificateView:
    """The certificate in the words and colours of its day of issue."""
    return CertificateView(
        type=credential.type,
        title=credential.title,
        learner_name=credential.learner_name or None,
        issuer_name=credential.issuer_name,
        issue_time=credential.issue_time,
        verification_code=credential.verification_code,
        page_url=credential_uri(base_uri, credential.verification_code),
        description=design.get("description", ""),
        criteria=design.get("criteria", ""),
        issuer_url=design.get("issuer_uri", ""),
        logo=base64.b64decode(design.get("logo", "")),
        primary_colour=design.get("primary_color", ""),
        accent_colour=design.get("accent_color", ""),
        signatories=tuple(_signatories(design.get("signatories", ()))),
        expire_time=credential.expire_time,
        language=design.get("language_code", "") or "en",
    )


def _signatories(stored: Sequence[Mapping[str, str]]) -> Sequence[Signatory]:
    return [Signatory(one["name"], one["role"], base64.b64decode(one["image"])) for one in stored]


def page_view(
    credential: Credential,
    design: Mapping[str, Any],
    verification: Verification,
    base_uri: str,
    now: datetime,
) -> PageView:
    """The page of a credential; one that its holder hides says no more than whether it is in force."""
    code = credential.verification_code
    hidden = credential.visibility is CredentialVisibility.HOLDER
    files = f"{base_uri}/credentials/{code}"
    return PageView(
        verdict=verification.verdict,
        verification_code=code,
        page_url=files,
        check_time=now,
        certificate=None if hidden else certificate_view(credential, design, base_uri),
        visibility=credential.visibility,
        checks=tuple(verification.checks),
        reason="" if hidden else credential.status_reason,
        status_time=_status_time(credential),
        picture_href="" if hidden else f"{files}.png",
        thumbnail_href="" if hidden else f"{files}.thumbnail.png",
        downloads=() if hidden else tuple(Download(form, f"{files}.{form.value}") for form in FORMS),
    )


def unknown_view(code: str, base_uri: str, now: datetime) -> PageView:
    """The page of a code that nobody knows."""
    return PageView(Verdict.UNKNOWN, code, credential_uri(base_uri, code), now)


def _status_time(credential: Credential) -> datetime | None:
    return (
        credential.suspend_time if credential.state is CredentialState.SUSPENDED else credential.revoke_time
    )
