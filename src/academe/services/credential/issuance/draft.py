"""What goes into a credential before it is a document."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from academe.services.credential.model import CredentialType, Evidence, Result

if TYPE_CHECKING:  # who keeps issuers composes their profiles with this
    from academe.services.credential.keys import Issuer

ACHIEVEMENT_TYPES = {
    CredentialType.CERTIFICATE: "Certificate",
    CredentialType.BADGE: "Badge",
    CredentialType.MICRO_DEGREE: "MicroCredential",
    CredentialType.DEGREE: "Degree",
}
"""What a type is in the vocabulary of Open Badges 3.0 (AchievementType), where the template names nothing."""

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class IssuerProfile:
    """Who signs: as the document names them."""

    did: str
    name: str
    uri: str = ""
    email: str = ""
    image_uri: str = ""

    @classmethod
    def of(cls, issuer: Issuer, base_uri: str) -> IssuerProfile:
        """Of an issuer of the school that has its addresses below `base_uri`."""
        image = f"{base_uri}/issuers/{issuer.slug}/logo" if issuer.logo else ""
        return cls(issuer.did, issuer.name, issuer.uri, issuer.email, image)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Something that an achievement corresponds to; all but name and uri may be empty."""

    name: str
    uri: str
    code: str = ""
    framework: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Achievement:
    """What is achieved, in the words of the template; texts other than the name may be empty."""

    uri: str
    name: str
    achievement_type: str
    description: str
    criteria: str
    criteria_uri: str = ""
    language_code: str = ""
    tags: Sequence[str] = ()
    alignments: Sequence[Alignment] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """A recipient's name or address as a salted hash, which tells only those who know it already.

    Source: IdentityObject of Open Badges 3.0; the hash is that of the value with the salt behind it.
    """

    kind: str
    """identityType: "name" or "emailAddress"."""
    digest: str
    salt: str

    @classmethod
    def of(cls, kind: str, value: str, salt: str | None = None) -> Identity:
        salt = secrets.token_urlsafe(SALT_BYTES) if salt is None else salt
        return cls(kind, identity_hash(value, salt), salt)


def identity_hash(value: str, salt: str) -> str:
    """`value` in the normal form C, and an address in lower case, so that who types it need not know how."""
    plain = unicodedata.normalize("NFC", value).strip()
    plain = plain.lower() if "@" in plain else plain
    return "sha256$" + hashlib.sha256((plain + salt).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Where verifiers look up what became of a credential: the same place in two lists."""

    list_id: UUID
    position: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A credential that is ready to be composed and signed. Times are in whole seconds."""

    credential_id: UUID
    code: str
    base_uri: str
    """The school's address, without a slash at the end."""
    type: CredentialType
    issuer: IssuerProfile
    achievement: Achievement
    identities: Sequence[Identity]
    issue_time: datetime
    expire_time: datetime | None
    status: StatusPlace
    results: Sequence[Result] = ()
    evidence: Sequence[Evidence] = field(default_factory=tuple)

    @property
    def uri(self) -> str:
        """The credential's id, and the page that shows it."""
        return credential_uri(self.base_uri, self.code)


def achievement_uri(base_uri: str, course_id: UUID, kind: CredentialType) -> str:
    """What is achieved is the same for everybody who does it, whatever the template says of it meanwhile."""
    return f"{base_uri}/achievements/{course_id}/{kind.name.lower().replace('_', '-')}"


def credential_uri(base_uri: str, code: str) -> str:
    return f"{base_uri}/credentials/{code}"
