"""GetMe and GetUser."""

from __future__ import annotations

import asyncio
import uuid

from academe.api.user.v1.user_service_pb2 import GetMeRequest, GetUserRequest
from academe.errors import InvalidArgument, TokenMissing
from academe.services.user import UserNotFound
from tests.support.errors import expect_error
from tests.support.school import ENGINE, School


async def test_one_s_own_account(school: School) -> None:
    """Whole, and the same by either method."""
    learner = await school.learner()
    me = await learner.users.GetMe(GetMeRequest())

    assert me.user_id == learner.user_id
    assert me.email == f"{learner.username}@example.org"
    assert await learner.users.GetUser(GetUserRequest(user_id=learner.user_id)) == me


async def test_somebody_else_s_profile(school: School) -> None:
    """All that others may see, which is all but the address."""
    educator, learner = await school.educator(), await school.learner()
    profile = await learner.users.GetUser(GetUserRequest(user_id=educator.user_id))
    own = await educator.users.GetMe(GetMeRequest())

    assert profile.email == ""
    own.email = ""
    assert profile == own


async def test_somebody_s_profile_for_an_administrator(school: School) -> None:
    """With the address."""
    administrator, learner = await school.administrator(), await school.learner()
    profile = await administrator.users.GetUser(GetUserRequest(user_id=learner.user_id))

    assert profile.email == f"{learner.username}@example.org"


async def test_nobody(school: School) -> None:
    """An id that was never given out."""
    learner = await school.learner()

    with expect_error(UserNotFound) as refusal:
        await learner.users.GetUser(GetUserRequest(user_id=str(uuid.uuid4())))
    assert refusal.error is not None
    assert "user_id" in refusal.error.metadata


async def test_an_id_that_is_none(school: School) -> None:
    """Refused by its form."""
    learner = await school.learner()

    with expect_error(InvalidArgument):
        await learner.users.GetUser(GetUserRequest(user_id="me"))


async def test_without_signing_in(school: School) -> None:
    """Profiles are for people of the school."""
    for call in (
        school.anonymous.users.GetMe(GetMeRequest()),
        school.anonymous.users.GetUser(GetUserRequest(user_id=str(uuid.uuid4()))),
    ):
        with expect_error(TokenMissing):
            await call


async def test_many_readers_share_queries(school: School) -> None:
    """A hundred reads at once take fewer queries, and everybody gets their own answer."""
    people = [await school.learner() for _ in range(10)]
    batches: list[int] = []
    loader = school.app.slices.users._repository._accounts
    loader._on_batch = lambda name, keys, seconds: batches.append(keys)
    users = await asyncio.gather(*(person.users.GetMe(GetMeRequest()) for person in people * 10))

    assert [user.user_id for user in users] == [person.user_id for person in people] * 10
    # grpcio hands calls over more slowly, so fewer of them meet.
    assert len(batches) < (50 if ENGINE == "native" else len(users))
    assert max(batches) > 1
