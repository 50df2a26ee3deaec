"""Whether the transparency log knows a credential of this school.

A signature says who signed, not when. Whoever has stolen a key can sign what was never issued, and date it
back; they cannot put it into the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from academe.services.credential.log.model import Leaf, LogEvent
from academe.services.credential.log.service import LogService
from academe.services.credential.model import Credential, CredentialState, Document
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.standards import jose, strict_json
from academe.services.credential.statuses.repository import EVENTS
from academe.services.credential.validation.checks import failed, passed, unknown
from academe.services.credential.validation.forms import Presented
from academe.services.credential.validation.model import Check, CheckName, CheckResult

_STATES = {LogEvent.ISSUE: CredentialState.VALID, **{event: state for state, event in EVENTS.items()}}


READINGS = 3
"""Of a credential whose state changes just when it is looked at."""

ReadStatus = Callable[[], Awaitable[Check]]


class Standing(NamedTuple):
    """What became of a credential of this school: its row, and the checks of its status and in the log.

    All from one reading, so that none says what the others do not know yet.
    """

    row: Credential | None
    checks: Sequence[Check]
    """That of the log is the last. There is none of the status of what was never issued."""


class LogChecker:
    """Compares what is presented with what was issued, and looks that up in the log."""

    def __init__(self, repository: CredentialRepository, log: LogService) -> None:
        self._repository = repository
        self._log = log

    async def check(
        self,
        presented: Presented,
        row: Credential | None,
        stored: Document | None,
        read_status: ReadStatus,
    ) -> Standing:
        """`stored` is the document of the row, if it was read already."""
        if row is not None and stored is None:
            stored = await self._repository.get_document(row)
        if row is None or stored is None or row.document_sha256 is None:
            return _forged(row, "This school's key signed it, yet this school never issued it.")
        if not _is_same(presented, stored):
            return _forged(
                row, "This school's key signed it, yet this school issued something else under its id."
            )
        if hashlib.sha256(stored.json).digest() != row.document_sha256:
            return _forged(row, "The document that this school keeps is not the one that it issued.")
        return await self._standing(row, row.document_sha256, read_status)

    async def _standing(self, row: Credential, sha256: bytes, read_status: ReadStatus) -> Standing:
        """The log is read last. When it knows another state than the row, or the row than the list, that has
        changed since the row was read, or they contradict each other: which of the two, the row says when it
        is read once more."""
        name = CheckName.LOG
        for _ in range(READINGS):
            status = await read_status()
            history = await self._log.history(sha256)
            if not history or history[0].event is not LogEvent.ISSUE:
                return Standing(
                    row, [status, failed(name, "The transparency log does not know that it was issued.")]
                )
            is_listed_as_valid = row.state is not CredentialState.VALID and status.result is CheckResult.PASS
            if _STATES[history[-1].event] is row.state and not is_listed_as_valid:
                return Standing(row, [status, _known_since(history[0])])
            again = await self._repository.find_by_code(row.verification_code)
            if again is None or again == row:
                reason = "The transparency log knows it in another state than this school says."
                return Standing(row, [status, failed(name, reason)])
            row = again
        return Standing(row, [status, unknown(name, "Its state is being changed just now; ask again.")])


def _forged(row: Credential | None, reason: str) -> Standing:
    return Standing(row, [failed(CheckName.LOG, reason)])


def _known_since(first: Leaf) -> Check:
    when = f"{first.log_time:%Y-%m-%d %H:%M} UTC"
    return passed(
        CheckName.LOG, f"Entry {first.leaf_index} of the transparency log says that it was issued, {when}."
    )


def _is_same(presented: Presented, stored: Document) -> bool:
    """The same statement, however its JSON is spaced and ordered."""
    if presented.token is not None:
        return jose.read(stored.jwt)[1] == presented.document
    return strict_json.parse(stored.json) == presented.document
