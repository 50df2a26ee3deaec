"""Logout."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from academe.api.auth.v1.auth_service_pb2 import LogoutRequest
from academe.api.user.v1.user_service_pb2 import GetMeRequest
from academe.errors import SessionEnded, TokenMissing
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def elsewhere(school: School, database: str) -> AsyncIterator[School]:
    """Another server of the same school."""
    opened = School(database, school.settings.data_dir)
    await opened.start()
    yield opened
    await opened.stop()


async def test_this_session(school: School) -> None:
    """Its access token stops at once; the person's other session goes on."""
    learner = await school.learner()
    other = await school.sign_in(learner.username)
    answer = await learner.auth.Logout(LogoutRequest())

    assert answer.ended_sessions == 1
    with expect_error(SessionEnded):
        await learner.users.GetMe(GetMeRequest())
    assert await other.users.GetMe(GetMeRequest())


async def test_every_session(school: School) -> None:
    """Of this person, and of nobody else."""
    learner, bystander = await school.learner(), await school.learner()
    others = [await school.sign_in(learner.username) for _ in range(3)]
    answer = await learner.auth.Logout(LogoutRequest(all_sessions=True))

    assert answer.ended_sessions == 4
    for person in (learner, *others):
        with expect_error(SessionEnded):
            await person.users.GetMe(GetMeRequest())
    assert await bystander.users.GetMe(GetMeRequest())


async def test_twice(school: School) -> None:
    """The second time nobody is signed in any more."""
    learner = await school.learner()
    await learner.auth.Logout(LogoutRequest())

    with expect_error(SessionEnded):
        await learner.auth.Logout(LogoutRequest())


async def test_without_signing_in(school: School) -> None:
    """There is no session to end."""
    with expect_error(TokenMissing):
        await school.anonymous.auth.Logout(LogoutRequest())


async def test_on_another_server(school: School, elsewhere: School) -> None:
    """A token that the other server has in its memory stops within five seconds."""
    learner = await school.learner()
    there = Person(elsewhere.channel, learner.user_id, learner.username, learner.tokens)
    await there.users.GetMe(GetMeRequest())
    await learner.auth.Logout(LogoutRequest())
    started = time.monotonic()

    with expect_error(SessionEnded):
        while time.monotonic() - started < 6:
            await there.users.GetMe(GetMeRequest())
            await asyncio.sleep(0.02)
    assert time.monotonic() - started < 5
