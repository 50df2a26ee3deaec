"""What a process remembers of tokens, and how it learns that a session ended elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from academe.db.pool import Pool
from academe.errors import DatabaseUnavailable, SessionEnded, TokenExpired, TokenInvalid
from academe.services.auth import verifier as verifier_module
from academe.services.auth.model import Tokens
from tests.support.identity import Identity


@pytest.fixture
async def elsewhere(identity: Identity, pool: Pool) -> AsyncIterator[Identity]:
    """Another process, of the same time."""
    opened = await Identity(pool, identity.clock).open()
    yield opened
    await opened.close()


async def signed_in(identity: Identity) -> Tokens:
    tokens = await identity.sign_in(await identity.register())
    await identity.verifier.revalidate()
    return tokens


async def test_a_token_is_verified_once(identity: Identity) -> None:
    """Then it is known, with who it speaks for."""
    tokens = await signed_in(identity)
    assert identity.verifier.cached(tokens.access_token) is None
    caller = await identity.verifier.verify(tokens.access_token)

    assert identity.verifier.cached(tokens.access_token) is caller
    assert (caller.user_id, caller.session_id) == (tokens.session.user_id, tokens.session.session_id)
    assert caller.authenticate_time == tokens.session.authenticate_time


async def test_a_known_token_expires(identity: Identity) -> None:
    """To the second, also while the process believes in it otherwise."""
    tokens = await signed_in(identity)
    await identity.verifier.verify(tokens.access_token)
    identity.clock.forward(minutes=15, seconds=-1)
    await identity.verifier.revalidate()
    assert identity.verifier.cached(tokens.access_token)
    identity.clock.forward(seconds=1)

    assert identity.verifier.cached(tokens.access_token) is None
    with pytest.raises(TokenExpired):
        await identity.verifier.verify(tokens.access_token)
    with pytest.raises(TokenExpired):
        await identity.verifier.verify(tokens.access_token)


async def test_a_session_that_ends_here_is_forgotten_at_once(identity: Identity) -> None:
    """No moment passes, and no query is needed to refuse it."""
    tokens = await signed_in(identity)
    caller = await identity.verifier.verify(tokens.access_token)
    await identity.auth.logout(caller, all_sessions=False)

    assert identity.verifier.cached(tokens.access_token) is None
    with pytest.raises(SessionEnded):
        await identity.verifier.verify(tokens.access_token)


async def test_every_token_of_the_session_is_forgotten(identity: Identity) -> None:
    """Those of its refreshes too."""
    tokens = await signed_in(identity)
    later = await identity.auth.refresh(tokens.refresh_token)
    caller = await identity.verifier.verify(tokens.access_token)
    await identity.verifier.verify(later.access_token)
    await identity.auth.logout(caller, all_sessions=False)

    assert identity.verifier.cached(tokens.access_token) is None
    assert identity.verifier.cached(later.access_token) is None


async def test_a_session_that_ends_while_its_token_is_verified(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database said that it lives, a moment before it did not: the token is not remembered."""
    tokens = await signed_in(identity)
    load = identity.repository.get_live_session

    async def end_after_reading(user_id: Any, session_id: Any) -> Any:
        found = await load(user_id, session_id)
        await identity.sessions.end_session(user_id, session_id)
        return found

    monkeypatch.setattr(identity.repository, "get_live_session", end_after_reading)
    with pytest.raises(SessionEnded):
        await identity.verifier.verify(tokens.access_token)
    assert identity.verifier.cached(tokens.access_token) is None


async def test_a_session_that_ends_elsewhere(identity: Identity, elsewhere: Identity) -> None:
    """The next revalidation drops it, and no other."""
    ended, going_on = await signed_in(identity), await signed_in(identity)
    for tokens in (ended, going_on):
        await elsewhere.verifier.verify(tokens.access_token)
    await elsewhere.verifier.revalidate()
    assert elsewhere.verifier.cached(ended.access_token)
    await identity.sessions.end_sessions(ended.session.user_id)
    await elsewhere.verifier.revalidate()

    assert elsewhere.verifier.cached(ended.access_token) is None
    with pytest.raises(SessionEnded):
        await elsewhere.verifier.verify(ended.access_token)
    assert elsewhere.verifier.cached(going_on.access_token)


async def test_nothing_is_believed_for_longer_than_five_seconds(
    identity: Identity, elsewhere: Identity
) -> None:
    """Without revalidation the database is asked on every call, and knows."""
    tokens = await signed_in(identity)
    await elsewhere.verifier.verify(tokens.access_token)
    await elsewhere.verifier.revalidate()
    await identity.sessions.end_sessions(tokens.session.user_id)
    identity.clock.forward(seconds=4.9)
    assert elsewhere.verifier.cached(tokens.access_token)
    identity.clock.forward(seconds=0.1)

    assert elsewhere.verifier.cached(tokens.access_token) is None
    with pytest.raises(SessionEnded):
        await elsewhere.verifier.verify(tokens.access_token)


async def test_a_database_that_goes_and_comes_back(
    identity: Identity, elsewhere: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revalidation goes on trying; what ended meanwhile is dropped when it gets through."""
    monkeypatch.setattr(verifier_module, "REVALIDATE_SECONDS", 0.001)
    tokens = await signed_in(identity)
    await elsewhere.verifier.verify(tokens.access_token)
    ask = elsewhere.repository.get_ended_sessions
    asked, answered = asyncio.Semaphore(0), asyncio.Event()
    away = True

    async def ask_or_fail(keys: Any) -> Any:
        asked.release()
        if away:
            raise DatabaseUnavailable
        found = await ask(keys)
        answered.set()
        return found

    monkeypatch.setattr(elsewhere.repository, "get_ended_sessions", ask_or_fail)
    task = asyncio.create_task(elsewhere.verifier.run_revalidation())
    for _ in range(3):
        await asked.acquire()
    await identity.sessions.end_sessions(tokens.session.user_id)
    away = False
    await answered.wait()

    assert not task.done()
    assert elsewhere.verifier.cached(tokens.access_token) is None
    assert not elsewhere.verifier._sessions
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_sessions_are_asked_for_in_sets(identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a bounded size, and never one by one."""
    account = await identity.register()
    for _ in range(20):
        await identity.verifier.verify((await identity.sign_in(account)).access_token)
    asked: list[int] = []
    ask = identity.repository.get_ended_sessions

    async def counted(keys: Any) -> Any:
        asked.append(len(keys))
        return await ask(keys)

    monkeypatch.setattr(identity.repository, "get_ended_sessions", counted)
    monkeypatch.setattr(verifier_module, "SESSIONS_PER_QUERY", 8)
    await identity.verifier.revalidate()

    assert max(asked) == 8
    assert sum(asked) >= 20
    assert len(asked) == -(-sum(asked) // 8)


async def test_memory_is_bounded(
    elsewhere: Identity, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first ones in make room; a token that was dropped is simply verified again."""
    monkeypatch.setattr(verifier_module, "TOKENS_MAX", 5)
    monkeypatch.setattr(verifier_module, "ENDED_MAX", 5)
    account = await identity.register()
    pairs = [await identity.sign_in(account) for _ in range(12)]
    await elsewhere.verifier.revalidate()
    for pair in pairs:
        await elsewhere.verifier.verify(pair.access_token)
    known = [bool(elsewhere.verifier.cached(pair.access_token)) for pair in pairs]
    assert known == [False] * 7 + [True] * 5
    assert len(elsewhere.verifier._sessions) == 5
    assert await elsewhere.verifier.verify(pairs[0].access_token)
    await elsewhere.sessions.end_sessions(account.user_id)

    assert len(elsewhere.verifier._ended) == 5
    assert not elsewhere.verifier._entries
    for pair in pairs:
        with pytest.raises(SessionEnded):
            await elsewhere.verifier.verify(pair.access_token)


async def test_expired_tokens_leave_the_memory(identity: Identity) -> None:
    """With the next revalidation, whether or not anybody shows them again."""
    tokens = await signed_in(identity)
    await identity.verifier.verify(tokens.access_token)
    identity.clock.forward(minutes=15)
    await identity.verifier.revalidate()

    assert tokens.access_token not in identity.verifier._entries
    assert tokens.session.session_id not in identity.verifier._sessions


async def test_many_calls_with_a_new_token_at_once(identity: Identity) -> None:
    """One query answers them all."""
    tokens = await signed_in(identity)
    batches: list[int] = []
    identity.repository._live._on_batch = lambda name, keys, seconds: batches.append(keys)
    callers = await asyncio.gather(*(identity.verifier.verify(tokens.access_token) for _ in range(100)))

    assert len(set(callers)) == 1
    assert batches == [1]


async def test_a_token_of_another_school(identity: Identity) -> None:
    """The same database and keys, another address: not ours."""
    tokens = await signed_in(identity)
    other = type(identity.verifier)(
        identity.keys, identity.repository, "https://other.example.org", identity.clock
    )

    with pytest.raises(TokenInvalid):
        await other.verify(tokens.access_token)
