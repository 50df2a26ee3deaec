"""Suspending can be undone and revoking cannot; repeating a call is safe; etags protect others' words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import EtagMismatch, InvalidArgument
from academe.services.credential.errors import CredentialNotFound, CredentialRevoked
from academe.services.credential.log.model import LogEvent
from academe.services.credential.model import Credential, CredentialState
from academe.services.credential.parts import CredentialParts
from academe.services.credential.ports import NotCourseEducator
from tests.integration.credential.issuance.rows import history
from tests.integration.credential.statuses.conftest import Registry
from tests.support.graduates import Faculty, certify
from tests.support.ledger import caller


@pytest.fixture
async def issued(parts: CredentialParts, faculty: Faculty) -> Credential:
    return await certify(parts, faculty)


async def test_suspended_and_reinstated_again_and_again(
    registry: Registry, issued: Credential, pool: Pool
) -> None:
    """Each time the bit comes and goes; in the end the credential is as it was, but for its version."""
    for _ in range(3):
        suspended = await registry.suspend(issued, "looked into")
        assert (suspended.state, suspended.status_reason) == (CredentialState.SUSPENDED, "looked into")
        assert suspended.suspend_time is not None
        assert datetime.now(UTC) - suspended.suspend_time < timedelta(minutes=1)
        assert await registry.read(issued) == (False, True)
        back = await registry.reinstate(issued)
        assert await registry.read(issued) == (False, False)

    assert (back.state, back.status_reason) == (CredentialState.VALID, "")
    assert back.suspend_time is None
    assert back.revoke_time is None
    assert back.version == issued.version + 6
    assert await history(pool, issued) == [LogEvent.ISSUE, *[LogEvent.SUSPEND, LogEvent.REINSTATE] * 3]


@pytest.mark.parametrize("suspended", [False, True])
async def test_revoking_is_final(registry: Registry, issued: Credential, pool: Pool, suspended: bool) -> None:
    """Whether it was suspended before or not; the suspension's bit and time are gone then."""
    if suspended:
        await registry.suspend(issued)
    revoked = await registry.revoke(issued, "copied")

    assert (revoked.state, revoked.status_reason) == (CredentialState.REVOKED, "copied")
    assert revoked.revoke_time is not None
    assert revoked.suspend_time is None
    assert await registry.read(issued) == (True, False)
    with pytest.raises(CredentialRevoked):
        await registry.suspend(issued)
    with pytest.raises(CredentialRevoked):
        await registry.reinstate(issued)
    assert await registry.get(issued) == revoked
    assert (await history(pool, issued))[-1] is LogEvent.REVOKE


async def test_a_call_that_is_repeated(registry: Registry, issued: Credential, pool: Pool) -> None:
    """Answers as the first one, whatever reason or version it comes with, and says nothing to the log."""
    before = await registry.reinstate(issued, version=99)
    assert before == issued
    for say in (registry.suspend, registry.revoke):
        first = await say(issued, "first", issued.version if say == registry.suspend else None)
        assert await say(issued, "second") == first
        assert await say(issued, "third", 99) == first
        assert await say(issued, "fourth", issued.version) == first

    assert await history(pool, issued) == [LogEvent.ISSUE, LogEvent.SUSPEND, LogEvent.REVOKE]


async def test_somebody_else_was_faster(registry: Registry, issued: Credential, pool: Pool) -> None:
    """Who expects an older version is told the present one, and nothing happens."""
    await registry.suspend(issued)
    back = await registry.reinstate(issued)
    for say in (registry.suspend, registry.revoke):
        with pytest.raises(EtagMismatch) as refusal:
            await say(issued, "because", issued.version)
        assert refusal.value.metadata["etag"]
    assert await registry.get(issued) == back
    assert await registry.read(issued) == (False, False)

    suspended = await registry.suspend(issued, "because", back.version)
    with pytest.raises(EtagMismatch):
        await registry.reinstate(issued, back.version)
    assert (await registry.reinstate(issued, suspended.version)).state is CredentialState.VALID
    assert len(await history(pool, issued)) == 5


@pytest.mark.parametrize("reason", ["a\0b", "\0"])
async def test_a_reason_that_cannot_be_kept(registry: Registry, issued: Credential, reason: str) -> None:
    """The field is named, and nothing happens."""
    for say in (registry.suspend, registry.revoke):
        with pytest.raises(InvalidArgument) as refusal:
            await say(issued, reason)
        assert [violation.field for violation in refusal.value.violations] == ["reason"]
    assert await registry.get(issued) == issued


@pytest.mark.parametrize("reason", ["\x01\x7f", "Überprüft: «αβγ»\r\n\u2028‮🎓", "x" * 500])
async def test_any_other_reason_is_kept_as_it_is(registry: Registry, issued: Credential, reason: str) -> None:
    """It is not part of what is signed."""
    assert (await registry.suspend(issued, reason)).status_reason == reason
    assert (await registry.get(issued)).status_reason == reason


async def test_who_may_say_what_became_of_it(
    registry: Registry, parts: CredentialParts, faculty: Faculty, issued: Credential
) -> None:
    """The course's educators and administrators; its holder is told why not, to others it does not exist."""
    stranger = caller(faculty.people.add(Role.EDUCATOR), Role.EDUCATOR)
    holder = caller(issued.learner_id, Role.EDUCATOR)
    administrator = caller(faculty.people.add(Role.ADMINISTRATOR), Role.ADMINISTRATOR)

    async def said_by(who: Caller) -> None:
        registry.educator = who
        await registry.suspend(issued)
        await registry.reinstate(issued)
        await registry.revoke(issued)

    with pytest.raises(CredentialNotFound):
        await said_by(stranger)
    with pytest.raises(NotCourseEducator):
        await said_by(holder)
    assert await registry.read(issued) == (False, False)
    await said_by(administrator)
    assert await registry.read(issued) == (True, False)
