"""Credentials: what learners earned, and anybody's means to check it."""

from academe.services.credential.handler import CredentialHandler
from academe.services.credential.issuance.completions import CONSUMER as COMPLETIONS_CONSUMER
from academe.services.credential.issuance.completions import TOPIC as COMPLETIONS_TOPIC
from academe.services.credential.log import verify_log
from academe.services.credential.parts import CredentialParts
from academe.services.credential.publishing.folder import write_folder

__all__ = [
    "COMPLETIONS_CONSUMER",
    "COMPLETIONS_TOPIC",
    "CredentialHandler",
    "CredentialParts",
    "verify_log",
    "write_folder",
]
