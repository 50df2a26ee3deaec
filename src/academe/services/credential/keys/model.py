"""Issuers and their keys as values."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Generic, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from academe.services.credential.standards.multikey import (
    PublicKey,
    decode,
    encode_ed25519,
    encode_p256,
)

Private = TypeVar("Private", Ed25519PrivateKey, EllipticCurvePrivateKey)


class KeyUse(IntEnum):
    """Numbers as in academe.api.credential.v1.IssuerKeyUse and in the table."""

    DOCUMENT = 1
    """Ed25519, for eddsa-rdfc-2022 proofs."""
    TOKEN = 2
    """ECDSA on P-256, for ES256."""


class KeyState(IntEnum):
    """Numbers as in academe.api.credential.v1.IssuerKeyState and in the table. States only go forwards."""

    ACTIVE = 1
    RETIRED = 2
    """Signs no more; what it signed stays good."""
    COMPROMISED = 3
    """Nothing it signed is good any more."""


def method_of(did: str, number: int) -> str:
    """The name of an issuer's key in documents.

    Never a key itself: there are verifiers that would take it from the name, without looking whether the
    issuer has it.
    """
    return f"{did}#key-{number}"


@dataclass(frozen=True, slots=True)
class Issuer:
    """In whose name credentials are signed. Slug and DID never change."""

    issuer_id: UUID
    slug: str
    did: str
    name: str
    uri: str
    email: str
    logo: bytes
    """PNG or SVG (see images); empty for none."""
    primary_color: str
    accent_color: str
    """ "#rrggbb", or empty."""
    create_time: datetime
    version: int
    """What the etag says."""

    def method(self, number: int) -> str:
        """The name of its key of this number in documents."""
        return method_of(self.did, number)

    def brand_json(self) -> Mapping[str, str]:
        """What its certificates look like, as it is kept with each of them."""
        return {
            "logo": base64.b64encode(self.logo).decode(),
            "primary_color": self.primary_color,
            "accent_color": self.accent_color,
            "issuer_uri": self.uri,
        }


@dataclass(frozen=True, slots=True)
class IssuerChange:
    """What an administrator decides about an issuer."""

    name: str
    uri: str
    email: str
    logo: bytes
    primary_color: str
    accent_color: str


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A pair of keys. `private_key` is encrypted, and empty once the key signs no more."""

    issuer_id: UUID
    number: int
    use: KeyUse
    state: KeyState
    public_key: bytes
    """32 bytes (Ed25519), or the compressed point of 33 (P-256)."""
    private_key: bytes = field(repr=False)
    create_time: datetime
    retire_time: datetime | None
    compromise_time: datetime | None

    @property
    def multibase(self) -> str:
        """The public half as Multikey."""
        encode = encode_ed25519 if self.use is KeyUse.DOCUMENT else encode_p256
        return encode(self.public_key)

    @property
    def public(self) -> PublicKey:
        return decode(self.multibase)


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What verifying needs to know of a key of ours."""

    issuer: Issuer
    method: str
    use: KeyUse
    state: KeyState
    public_key: PublicKey
    compromise_time: datetime | None


@dataclass(frozen=True, slots=True)
class OpenKey(Generic[Private]):
    """An active key, ready to sign."""

    number: int
    method: str
    key: Private = field(repr=False)


@dataclass(frozen=True, slots=True)
class SigningIssuer:
    """An issuer with the keys that sign for it now."""

    issuer: Issuer
    document_key: OpenKey[Ed25519PrivateKey]
    token_key: OpenKey[EllipticCurvePrivateKey]


@dataclass(frozen=True, slots=True)
class PublishedDocument:
    """An issuer's key document as exact bytes, and where verifiers look for it."""

    issuer: Issuer
    document: bytes
    uri: str
