"""Issuers: in whose name credentials are signed, and the keys that they are signed with."""

from academe.services.credential.keys.issuers import Issuers
from academe.services.credential.keys.model import (
    Issuer,
    IssuerKey,
    KeyFacts,
    KeyState,
    KeyUse,
    OpenKey,
    PublishedDocument,
    SigningIssuer,
)
from academe.services.credential.keys.repository import IssuerRepository
from academe.services.credential.keys.repository_keys import KeyRepository, lock_active_keys
from academe.services.credential.keys.school import SCHOOL
from academe.services.credential.keys.sealing import Sealer
from academe.services.credential.keys.service import IssuerService

__all__ = [
    "SCHOOL",
    "Issuer",
    "IssuerKey",
    "IssuerRepository",
    "IssuerService",
    "Issuers",
    "KeyFacts",
    "KeyRepository",
    "KeyState",
    "KeyUse",
    "OpenKey",
    "PublishedDocument",
    "Sealer",
    "SigningIssuer",
    "lock_active_keys",
]
