"""Who may call what: every method of the contract against everybody."""

from __future__ import annotations

import asyncio

import grpc
import pytest

from academe.caller import Role
from academe.rpc.contract import Method
from academe.rpc.status import error_from_rpc
from tests.support.errors import expect_error
from tests.support.raw import METHODS, call
from tests.support.school import Person, School

GUARDED = [method for method in METHODS if not method.public]
RESTRICTED = [method for method in GUARDED if method.roles]
PUBLIC = [method for method in METHODS if method.public]


def name(method: Method) -> str:
    return method.name


@pytest.fixture(scope="module")
async def learner(school: School) -> Person:
    return await school.learner()


@pytest.mark.parametrize("method", GUARDED, ids=name)
async def test_nobody_gets_in_without_a_token(school: School, method: Method) -> None:
    """Every method that is not public asks for a token before it looks at the request."""
    with expect_error("TOKEN_MISSING"):
        await call(school.channel, method)


@pytest.mark.parametrize("method", GUARDED, ids=name)
async def test_nobody_gets_in_with_a_made_up_token(school: School, method: Method) -> None:
    """What is not a token of ours is TOKEN_INVALID."""
    with expect_error("TOKEN_INVALID"):
        await call(school.channel, method, token="eyJhbGciOiJub25lIn0.e30.")


@pytest.mark.parametrize("method", RESTRICTED, ids=name)
async def test_a_learner_is_kept_out_of_what_is_for_others(
    school: School, learner: Person, method: Method
) -> None:
    """A role that is needed is named."""
    with expect_error("ROLE_REQUIRED") as refusal:
        await call(school.channel, method, token=learner.token)

    assert refusal.error is not None
    assert refusal.error.metadata["roles"] == ",".join(sorted(role.name for role in method.roles))
    assert Role.LEARNER not in method.roles


@pytest.mark.parametrize("method", PUBLIC, ids=name)
async def test_anybody_reaches_what_is_public(school: School, method: Method) -> None:
    """No public method answers that a token is missing."""
    answered = await asyncio.gather(call(school.channel, method), return_exceptions=True)

    for outcome in answered:
        if isinstance(outcome, grpc.aio.AioRpcError):
            assert error_from_rpc(outcome).reason == "FIELD_INVALID"
        else:
            assert not isinstance(outcome, BaseException)


async def test_two_tokens_are_no_token(school: School, learner: Person) -> None:
    """With two authorization values nobody could say which one counts."""
    [get_me] = [method for method in METHODS if method.name == "GetMe"]
    twice = (("authorization", f"Bearer {learner.token}"), ("authorization", f"Bearer {learner.token}"))

    with expect_error("TOKEN_MISSING"):
        await call(school.channel, get_me, metadata=twice)


async def test_a_token_beyond_all_size_is_refused(school: School) -> None:
    """5 KB are not a token; nothing of it is decoded."""
    [get_me] = [method for method in METHODS if method.name == "GetMe"]

    with expect_error("TOKEN_INVALID"):
        await call(school.channel, get_me, token="x" * 5000)
