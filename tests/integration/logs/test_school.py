"""The log of a whole school: every secret of a day's sign-ins, and not one of them written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.user.v1 import user_service_pb2 as user_pb
from academe.errors import AcademeError
from academe.logs import LogStream, configure_logging
from tests.support.errors import expect_error
from tests.support.logs import Written
from tests.support.school import PASSWORD, Person, School

NEW_PASSWORD = "kvk7 another good one"
WRONG_PASSWORD = "kvk7 not the right one"
WRONG_TOKEN = "kvk7-refresh-token-that-never-was"
WRONG_CODE = "KVK7-WRONG-CODE"


class LoggedSchool(School):
    """A school that logs at debug level through the real pipeline of the log."""

    def __init__(self, database: str, data_dir: Path, written: Written) -> None:
        self.stream = LogStream(written)
        super().__init__(database, data_dir, log=configure_logging("json", "debug", stream=self.stream))


@pytest.fixture
async def logged_school(database: str, tmp_path: Path, written: Written) -> AsyncIterator[LoggedSchool]:
    opened = LoggedSchool(database, tmp_path, written)
    await opened.start()
    yield opened
    await opened.stop()


async def a_day_of_sign_ins(school: LoggedSchool) -> list[str]:
    """Everything that takes or gives a secret, well and badly; returns the secrets."""
    code = await school.app.first_sign_in()
    assert code is not None
    tokens = await school.anonymous.auth.Authenticate(by_code(code))
    administrator = Person(school.channel, tokens.user_id, "administrator", tokens)
    await administrator.auth.SetPassword(auth_pb.SetPasswordRequest(new_password=NEW_PASSWORD))
    learner = await school.learner()
    refreshed = await school.anonymous.auth.RefreshToken(
        auth_pb.RefreshTokenRequest(refresh_token=learner.tokens.refresh_token)
    )
    await refused(school.anonymous.auth.Authenticate(by_password(learner.username, WRONG_PASSWORD)))
    await refused(school.anonymous.auth.Authenticate(by_code(WRONG_CODE)))
    await refused(school.anonymous.auth.RefreshToken(auth_pb.RefreshTokenRequest(refresh_token=WRONG_TOKEN)))
    await refused(
        learner.auth.SetPassword(
            auth_pb.SetPasswordRequest(current_password=WRONG_PASSWORD, new_password=NEW_PASSWORD)
        )
    )
    await refused(
        school.anonymous.users.RegisterUser(
            user_pb.RegisterUserRequest(username="!", email="not an address", password=WRONG_PASSWORD)
        )
    )
    await learner.auth.Logout(auth_pb.LogoutRequest())
    await refused(learner.users.GetMe(user_pb.GetMeRequest()))
    pairs = (tokens, learner.tokens, refreshed)
    return [
        code,
        PASSWORD,
        NEW_PASSWORD,
        WRONG_PASSWORD,
        WRONG_TOKEN,
        WRONG_CODE,
        *(pair.access_token for pair in pairs),
        *(pair.access_token.rpartition(".")[2] for pair in pairs),
        *(pair.refresh_token for pair in pairs),
    ]


def by_code(code: str) -> auth_pb.AuthenticateRequest:
    return auth_pb.AuthenticateRequest(one_time_code=auth_pb.OneTimeCodeCredential(code=code))


def by_password(login: str, password: str) -> auth_pb.AuthenticateRequest:
    return auth_pb.AuthenticateRequest(password=auth_pb.PasswordCredential(login=login, password=password))


async def refused(call: Any) -> None:
    with expect_error(AcademeError):
        await call


def methods_logged(school: LoggedSchool, written: Written) -> set[str]:
    school.stream.flush()
    return {record.get("method", "").rpartition("/")[2] for record in written.records()}


async def test_no_secret_of_the_day_is_in_the_log(logged_school: LoggedSchool, written: Written) -> None:
    """Passwords, tokens and codes, those that were right and those that were not."""
    secrets = await a_day_of_sign_ins(logged_school)
    used = {"Authenticate", "RefreshToken", "SetPassword", "RegisterUser", "Logout", "GetMe"}
    async with asyncio.timeout(30):
        # A call is logged when its answer is on its way; the last one's may be with the client before.
        while not used <= methods_logged(logged_school, written):  # noqa: ASYNC110 - a log sets no event
            await asyncio.sleep(0.01)

    assert [secret for secret in secrets if secret in written.getvalue()] == []
