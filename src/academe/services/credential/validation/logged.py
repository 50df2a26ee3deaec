"""Whether the transparency log knows a credential of this school.

A signature says who signed, not when. Whoever has stolen a key can sign what was never issued, and date it
back; they cannot put it into the log.
"""

from __future__ import annotations

import hashlib

from academe.services.credential.log.model import LogEvent
from academe.services.credential.log.service import LogService
from academe.services.credential.model import Credential, CredentialState, Document
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.standards import jose, strict_json
from academe.services.credential.statuses.repository import EVENTS
from academe.services.credential.validation.checks import failed, passed
from academe.services.credential.validation.forms import Presented
from academe.services.credential.validation.model import Check, CheckName

_STATES = {LogEvent.ISSUE: CredentialState.VALID, **{event: state for state, event in EVENTS.items()}}


class LogChecker:
    """Compares what is presented with what was issued, and looks that up in the log."""

    def __init__(self, repository: CredentialRepository, log: LogService) -> None:
        self._repository = repository
        self._log = log

    async def check(self, presented: Presented, row: Credential | None, stored: Document | None) -> Check:
        """`stored` is the document of the row, if it was read already."""
        name = CheckName.LOG
        if row is not None and stored is None:
            stored = await self._repository.get_document(row)
        if row is None or stored is None or row.document_sha256 is None:
            return failed(name, "This school's key signed it, yet this school never issued it.")
        if not _is_same(presented, stored):
            return failed(
                name, "This school's key signed it, yet this school issued something else under its id."
            )
        if hashlib.sha256(stored.json).digest() != row.document_sha256:
            return failed(name, "The document that this school keeps is not the one that it issued.")
        history = await self._log.history(row.document_sha256)
        if not history or history[0].event is not LogEvent.ISSUE:
            return failed(name, "The transparency log does not know that it was issued.")
        if _STATES[history[-1].event] is not row.state:
            return failed(name, "The transparency log knows it in another state than this school says.")
        first = history[0]
        when = f"{first.log_time:%Y-%m-%d %H:%M} UTC"
        return passed(
            name, f"Entry {first.leaf_index} of the transparency log says that it was issued, {when}."
        )


def _is_same(presented: Presented, stored: Document) -> bool:
    """The same statement, however its JSON is spaced and ordered."""
    if presented.token is not None:
        return jose.read(stored.jwt)[1] == presented.document
    return strict_json.parse(stored.json) == presented.document
