"""Issuers: in whose name credentials are signed, and the keys that they are signed with."""

from academe.services.credential.keys.model import (
    Issuer,
    IssuerKey,
    KeyFacts,
    KeyState,
    KeyUse,
    PublishedDocument,
    SigningIssuer,
)
from academe.services.credential.keys.repository import IssuerRepository
from academe.services.credential.keys.repository_keys import lock_active_key
from academe.services.credential.keys.service import Issuers

__all__ = [
    "Issuer",
    "IssuerKey",
    "IssuerRepository",
    "Issuers",
    "KeyFacts",
    "KeyState",
    "KeyUse",
    "PublishedDocument",
    "SigningIssuer",
    "lock_active_key",
]
