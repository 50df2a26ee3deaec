"""Verifying: one credential of this school by its code or id, or any from anywhere as a document."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from academe.clock import utcnow
from academe.services.credential.issuance.draft import credential_uri
from academe.services.credential.model import Credential, CredentialVisibility, Document
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.standards import strict_json
from academe.services.credential.standards.errors import Refused, TooComplex
from academe.services.credential.validation.checks import (
    check_recipient,
    check_structure,
    check_validity,
    failed,
    passed,
    unknown,
)
from academe.services.credential.validation.forms import Presented, read
from academe.services.credential.validation.logged import LogChecker
from academe.services.credential.validation.model import (
    GENUINE,
    Check,
    CheckName,
    CheckResult,
    Statement,
    Verdict,
    Verification,
    verdict_of,
)
from academe.services.credential.validation.proofs import NOT_CHECKED, ProofChecker
from academe.services.credential.validation.room import Room
from academe.services.credential.validation.statements import statement_of_document, statement_of_row
from academe.services.credential.validation.status import StatusChecker
from academe.services.credential.validation.transcripts import TranscriptChecker, is_transcript

_HIDDEN = "Its holder lets nobody know whose it is."


class ValidationService:
    """Says whether credentials are good. Anybody may ask, with anything."""

    def __init__(
        self,
        repository: CredentialRepository,
        proofs: ProofChecker,
        statuses: StatusChecker,
        logged: LogChecker,
        *,
        base_uri: str,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._proofs = proofs
        self._statuses = statuses
        self._logged = logged
        self._transcripts = TranscriptChecker(logged, statuses, proofs)
        self._base_uri = base_uri
        self._clock = clock
        self._room = Room()

    async def verify_code(self, text: str, expected: Mapping[str, str]) -> Verification:
        """What there is to say about a code, however it was typed. Raises nothing: what cannot be a code of
        ours is unknown, like one that was never given out."""
        found = await self._repository.find_by_code(text)
        if found is None:
            return _nothing("No credential of this school has this code.")
        return await self._verify_row(found, await self._repository.get_document(found), expected)

    async def verify_uri(self, uri: str, expected: Mapping[str, str]) -> Verification:
        """The same for a credential's id."""
        begins = credential_uri(self._base_uri, "")
        if not uri.startswith(begins):
            return _nothing(
                f"The ids of this school's credentials begin with {begins}; send the document itself."
            )
        # As people copy it from the page in their language.
        code = uri.removeprefix(begins).partition("?")[0].partition("#")[0].rstrip("/")
        return await self.verify_code(code, expected)

    async def verify_document(self, content: bytes, expected: Mapping[str, str]) -> Verification:
        """What there is to say about a credential from anywhere. Raises Overloaded while others fill the room
        that there is for them."""
        with self._room.held(len(content)):
            return await self._verify_strange(content, expected)

    async def _verify_strange(self, content: bytes, expected: Mapping[str, str]) -> Verification:
        try:
            presented = read(content)
            issuer = check_structure(presented.document)
        except Refused as error:
            return _refused(error)
        row = await self._row_of(presented.document)
        row, checks = await self._checks(presented, issuer, row, expected)
        statement = statement_of_document(presented.document, issuer, _told(row, checks))
        return Verification(verdict_of(checks), statement, checks)

    async def verify_credential(self, credential: Credential, document: Document | None) -> Verification:
        """One of this school, for those who have read it already, such as the page that shows it."""
        return await self._verify_row(credential, document, {})

    async def _verify_row(
        self, credential: Credential, document: Document | None, expected: Mapping[str, str]
    ) -> Verification:
        if document is None or credential.document_sha256 is None:
            reason = "It is not signed yet; that is being done, so ask again in a minute."
            statement = self._statement_of(credential, document)
            return Verification(Verdict.UNKNOWN, statement, [unknown(CheckName.PROOF, reason)])
        presented = Presented(
            strict_json.parse(document.json), kept_as=hashlib.sha256(document.json).digest()
        )
        row, checks = await self._checks(
            presented, credential.issuer_did, credential, expected, stored=document
        )
        row = row or credential
        statement = self._statement_of(row, document)
        told = _without_reasons(checks) if _is_hidden(row) else checks
        return Verification(verdict_of(checks), statement, told)

    def _statement_of(self, row: Credential, document: Document | None) -> Statement | None:
        return None if _is_hidden(row) else statement_of_row(row, document, self._base_uri)

    async def _checks(
        self,
        presented: Presented,
        issuer: str,
        row: Credential | None,
        expected: Mapping[str, str],
        *,
        stored: Document | None = None,
    ) -> tuple[Credential | None, list[Check]]:
        """All of them, or those up to the first that makes the rest pointless; and the row as it was then."""
        now = self._clock()
        checks = [passed(CheckName.STRUCTURE, "It is a verifiable credential.")]
        checks += await self._proofs.check(presented, issuer)
        if any(check.result is not CheckResult.PASS for check in checks if check.name in GENUINE):
            return row, checks
        document = presented.document
        checks.append(check_validity(document, now))
        prove, ours = self._proofs.check_list, await self._proofs.is_ours(issuer)
        transcript = ours and is_transcript(document)
        if transcript:
            checks += await self._transcripts.check(document, now, prove, self._row_of)
        elif ours:
            status = partial(self._statuses.check, document, now, prove)
            row, found = await self._logged.check(presented, row, stored, status)
            checks += found
        else:
            checks.append(await self._statuses.check(document, now, prove))
        if expected and stored is not None and row is not None and _is_hidden(row):
            checks.append(unknown(CheckName.RECIPIENT, _HIDDEN))
        elif expected and transcript:
            checks.append(self._transcripts.check_recipient(document, expected))
        elif expected:
            checks.append(check_recipient(document, expected))
        return row, checks

    async def _row_of(self, document: Mapping[str, Any]) -> Credential | None:
        """The credential of this school with the code in the document's id, if that can be one of ours.

        Whatever stands before the code: the school may have had another address when it was issued.
        """
        uri = document.get("id")
        before, begins, code_text = (
            uri.rpartition(credential_uri("", "")) if isinstance(uri, str) else ("",) * 3
        )
        return await self._repository.find_by_code(code_text) if before and begins else None


def _is_hidden(credential: Credential) -> bool:
    return credential.visibility is CredentialVisibility.HOLDER


def _without_reasons(checks: Sequence[Check]) -> list[Check]:
    """Whether it is in force, and no more: why would say when it was issued, and with which key."""
    return [replace(one, reason=_HIDDEN if one.reason == _HIDDEN else "") for one in checks]


def _told(row: Credential | None, checks: Sequence[Check]) -> Credential | None:
    """The row of a document, for those who have the document, and not just something with its id."""
    logged = any(one.name is CheckName.LOG and one.result is CheckResult.PASS for one in checks)
    return row if row is not None and logged and not _is_hidden(row) else None


def _nothing(reason: str) -> Verification:
    return Verification(Verdict.UNKNOWN, None, [unknown(CheckName.STRUCTURE, reason)])


def _refused(error: Refused) -> Verification:
    reason = f"{error.path} {error.reason}".strip()
    if error.code in NOT_CHECKED or isinstance(error, TooComplex):
        return Verification(Verdict.UNKNOWN, None, [unknown(CheckName.PROOF, reason)])
    return Verification(Verdict.INVALID, None, [failed(CheckName.STRUCTURE, reason)])
