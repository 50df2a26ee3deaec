"""When sessions end, as roles change."""

from __future__ import annotations

from uuid import UUID

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import EtagMismatch
from academe.ids import new_id
from academe.services.user import UserService
from academe.services.user.errors import LastAdministrator, UsernameTaken
from academe.services.user.model import Edits
from tests.support.identity import Identity

EDUCATOR = Edits(roles=frozenset({Role.LEARNER, Role.EDUCATOR}))


class Sessions:
    """Notes which roles a person had whenever their sessions were ended."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self.ended: list[frozenset[Role]] = []

    async def end_sessions(self, user_id: UUID) -> int:
        found = await self._identity.users.get_accounts([user_id])
        self.ended.append(found[user_id].roles)
        return 0


@pytest.fixture
def sessions(identity: Identity) -> Sessions:
    return Sessions(identity)


@pytest.fixture
def users(identity: Identity, sessions: Sessions) -> UserService:
    return UserService(
        identity.user_repository,
        identity.passwords,
        sessions,
        educator_registration_open=True,
        clock=identity.clock,
    )


@pytest.fixture
def administrator(identity: Identity) -> Caller:
    return Caller(new_id(), new_id(), frozenset(Role), identity.clock())


async def test_before_and_after(
    identity: Identity, users: UserService, sessions: Sessions, administrator: Caller
) -> None:
    """Before, so that a crash leaves no session with lost roles; after, for those begun meanwhile."""
    account = await identity.register()
    changed = await users.update_user(administrator, account.user_id, EDUCATOR)

    assert sessions.ended == [account.roles, changed.roles]


async def test_after_a_change_of_unknown_outcome(
    identity: Identity, users: UserService, sessions: Sessions, administrator: Caller
) -> None:
    """A refused or lost update may have been written, so the sessions end again."""
    account, other = await identity.register(), await identity.register()
    taken = Edits(username=other.username, roles=EDUCATOR.roles)
    with pytest.raises(UsernameTaken):
        await users.update_user(administrator, account.user_id, taken)

    assert len(sessions.ended) == 2


async def test_not_when_the_etag_is_stale(
    identity: Identity, users: UserService, sessions: Sessions, administrator: Caller
) -> None:
    """Nobody is signed out by a change that is refused because another one came first."""
    account = await identity.register()
    with pytest.raises(EtagMismatch):
        await users.update_user(administrator, account.user_id, EDUCATOR, version=account.version + 1)

    assert sessions.ended == []


async def test_not_for_other_fields(
    identity: Identity, users: UserService, sessions: Sessions, administrator: Caller
) -> None:
    """Nor for roles that are named as they are."""
    account = await identity.register()
    await users.update_user(administrator, account.user_id, Edits(display_name="Ada", roles=account.roles))

    assert sessions.ended == []


async def test_not_when_the_last_administrator_is_refused(
    identity: Identity, users: UserService, sessions: Sessions, pool: Pool
) -> None:
    """The person who may not resign is not signed out for trying."""
    await pool.execute("update account.account set roles = '{1}'")
    account = await identity.administrator()
    with pytest.raises(LastAdministrator):
        await users.update_user(identity.caller(account), account.user_id, EDUCATOR)

    assert sessions.ended == []
