"""What people see of a credential, as values: the certificate that is drawn, and the page around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from academe.services.credential.model import CredentialType, CredentialVisibility
from academe.services.credential.validation.model import Check, Verdict

PRIMARY, ACCENT = "#1f3a5f", "#c2933a"
"""The colours of an issuer that chose none: ink blue and old gold."""


class Form(StrEnum):
    """What can be downloaded."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"
    JSON = "json"
    JWT = "jwt"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody whose name stands at the bottom. `signature` passed `images.check_image`; may be empty."""

    name: str
    title: str
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class CertificateView:
    """Everything that a certificate shows. Times are with a time zone; days are those of UTC."""

    type: CredentialType
    title: str
    learner_name: str | None
    """None once it was erased: the certificate then says "the holder"."""
    issuer_name: str
    issue_time: datetime
    verification_code: str
    """As stored, without dashes."""
    page_url: str
    """Absolute; the QR code leads there."""
    description: str = ""
    criteria: str = ""
    issuer_url: str = ""
    logo: bytes = b""
    """Passed `images.check_image`; may be empty."""
    primary_colour: str = ""
    accent_colour: str = ""
    """#rrggbb; what is not such a colour counts as the usual one."""
    signatories: tuple[Signatory, ...] = ()
    """At most three are shown."""
    expire_time: datetime | None = None
    language: str = "en"
    """BCP 47; what the certificate is made out in. One that is not spoken here gets English."""

    def bare(self) -> CertificateView:
        """The same without logo and signatures."""
        signatories = tuple(replace(signatory, signature=b"") for signatory in self.signatories)
        return replace(self, logo=b"", signatories=signatories)


@dataclass(frozen=True, slots=True)
class Download:
    """A file that the page offers; `href` may be relative to the page."""

    form: Form
    href: str


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything that the page of a code shows.

    Without a certificate it says no more than the verdict: that nobody knows the code (UNKNOWN), or, when
    `visibility` is HOLDER, whether the credential is in force. What only its HOLDER may see is never shown.
    """

    verdict: Verdict
    verification_code: str
    page_url: str
    """Absolute, without a query."""
    check_time: datetime
    certificate: CertificateView | None = None
    visibility: CredentialVisibility = CredentialVisibility.CODE
    checks: tuple[Check, ...] = ()
    reason: str = ""
    """Why it was revoked or suspended, in the issuer's words; may be empty."""
    status_time: datetime | None = None
    """Since when it is revoked or suspended."""
    picture_href: str = ""
    thumbnail_href: str = ""
    """The certificate as PNG, 2,000 and 600 pixels wide; without one the page shows no picture."""
    downloads: tuple[Download, ...] = ()

    @property
    def shown(self) -> CertificateView | None:
        """The certificate, if the page may show it."""
        return None if self.visibility is CredentialVisibility.HOLDER else self.certificate

    @property
    def exists(self) -> bool:
        """Whether a credential has this code; the page of one that nobody knows is a 404."""
        return self.certificate is not None or self.visibility is CredentialVisibility.HOLDER
