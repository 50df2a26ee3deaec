"""Credentials: what learners earned, and anybody's means to check it.

What is offered here is imported when it is asked for: the process that canonicalises needs `standards` alone,
and would take three times as long to start, and twice the memory, with the whole slice.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from academe.services.credential.handler import CredentialHandler
    from academe.services.credential.issuance.completions import COMPLETIONS_CONSUMER, COMPLETIONS_TOPIC
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

_WHERE = {
    "COMPLETIONS_CONSUMER": "issuance.completions",
    "COMPLETIONS_TOPIC": "issuance.completions",
    "CredentialHandler": "handler",
    "CredentialParts": "parts",
    "verify_log": "log",
    "write_folder": "publishing.folder",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
