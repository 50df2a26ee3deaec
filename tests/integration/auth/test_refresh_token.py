"""RefreshToken over the wire."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from academe.api.auth.v1.auth_service_pb2 import LogoutRequest, RefreshTokenRequest, TokenPair
from academe.api.user.v1.user_service_pb2 import GetMeRequest
from academe.errors import InvalidArgument, SessionEnded, TokenInvalid
from academe.services.auth.errors import RefreshTokenInvalid
from tests.support.errors import expect_error
from tests.support.school import Person, School


async def refresh(school: School, token: str) -> TokenPair:
    pair: TokenPair = await school.anonymous.auth.RefreshToken(RefreshTokenRequest(refresh_token=token))
    return pair


def holding(school: School, pair: Any) -> Person:
    return Person(school.channel, pair.user_id, "", pair)


async def test_a_new_pair(school: School) -> None:
    """Of the same session, which lasts no longer by it; the new access token works."""
    learner = await school.learner()
    pair = await refresh(school, learner.tokens.refresh_token)

    assert pair.session_id == learner.tokens.session_id
    assert pair.session_expire_time == learner.tokens.session_expire_time
    assert pair.refresh_token != learner.tokens.refresh_token
    assert (await holding(school, pair).users.GetMe(GetMeRequest())).user_id == learner.user_id


async def test_fifty_at_once(school: School) -> None:
    """All are answered, with one successor, and it works."""
    learner = await school.learner()
    pairs = await asyncio.gather(*(refresh(school, learner.tokens.refresh_token) for _ in range(50)))

    assert len({pair.refresh_token for pair in pairs}) == 1
    assert await refresh(school, pairs[0].refresh_token)


async def test_a_spent_token_signs_everybody_out(school: School) -> None:
    """The thief and the owner alike: the session's access tokens stop as well."""
    learner = await school.learner()
    first = await refresh(school, learner.tokens.refresh_token)
    second = await refresh(school, first.refresh_token)
    owner = holding(school, second)
    await owner.users.GetMe(GetMeRequest())

    with expect_error(RefreshTokenInvalid):
        await refresh(school, learner.tokens.refresh_token)
    with expect_error(RefreshTokenInvalid):
        await refresh(school, second.refresh_token)
    with expect_error(SessionEnded):
        await owner.users.GetMe(GetMeRequest())
    with expect_error(SessionEnded):
        await learner.users.GetMe(GetMeRequest())
    warning = next(record for record in school.records if "spent refresh token" in record["event"])
    assert warning["session_id"] == learner.tokens.session_id


async def test_after_signing_out(school: School) -> None:
    """A refresh token is of no use then, not even as the repeat of a refresh of a moment ago."""
    learner = await school.learner()
    pair = await refresh(school, learner.tokens.refresh_token)
    await holding(school, pair).auth.Logout(LogoutRequest())

    for token in (learner.tokens.refresh_token, pair.refresh_token):
        with expect_error(RefreshTokenInvalid):
            await refresh(school, token)


@pytest.mark.parametrize("token", ["x", "AAAA", "é" * 40, "A" * 98, "A" * 512, " ", "a.b.c"])
async def test_not_a_token(school: School, token: str) -> None:
    """Anything may be sent."""
    with expect_error(RefreshTokenInvalid):
        await refresh(school, token)


@pytest.mark.parametrize("token", ["", "A" * 513])
async def test_a_request_that_breaks_its_rules(school: School, token: str) -> None:
    """No token, or one longer than any."""
    with expect_error(InvalidArgument):
        await refresh(school, token)


async def test_tokens_do_not_stand_in_for_each_other(school: School) -> None:
    """An access token refreshes nothing, and a refresh token is not let in."""
    learner = await school.learner()

    with expect_error(RefreshTokenInvalid):
        await refresh(school, learner.tokens.access_token[:512])
    learner.tokens.access_token = learner.tokens.refresh_token
    with expect_error(TokenInvalid):
        await holding(school, learner.tokens).users.GetMe(GetMeRequest())
