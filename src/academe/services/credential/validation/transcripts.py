"""Transcripts of this school: they are in no log themselves, but each credential in them is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from academe.services.credential.model import Credential
from academe.services.credential.validation.checks import (
    check_recipient,
    check_validity,
    failed,
    issuer_of,
    many,
    passed,
    unknown,
)
from academe.services.credential.validation.forms import Presented
from academe.services.credential.validation.logged import LogChecker
from academe.services.credential.validation.model import Check, CheckName, CheckResult
from academe.services.credential.validation.proofs import ProofChecker
from academe.services.credential.validation.status import Prove, StatusChecker

EMBEDDED_MAX = 50
"""In a transcript: a quarter of a second of canonicalising. None is made with more, nor looked through."""

NAME = "Transcript"
"""What all of ours are called."""

_MEMBERS = frozenset(
    ["@context", "id", "type", "issuer", "validFrom", "validUntil", "name", "credentialSubject", "proof"]
)
_SUBJECT = frozenset(["type", "identifier", "verifiableCredential"])

FindRow = Callable[[Mapping[str, Any]], Awaitable[Credential | None]]


def is_transcript(document: Mapping[str, Any]) -> bool:
    """One as this school makes them, with nothing else in it: of what is, no log knows."""
    subject = document.get("credentialSubject")
    return (
        document.get("type") == ["VerifiableCredential", "ClrCredential"]
        and document.keys() <= _MEMBERS
        and document.get("name") == NAME
        and isinstance(subject, Mapping)
        and subject.keys() <= _SUBJECT
    )


class TranscriptChecker:
    """Looks up every credential of a transcript whose own proof holds.

    Their signatures are not worked out again: they are the documents that the log knows. Their keys may have
    been stolen since, though.
    """

    def __init__(self, logged: LogChecker, statuses: StatusChecker, proofs: ProofChecker) -> None:
        self._logged = logged
        self._statuses = statuses
        self._proofs = proofs

    async def check(
        self, document: Mapping[str, Any], now: datetime, prove: Prove, find_row: FindRow
    ) -> Sequence[Check]:
        """Keys, dates, status and log: the worst of what is in it. `find_row` finds this school's
        credentials."""
        embedded = _embedded(document)
        if not embedded or len(embedded) > EMBEDDED_MAX:
            return [unknown(CheckName.LOG, f"A transcript has 1 to {EMBEDDED_MAX} credentials.")]
        rows = [await find_row(one) for one in embedded]
        if len({row.learner_id for row in rows if row is not None}) > 1:
            return [failed(CheckName.LOG, "What is in it was not issued to one learner.")]
        standings = [
            await self._logged.check(
                Presented(one), row, None, partial(self._statuses.check, one, now, prove)
            )
            for one, row in zip(embedded, rows, strict=True)
        ]
        logs = [one.checks[-1] for one in standings]
        logged = _worst(logs, passed(CheckName.LOG, "The transparency log knows each in it."), embedded)
        if logged.result is not CheckResult.PASS:
            return [logged]
        keys = [await self._proofs.check_keys(one, issuer_of(one)) for one in embedded]
        dates = [check_validity(one, now) for one in embedded]
        statuses = [one.checks[0] for one in standings]
        of_all = [_worst(found, found[0], embedded) for found in (keys, dates)]
        return [
            *(one for one in of_all if one.result is not CheckResult.PASS),
            _worst(statuses, passed(CheckName.STATUS, "None in it is revoked or suspended."), embedded),
            logged,
        ]

    def check_recipient(self, document: Mapping[str, Any], expected: Mapping[str, str]) -> Check:
        """By what the log knows: who has the key may write another name around another's credentials."""
        subjects = [one for held in _embedded(document) for one in many(held.get("credentialSubject"))]
        told = check_recipient({"credentialSubject": subjects}, expected)
        around = check_recipient(document, expected)
        if (told.result, around.result) == (CheckResult.FAIL, CheckResult.PASS):
            return unknown(CheckName.RECIPIENT, "The transcript alone says so, and it is in no log.")
        return told


def _embedded(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    subject = document.get("credentialSubject")
    held = many(subject.get("verifiableCredential")) if isinstance(subject, Mapping) else []
    return held if all(isinstance(one, dict) for one in held) else []


def _worst(checks: Sequence[Check], best: Check, embedded: Sequence[Mapping[str, Any]]) -> Check:
    """The first that fails, else the first that is not known, with the credential's id; or `best`."""
    for result in (CheckResult.FAIL, CheckResult.UNKNOWN):
        for check, one in zip(checks, embedded, strict=True):
            if check.result is result:
                return replace(check, reason=f"{one.get('id')}: {check.reason}")
    return best
