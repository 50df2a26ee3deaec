"""Transcripts of this school: they are in no log themselves, but each credential in them is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from academe.services.credential.model import Credential
from academe.services.credential.validation.checks import many, passed, unknown
from academe.services.credential.validation.forms import Presented
from academe.services.credential.validation.logged import LogChecker
from academe.services.credential.validation.model import Check, CheckName, CheckResult
from academe.services.credential.validation.status import Prove, StatusChecker

EMBEDDED_MAX = 50
"""As many as a transcript is issued with."""

FindRow = Callable[[Mapping[str, Any]], Awaitable[Credential | None]]


def is_transcript(document: Mapping[str, Any]) -> bool:
    return "ClrCredential" in many(document.get("type"))


class TranscriptChecker:
    """Looks up every credential of a transcript whose own proof holds."""

    def __init__(self, logged: LogChecker, statuses: StatusChecker) -> None:
        self._logged = logged
        self._statuses = statuses

    async def check(
        self, document: Mapping[str, Any], now: datetime, prove: Prove, find_row: FindRow
    ) -> Sequence[Check]:
        """Status and log: the worst of what is in it. `find_row` finds this school's credentials."""
        embedded = _embedded(document)
        if not embedded or len(embedded) > EMBEDDED_MAX:
            return [unknown(CheckName.LOG, f"A transcript has 1 to {EMBEDDED_MAX} credentials.")]
        statuses = [await self._statuses.check(one, now, prove) for one in embedded]
        logs = [await self._logged.check(Presented(one), await find_row(one), None) for one in embedded]
        return [
            _worst(statuses, passed(CheckName.STATUS, "None in it is revoked or suspended."), embedded),
            _worst(logs, passed(CheckName.LOG, "The transparency log knows each in it."), embedded),
        ]


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
