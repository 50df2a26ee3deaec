"""Credentials: what learners earned, and anybody's means to check it."""

from academe.services.credential.handler import CredentialHandler
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.service import CredentialService

__all__ = ["CredentialHandler", "CredentialRepository", "CredentialService"]
