"""Hostile access tokens against a running server."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest

from academe.api.user.v1.user_service_pb2 import GetMeRequest
from academe.errors import TokenExpired, TokenInvalid, TokenMissing
from tests.support.errors import expect_error
from tests.support.hostile_tokens import ATTACKS, EXPIRED, Mint
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def mint(school: School) -> Mint:
    """The school's own key in an attacker's hands, but for the attacks that do not have it."""
    learner = await school.learner()
    current = school.app.slices.keys.current()
    return Mint(current.key, current.kid, learner.token)


async def get_me(school: School, *metadata: tuple[str, str]) -> object:
    return await school.anonymous.users.GetMe(GetMeRequest(), metadata=metadata)


async def test_the_mint_makes_good_tokens_too(school: School, mint: Mint) -> None:
    """Otherwise every attack would be refused for the wrong reason."""
    for token in (mint.token, mint.insider(), mint.says(jti="another")):
        assert await get_me(school, ("authorization", f"Bearer {token}"))


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_hostile_token_is_not_let_in(school: School, mint: Mint, name: str) -> None:
    """Refused as invalid, none of them as a fault of ours, and again when it is shown again."""
    attack: Callable[[Mint], str] = ATTACKS[name]
    token = attack(mint)
    for _ in range(2):
        with expect_error(TokenExpired if name in EXPIRED else TokenInvalid):
            await get_me(school, ("authorization", f"Bearer {token}"))


@pytest.mark.parametrize(
    "metadata",
    [
        (),
        (("authorization", ""),),
        (("authorization", "Basic YWRhOnBhc3N3b3Jk"),),
        (("authorization", "Bearer"),),
        (("authorization", "good token without a scheme"),),
        (("x-authorization", "Bearer x"),),
    ],
)
async def test_no_bearer_token(school: School, metadata: tuple[tuple[str, str], ...]) -> None:
    """Told apart from a bad one."""
    with expect_error(TokenMissing):
        await get_me(school, *metadata)


async def test_two_tokens(school: School, mint: Mint) -> None:
    """Which one counts would be a guess, though both are good."""
    header = ("authorization", f"Bearer {mint.token}")

    with expect_error(TokenMissing):
        await get_me(school, header, header)


async def test_a_token_longer_than_any_of_ours(school: School, mint: Mint) -> None:
    """Refused before it is read."""
    padded = mint.says(jti="x" * 4000)
    assert len(padded) > 4096

    with expect_error(TokenInvalid):
        await get_me(school, ("authorization", f"Bearer {padded}"))


async def test_the_server_answers_as_before(school: School, mint: Mint) -> None:
    """After all of that, and without a single unexpected error."""
    person = Person(school.channel)

    assert await get_me(school, ("authorization", f"Bearer {mint.token}"))
    assert not [record for record in school.records if record["level"] == "error"]
    with pytest.raises(grpc.aio.AioRpcError):
        await person.users.GetMe(GetMeRequest())
