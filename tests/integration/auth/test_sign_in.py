"""Signing in, where a call over the wire cannot show it: time, and changes at the same moment."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import SessionEnded
from academe.ids import new_id
from academe.services.auth import AuthService
from academe.services.user import Account, CredentialsInvalid, UserService
from academe.services.user.model import Edits
from tests.support.identity import PASSWORD, Identity

OTHER = "another fine passphrase"


class Meanwhile:
    """The accounts, with something that happens right after a password was found right."""

    def __init__(self, users: UserService, happens: Callable[[Account], Awaitable[object]]) -> None:
        self._users = users
        self._happens = happens
        self.get_accounts = users.get_accounts
        self.find_login = users.find_login
        self.set_password = users.set_password
        self.checks = 0

    async def check_password(self, login: str, password: str) -> Account | None:
        self.checks += 1
        account = await self._users.check_password(login, password)
        if account is not None:
            await self._happens(account)
        return account


def service(identity: Identity, accounts: Meanwhile) -> AuthService:
    return AuthService(
        identity.repository,
        identity.sessions,
        identity.keys,
        identity.verifier,
        accounts,
        access_token_lifetime=identity.auth._access_token_lifetime,
        session_lifetime=identity.auth._session_lifetime,
        log=identity.auth._log,
        clock=identity.clock,
    )


def administrator(identity: Identity) -> Caller:
    return Caller(new_id(), new_id(), frozenset(Role), identity.clock())


async def live_sessions(pool: Pool, user_id: UUID) -> int:
    query = "select count(*) from auth.session where user_id = $1 and end_time is null"
    return int(await pool.fetchval(query, user_id))


async def test_the_password_changes_meanwhile(identity: Identity, pool: Pool) -> None:
    """No session survives that was begun with the old password, though it was right when it was checked."""
    account = await identity.register()
    accounts = Meanwhile(
        identity.users, lambda found: identity.users.set_password(found.user_id, PASSWORD, OTHER)
    )

    with pytest.raises(CredentialsInvalid):
        await service(identity, accounts).authenticate_with_password(account.username, PASSWORD)
    assert accounts.checks == 2
    assert await live_sessions(pool, account.user_id) == 0


async def test_a_change_of_password_is_cut_off(
    identity: Identity, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever the change keeps out is signed out before it is stored, in case the server is killed then; and
    after it, also when the call is cancelled, in case they signed in meanwhile."""
    account = await identity.register()
    await identity.sign_in(account)
    passwords, stored = identity.user_repository.passwords, asyncio.Event()
    really = passwords.replace

    async def replace(*args: Any) -> bool:
        alive.append(await live_sessions(pool, account.user_id))
        await identity.sign_in(account)
        await really(*args)
        stored.set()
        await asyncio.Event().wait()
        return True

    alive: list[int] = []
    monkeypatch.setattr(passwords, "replace", replace)
    change = asyncio.create_task(identity.auth.set_password(identity.caller(account), PASSWORD, OTHER))
    await stored.wait()
    change.cancel()
    with pytest.raises(asyncio.CancelledError):
        await change

    assert alive == [0]
    assert await live_sessions(pool, account.user_id) == 0
    assert await identity.users.check_password(account.username, OTHER)


async def test_a_role_is_lost_meanwhile(identity: Identity) -> None:
    """The token of the session carries the roles of after."""
    account = await identity.register(educator=True)
    learner = Edits(roles=frozenset({Role.LEARNER}))
    accounts = Meanwhile(
        identity.users,
        lambda found: identity.users.update_user(administrator(identity), found.user_id, learner),
    )
    tokens = await service(identity, accounts).authenticate_with_password(account.username, PASSWORD)

    assert (await identity.verifier.verify(tokens.access_token)).roles == {Role.LEARNER}


async def test_a_profile_changes_meanwhile(identity: Identity, pool: Pool) -> None:
    """It costs another check and nobody notices; one session is left."""
    account = await identity.register()
    names = iter(["Ada"])

    async def rename(found: Account) -> None:
        for name in names:
            await identity.users.update_user(identity.caller(found), found.user_id, Edits(display_name=name))

    accounts = Meanwhile(identity.users, rename)
    await service(identity, accounts).authenticate_with_password(account.username, PASSWORD)

    assert accounts.checks == 2
    assert await live_sessions(pool, account.user_id) == 1


async def test_a_role_is_lost_right_after(identity: Identity) -> None:
    """The session that was begun with it is over at once."""
    account = await identity.register(educator=True)
    tokens = await identity.sign_in(account)
    await identity.verifier.verify(tokens.access_token)
    await identity.users.update_user(
        administrator(identity), account.user_id, Edits(roles=frozenset({Role.LEARNER}))
    )

    assert identity.verifier.cached(tokens.access_token) is None
    with pytest.raises(SessionEnded):
        await identity.verifier.verify(tokens.access_token)


async def test_sessions_that_expired_are_cleared_away(identity: Identity, pool: Pool) -> None:
    """At the person's next sign-in, so the table grows with people and not with sign-ins."""
    account = await identity.register()
    for _ in range(3):
        await identity.sign_in(account)
    identity.clock.forward(days=31)
    await identity.sign_in(account)

    assert await pool.fetchval("select count(*) from auth.session where user_id = $1", account.user_id) == 1


async def test_refusals_take_the_same_time(pool: Pool) -> None:
    """Medians of interleaved tries differ by far less than the check that an early answer would save."""
    identity, cheap = await Identity(pool, cost=7).open(), await Identity(pool, cost=5).open()
    wrong, outdated, passwordless = (
        await identity.register(),
        await cheap.register(),
        await identity.register(),
    )
    await pool.execute(
        "update account.account set password_hash = null where account_id = $1", passwordless.user_id
    )
    logins = ["nobody-at-all", wrong.username, outdated.username, passwordless.username]
    taken: dict[str, list[float]] = {login: [] for login in logins}
    for _ in range(15):
        for login in logins:
            started = time.process_time()
            with pytest.raises(CredentialsInvalid):
                await identity.auth.authenticate_with_password(login, OTHER)
            taken[login].append(time.process_time() - started)
    medians = [statistics.median(times) for times in taken.values()]

    assert max(medians) - min(medians) < min(medians) / 2, medians
    await identity.close()
    await cheap.close()
