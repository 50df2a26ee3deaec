"""The ways in which refresh rotation was got wrong elsewhere, each as a test, with the clock in hand."""

from __future__ import annotations

import asyncio

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import SessionEnded
from academe.ids import new_id
from academe.services.auth.errors import RefreshTokenInvalid
from academe.services.auth.model import Tokens
from academe.services.auth.refresh_tokens import RefreshToken, RefreshTokens
from academe.services.user.model import Edits
from tests.support.identity import PASSWORD, Identity


async def chain(identity: Identity, length: int) -> list[Tokens]:
    """A new session's tokens, each the successor of the one before."""
    tokens = [await identity.sign_in(await identity.register())]
    for _ in range(length):
        tokens.append(await identity.auth.refresh(tokens[-1].refresh_token))
    return tokens


async def refused(identity: Identity, tokens: Tokens) -> None:
    with pytest.raises(RefreshTokenInvalid):
        await identity.auth.refresh(tokens.refresh_token)


async def test_1_the_grace_window_forks_no_second_chain(identity: Identity) -> None:
    """A repeat gets the same successor; when that has been used, a repeat is a theft, however soon."""
    first, second = await chain(identity, 1)
    repeated = await identity.auth.refresh(first.refresh_token)
    assert repeated.refresh_token == second.refresh_token
    third = await identity.auth.refresh(repeated.refresh_token)

    await refused(identity, first)
    await refused(identity, third)


async def test_2_grace_is_for_the_last_token_only(identity: Identity) -> None:
    """A grandparent, seconds old, ends the session."""
    tokens = await chain(identity, 2)

    await refused(identity, tokens[0])
    await refused(identity, tokens[1])
    await refused(identity, tokens[2])


async def test_3_a_token_of_a_session_that_just_ended_has_no_grace(identity: Identity) -> None:
    """Ending a session does not make its last refresh look recent."""
    tokens = await chain(identity, 2)
    await refused(identity, tokens[0])
    identity.clock.forward(seconds=0.3)

    await refused(identity, tokens[1])
    await refused(identity, tokens[2])


async def test_4_reuse_and_a_new_pair_at_once(identity: Identity) -> None:
    """Whichever is first, nothing that was given out works afterwards: checking and minting are one act."""
    for _ in range(10):
        tokens = await chain(identity, 2)
        outcomes = await asyncio.gather(
            *(identity.auth.refresh(token.refresh_token) for token in (tokens[2], tokens[0], tokens[2])),
            return_exceptions=True,
        )
        assert isinstance(outcomes[1], RefreshTokenInvalid)
        for outcome in outcomes:
            if isinstance(outcome, Tokens):
                await refused(identity, outcome)
                with pytest.raises(SessionEnded):
                    await identity.verifier.verify(outcome.access_token)
        await refused(identity, tokens[2])


async def test_5_a_change_of_roles_ends_refreshing(identity: Identity) -> None:
    """The old session cannot carry on; a new one has the new roles."""
    account = await identity.register(educator=True)
    tokens = await identity.sign_in(account)
    administrator = Caller(new_id(), new_id(), frozenset(Role), identity.clock())
    await identity.users.update_user(administrator, account.user_id, Edits(roles=frozenset({Role.LEARNER})))

    await refused(identity, tokens)
    fresh = await identity.auth.refresh((await identity.sign_in(account)).refresh_token)
    assert (await identity.verifier.verify(fresh.access_token)).roles == {Role.LEARNER}


async def test_5_a_change_of_password_ends_refreshing_elsewhere(identity: Identity) -> None:
    """The session that changed it goes on."""
    account = await identity.register()
    here, elsewhere = await identity.sign_in(account), await identity.sign_in(account)
    caller = await identity.verifier.verify(here.access_token)
    await identity.auth.set_password(caller, PASSWORD, "another fine passphrase")

    await refused(identity, elsewhere)
    assert await identity.auth.refresh(here.refresh_token)


async def test_6_parallel_refreshes_have_one_successor(pool: Pool, identity: Identity) -> None:
    """Fifty over two processes: no errors, one successor, one step of the count."""
    other = await Identity(pool, identity.clock).open()
    (tokens,) = await chain(identity, 0)
    answers = await asyncio.gather(
        *(process.auth.refresh(tokens.refresh_token) for process in (identity, other) for _ in range(25))
    )
    count = await pool.fetchval(
        "select refresh_count from auth.session where session_id = $1", tokens.session.session_id
    )

    assert len({answer.refresh_token for answer in answers}) == 1
    assert count == 1
    await other.close()


@pytest.mark.parametrize(("seconds", "good"), [(10, True), (10.001, False)])
async def test_the_grace_window_is_ten_seconds(identity: Identity, seconds: float, good: bool) -> None:
    """After it, a repeat ends the session even though the successor was never used."""
    first, second = await chain(identity, 1)
    identity.clock.forward(seconds=seconds)

    if good:
        assert (await identity.auth.refresh(first.refresh_token)).refresh_token == second.refresh_token
    else:
        await refused(identity, first)
        await refused(identity, second)


async def test_a_repeat_does_not_lengthen_the_window(identity: Identity) -> None:
    """It counts from the refresh, not from the last repeat of it."""
    first, _ = await chain(identity, 1)
    identity.clock.forward(seconds=8)
    await identity.auth.refresh(first.refresh_token)
    identity.clock.forward(seconds=8)

    await refused(identity, first)


async def test_a_session_expires_however_often_it_is_refreshed(identity: Identity) -> None:
    """After thirty days; the last access token ends with it."""
    (tokens,) = await chain(identity, 0)
    for _ in range(29):
        identity.clock.forward(days=1)
        tokens = await identity.auth.refresh(tokens.refresh_token)
    identity.clock.forward(hours=23, minutes=50)
    tokens = await identity.auth.refresh(tokens.refresh_token)
    assert tokens.access_expire_time == tokens.session.expire_time
    identity.clock.forward(minutes=10)

    await refused(identity, tokens)


async def test_a_count_of_the_future_ends_the_session(identity: Identity) -> None:
    """Nobody but us can have made it, so the database went back: better to sign in again."""
    (tokens,) = await chain(identity, 0)
    session = tokens.session
    ahead = RefreshTokens(identity.keys.refresh_token_key).write(
        RefreshToken(session.user_id, session.session_id, 5)
    )
    with pytest.raises(RefreshTokenInvalid):
        await identity.auth.refresh(ahead)

    await refused(identity, tokens)
