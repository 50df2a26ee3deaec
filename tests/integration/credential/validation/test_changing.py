"""Credentials whose state changes while they are looked at, and what is looked at does not fit together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.services.credential.log.model import Leaf
from academe.services.credential.model import Credential
from academe.services.credential.parts import CredentialParts
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.standards.workers import Workers
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict, Verification
from tests.support.graduates import Faculty, certify
from tests.support.ledger import caller

Act = Callable[[], Awaitable[Any]]


class Changes:
    """What an educator does to a credential."""

    def __init__(self, parts: CredentialParts, faculty: Faculty, credential: Credential) -> None:
        self._statuses = parts.statuses
        self._educator = faculty.educator
        self._id = credential.credential_id

    async def revoke(self) -> None:
        await self._statuses.revoke_credential(self._educator, self._id, "Copied", expected_version=None)

    async def suspend(self) -> None:
        await self._statuses.suspend_credential(self._educator, self._id, "Copied", expected_version=None)

    async def reinstate(self) -> None:
        await self._statuses.reinstate_credential(self._educator, self._id, expected_version=None)


def meanwhile(monkeypatch: pytest.MonkeyPatch, workers: Workers, act: Act) -> None:
    """`act` happens once, while the next document is canonicalised, which takes seconds on a busy day."""
    check, done = workers.proofs_to_check, asyncio.Event()

    async def slow(document: dict[str, Any], *, strange: bool = True) -> Any:
        found = await check(document, strange=strange)
        if not done.is_set():
            done.set()
            await act()
        return found

    monkeypatch.setattr(workers, "proofs_to_check", slow)


def results(told: Verification) -> dict[CheckName, CheckResult]:
    return {one.name: one.result for one in told.checks if one.result is not CheckResult.PASS}


FORMS = ["document", "code", "transcript"]


async def asking(parts: CredentialParts, credential: Credential, form: str) -> Callable[[], Awaitable[Any]]:
    """To be called for a verification of the credential, or of a transcript with nothing else in it."""
    if form == "code":
        return lambda: parts.validation.verify_code(credential.verification_code, {})
    if form == "document":
        file = await parts.files.file_of(credential, FileFormat.JSON)
    else:
        file = await parts.files.download_transcript(caller(credential.learner_id, Role.LEARNER), None)
    return lambda: parts.validation.verify_document(file.content, {})


@pytest.mark.parametrize("form", FORMS)
async def test_revoked_meanwhile(
    parts: CredentialParts,
    faculty: Faculty,
    workers: Workers,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    """It is genuine, and revoked: the row was read before that and the log after it."""
    issued = await certify(parts, faculty)
    ask = await asking(parts, issued, form)
    meanwhile(monkeypatch, workers, Changes(parts, faculty, issued).revoke)

    told = await ask()

    assert (told.verdict, results(told)) == (Verdict.REVOKED, {CheckName.STATUS: CheckResult.FAIL})
    if form != "transcript":
        assert told.statement.status_reason == "Copied"
        assert told.statement.revoke_time is not None


@pytest.mark.parametrize("form", FORMS)
async def test_reinstated_meanwhile(
    parts: CredentialParts,
    faculty: Faculty,
    workers: Workers,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    """It is in force again."""
    issued = await certify(parts, faculty)
    ask = await asking(parts, issued, form)
    changes = Changes(parts, faculty, issued)
    await changes.suspend()
    meanwhile(monkeypatch, workers, changes.reinstate)

    assert (await ask()).verdict is Verdict.VALID


@pytest.mark.parametrize("form", FORMS)
async def test_suspended_between_the_list_and_the_log(
    parts: CredentialParts, faculty: Faculty, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """The status is read again with the row and the log, else it would be called valid."""
    issued = await certify(parts, faculty)
    ask = await asking(parts, issued, form)
    changes = Changes(parts, faculty, issued)
    history, acts = parts.log.history, iter([changes.suspend])

    async def late(credential_sha256: bytes) -> list[Leaf]:
        for act in acts:
            await act()
        return await history(credential_sha256)

    monkeypatch.setattr(parts.log, "history", late)

    told = await ask()

    assert (told.verdict, results(told)) == (Verdict.SUSPENDED, {CheckName.STATUS: CheckResult.FAIL})


async def test_a_state_that_never_rests(
    parts: CredentialParts, faculty: Faculty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed each time that somebody looks: it is asked for a few times, and nothing is said of it."""
    issued = await certify(parts, faculty)
    changes, asked = Changes(parts, faculty, issued), 0
    history = parts.log.history

    async def restless(credential_sha256: bytes) -> list[Leaf]:
        nonlocal asked
        asked += 1
        await (changes.suspend if asked % 2 else changes.reinstate)()
        return await history(credential_sha256)

    monkeypatch.setattr(parts.log, "history", restless)

    told = await parts.validation.verify_code(issued.verification_code, {})

    assert told.verdict in (Verdict.UNKNOWN, Verdict.SUSPENDED)
    assert results(told)[CheckName.LOG] is CheckResult.UNKNOWN
    assert asked == 3


async def test_a_list_that_somebody_changed_in_secret(
    parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """The row and the log both know that it was revoked."""
    issued = await certify(parts, faculty)
    await Changes(parts, faculty, issued).revoke()
    await pool.execute(
        "update credential.status_entry set state = 1 where credential_id = $1", issued.credential_id
    )

    told = await parts.validation.verify_code(issued.verification_code, {})

    assert (told.verdict, results(told)) == (Verdict.INVALID, {CheckName.LOG: CheckResult.FAIL})
