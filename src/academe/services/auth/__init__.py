"""Signing in: sessions, tokens, and the keys to check them with."""

from academe.services.auth.handler import AuthHandler
from academe.services.auth.repository import AuthRepository
from academe.services.auth.service import AuthService
from academe.services.auth.sessions import Sessions
from academe.services.auth.signing_keys import SigningKeys
from academe.services.auth.verifier import TokenVerifier

__all__ = [
    "AuthHandler",
    "AuthRepository",
    "AuthService",
    "Sessions",
    "SigningKeys",
    "TokenVerifier",
]
