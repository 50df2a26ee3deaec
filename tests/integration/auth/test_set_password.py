"""SetPassword."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from academe.api.auth.v1.auth_service_pb2 import (
    AuthenticateRequest,
    OneTimeCodeCredential,
    SetPasswordRequest,
)
from academe.api.user.v1.user_service_pb2 import GetMeRequest
from academe.db.pool import Pool
from academe.errors import InvalidArgument, SessionEnded, TokenMissing
from academe.services.user import CredentialsInvalid, CurrentPasswordWrong
from tests.support.errors import expect_error
from tests.support.school import PASSWORD, Person, School

NEW = "another fine passphrase"


async def by_code(school: School, user_id: str) -> Person:
    code = await school.app.slices.auth.issue_one_time_code(UUID(user_id), timedelta(minutes=10))
    tokens = await school.anonymous.auth.Authenticate(
        AuthenticateRequest(one_time_code=OneTimeCodeCredential(code=code))
    )
    return Person(school.channel, user_id, "", tokens)


async def test_a_new_password(school: School) -> None:
    """It works from then on, in place of the old one; this session goes on and the others end."""
    learner = await school.learner()
    other = await school.sign_in(learner.username)
    await learner.auth.SetPassword(SetPasswordRequest(current_password=PASSWORD, new_password=NEW))

    assert await learner.users.GetMe(GetMeRequest())
    with expect_error(SessionEnded):
        await other.users.GetMe(GetMeRequest())
    with expect_error(CredentialsInvalid):
        await school.sign_in(learner.username, PASSWORD)
    assert await school.sign_in(learner.username, NEW)


async def test_the_first_password(school: School, pool: Pool) -> None:
    """Somebody who came with a code needs no other; afterwards tokens do not ask for one any more."""
    learner = await school.learner()
    await pool.execute(
        "update account.account set password_hash = null where account_id = $1", UUID(learner.user_id)
    )
    person = await by_code(school, learner.user_id)
    assert person.tokens.password_required
    await person.auth.SetPassword(SetPasswordRequest(new_password=NEW))

    assert not (await school.sign_in(learner.username, NEW)).tokens.password_required


async def test_a_code_does_not_stand_in_for_the_current_password(school: School) -> None:
    """Whoever has one of somebody's codes cannot lock them out with it."""
    learner = await school.learner()
    person = await by_code(school, learner.user_id)

    with expect_error(CurrentPasswordWrong):
        await person.auth.SetPassword(SetPasswordRequest(new_password=NEW))


@pytest.mark.parametrize("current", ["", "wrong password"])
async def test_not_the_current_password(school: School, current: str) -> None:
    """Nothing changes and nobody is signed out."""
    learner = await school.learner()
    other = await school.sign_in(learner.username)

    with expect_error(CurrentPasswordWrong):
        await learner.auth.SetPassword(SetPasswordRequest(current_password=current, new_password=NEW))
    assert await other.users.GetMe(GetMeRequest())
    assert await school.sign_in(learner.username, PASSWORD)


async def test_the_same_call_again(school: School) -> None:
    """After a lost answer it succeeds, and ends the sessions that the first one may not have reached."""
    learner = await school.learner()
    request = SetPasswordRequest(current_password=PASSWORD, new_password=NEW)
    await learner.auth.SetPassword(request)
    other = await school.sign_in(learner.username, NEW)
    await learner.auth.SetPassword(request)

    with expect_error(SessionEnded):
        await other.users.GetMe(GetMeRequest())


async def test_a_code_given_out_before(school: School) -> None:
    """It is void: a new password is to keep others out."""
    learner = await school.learner()
    code = await school.app.slices.auth.issue_one_time_code(UUID(learner.user_id), timedelta(minutes=10))
    await learner.auth.SetPassword(SetPasswordRequest(current_password=PASSWORD, new_password=NEW))

    with expect_error(CredentialsInvalid):
        await school.anonymous.auth.Authenticate(
            AuthenticateRequest(one_time_code=OneTimeCodeCredential(code=code))
        )


@pytest.mark.parametrize("new", ["short77", "x" * 257])
async def test_a_password_of_the_wrong_length(school: School, new: str) -> None:
    """Told by the contract's rule."""
    learner = await school.learner()

    with expect_error(InvalidArgument) as refusal:
        await learner.auth.SetPassword(SetPasswordRequest(current_password=PASSWORD, new_password=new))
    assert refusal.error is not None
    assert refusal.error.violations[0].field == "new_password"


async def test_a_password_that_is_guessed_first(school: School) -> None:
    """One's own name with a digit is one of them."""
    learner = await school.learner()

    with expect_error("PASSWORD_UNFIT"):
        await learner.auth.SetPassword(
            SetPasswordRequest(current_password=PASSWORD, new_password=f"{learner.username}1")
        )


async def test_without_signing_in(school: School) -> None:
    """There is nobody whose password to set."""
    with expect_error(TokenMissing):
        await school.anonymous.auth.SetPassword(SetPasswordRequest(new_password=NEW))


async def test_no_password_reaches_the_log(school: School) -> None:
    """Neither the old nor the new one, refused or not."""
    learner = await school.learner()
    await learner.auth.SetPassword(SetPasswordRequest(current_password=PASSWORD, new_password="canary sings"))
    with expect_error(CurrentPasswordWrong):
        await learner.auth.SetPassword(SetPasswordRequest(current_password="canary!!", new_password=NEW))

    assert "canary" not in str(school.records)
    assert "password set" in [record["event"] for record in school.records]
