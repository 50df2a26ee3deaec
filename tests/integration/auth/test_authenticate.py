"""Authenticate."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from uuid import UUID

import bcrypt
import grpc
import pytest

from academe.api.auth.v1.auth_service_pb2 import (
    AuthenticateRequest,
    OneTimeCodeCredential,
    PasswordCredential,
    TokenPair,
)
from academe.api.user.v1.user_service_pb2 import GetMeRequest
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.services.user import CredentialsInvalid
from tests.support.errors import expect_error
from tests.support.school import PASSWORD, School


def with_password(login: str, password: str = PASSWORD) -> AuthenticateRequest:
    return AuthenticateRequest(password=PasswordCredential(login=login, password=password))


def with_code(code: str) -> AuthenticateRequest:
    return AuthenticateRequest(one_time_code=OneTimeCodeCredential(code=code))


async def issue(school: School, user_id: str, lifetime: timedelta = timedelta(minutes=10)) -> str:
    return await school.app.slices.auth.issue_one_time_code(UUID(user_id), lifetime)


async def without_password(school: School, pool: Pool) -> str:
    """The username of somebody who has no password yet."""
    learner = await school.learner()
    await pool.execute(
        "update account.account set password_hash = null where account_id = $1", UUID(learner.user_id)
    )
    return learner.username


async def test_a_password_starts_a_session(school: School) -> None:
    """With two tokens whose lifetimes are the school's."""
    learner = await school.learner()
    before = time.time()
    tokens: TokenPair = await school.anonymous.auth.Authenticate(with_password(learner.username))

    assert tokens.user_id == learner.user_id
    assert tokens.session_id != learner.tokens.session_id
    assert not tokens.password_required
    assert 895 <= tokens.access_expire_time.ToSeconds() - before <= 905
    assert 29.9 <= (tokens.session_expire_time.ToSeconds() - before) / 86_400 <= 30.1


@pytest.mark.parametrize("form", [str.lower, str.upper, "{}@example.org".format, "{}@EXAMPLE.org".format])
async def test_by_name_or_address_in_any_case(school: School, form: object) -> None:
    """All of them are the same person."""
    assert callable(form)
    learner = await school.learner()

    assert (await school.sign_in(form(learner.username))).user_id == learner.user_id


async def test_every_refusal_is_the_same(school: School, pool: Pool) -> None:
    """Nobody of that name, a wrong password, no password, no such code: one answer, to the byte."""
    learner = await school.learner()
    requests = [
        with_password("nobody-at-all"),
        with_password("nobody@example.org"),
        with_password("not even a name"),
        with_password(learner.username, "wrong password"),
        with_password(await without_password(school, pool)),
        with_password("administrator", "administrator"),
        with_code("0000000-0000000-0000000-0000000"),
        with_code("x"),
    ]
    answers = set()
    for request in requests:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await school.anonymous.auth.Authenticate(request)
        error = caught.value
        answers.add((error.code(), error.details(), str(error.trailing_metadata())))

    assert len(answers) == 1
    assert next(iter(answers))[0] is grpc.StatusCode.UNAUTHENTICATED


async def test_every_refusal_costs_one_check(
    school: School, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exactly one bcrypt check, of the present cost, is made whatever is wrong."""
    learner = await school.learner()
    logins = ["nobody-at-all", "not even a name", learner.username, await without_password(school, pool)]
    await school.app.slices.passwords.prepare()
    costs: list[bytes] = []
    check = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        costs.append(hashed.split(b"$")[2])
        return check(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    for login in logins:
        with expect_error(CredentialsInvalid):
            await school.anonymous.auth.Authenticate(with_password(login, "wrong password"))

    assert costs == [b"04"] * 4


async def test_a_code_works_once(school: School) -> None:
    """Then it is as wrong as any other."""
    learner = await school.learner()
    code = await issue(school, learner.user_id)
    tokens = await school.anonymous.auth.Authenticate(with_code(code.lower().replace("-", " ")))

    assert tokens.user_id == learner.user_id
    with expect_error(CredentialsInvalid):
        await school.anonymous.auth.Authenticate(with_code(code))


async def test_many_callers_have_the_same_code(school: School) -> None:
    """One of twenty is let in, and one session is made."""
    learner = await school.learner()
    code = await issue(school, learner.user_id)
    answers = await asyncio.gather(
        *(school.anonymous.auth.Authenticate(with_code(code)) for _ in range(20)), return_exceptions=True
    )

    assert len([answer for answer in answers if isinstance(answer, TokenPair)]) == 1
    sessions = await school.app.slices.users._sessions.end_sessions(UUID(learner.user_id))
    assert sessions == 2  # that one and the one of the password


async def test_a_code_is_replaced_by_the_next(school: School) -> None:
    """Only the last one given out works."""
    learner = await school.learner()
    first, second = await issue(school, learner.user_id), await issue(school, learner.user_id)

    with expect_error(CredentialsInvalid):
        await school.anonymous.auth.Authenticate(with_code(first))
    assert (await school.anonymous.auth.Authenticate(with_code(second))).user_id == learner.user_id


async def test_a_code_expires(school: School) -> None:
    """Unused, it is worth nothing after its time."""
    learner = await school.learner()
    code = await issue(school, learner.user_id, timedelta(seconds=-1))

    with expect_error(CredentialsInvalid):
        await school.anonymous.auth.Authenticate(with_code(code))


async def test_the_first_administrator_has_to_set_a_password(school: School) -> None:
    """The pair of tokens says so."""
    administrator = await school.administrator()

    assert administrator.tokens.password_required
    assert (await administrator.users.GetMe(GetMeRequest())).username == "administrator"


@pytest.mark.parametrize(
    "request_",
    [
        AuthenticateRequest(),
        with_password("", "x"),
        with_password("ada", ""),
        with_password("x" * 255),
        with_password("ada", "x" * 257),
        with_code(""),
        with_code("x" * 129),
    ],
)
async def test_a_request_that_breaks_its_rules(school: School, request_: AuthenticateRequest) -> None:
    """Refused before anything is looked up."""
    with expect_error(InvalidArgument):
        await school.anonymous.auth.Authenticate(request_)


async def test_what_the_log_says(school: School) -> None:
    """Who signed in or was meant, and by which method; no secret, and not what was typed as a login."""
    learner = await school.learner()
    code = await issue(school, learner.user_id)
    school.records.clear()
    pair = await school.anonymous.auth.Authenticate(with_code(code))
    tokens = await school.anonymous.auth.Authenticate(with_password(learner.username))
    for request in (
        with_password(learner.username, "canary-one"),
        with_password("canary-two", "canary-three"),
    ):
        with expect_error(CredentialsInvalid):
            await school.anonymous.auth.Authenticate(request)
    said = [
        (record["event"], record["user_id"], record["method"])
        for record in school.records
        if record["event"].startswith("sign")
    ]

    assert said == [
        ("signed in", learner.user_id, "one_time_code"),
        ("signed in", learner.user_id, "password"),
        ("sign-in refused", learner.user_id, "password"),
        ("sign-in refused", "", "password"),
    ]
    everything = str(school.records)
    for secret in ("canary", PASSWORD, code, pair.access_token, pair.refresh_token, tokens.refresh_token):
        assert secret not in everything
