"""UpdateUser."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from academe.api.rpc.v1 import options_pb2
from academe.api.user.v1.user_service_pb2 import GetMeRequest, GetUserRequest, UpdateUserRequest, User
from academe.errors import (
    EtagMismatch,
    InvalidArgument,
    NotYourAccount,
    RoleRequired,
    SessionEnded,
    UpdateMaskInvalid,
)
from academe.services.user import UserNotFound
from academe.services.user.errors import EmailTaken, LastAdministrator, UsernameTaken
from tests.support.errors import expect_error
from tests.support.school import Person, School

LEARNER, EDUCATOR, ADMINISTRATOR = (
    options_pb2.ROLE_LEARNER,
    options_pb2.ROLE_EDUCATOR,
    options_pb2.ROLE_ADMINISTRATOR,
)


async def me(person: Person) -> User:
    user: User = await person.users.GetMe(GetMeRequest())
    return user


async def update(person: Person, paths: Sequence[str] = (), user_id: str = "", **fields: Any) -> User:
    user = User(user_id=user_id or person.user_id, **fields)
    changed: User = await person.users.UpdateUser(
        UpdateUserRequest(user=user, update_mask=FieldMask(paths=paths))
    )
    return changed


async def test_one_s_own_profile(school: School) -> None:
    """The fields in the mask change and no others; the etag does too."""
    learner = await school.learner()
    before = await me(learner)
    after = await update(
        learner,
        ["display_name", "biography"],
        display_name="Ada",
        biography="Poet\r\nof science",
        email="x@y.org",
    )

    assert (after.display_name, after.biography) == ("Ada", "Poet\nof science")
    assert after.email == before.email
    assert after.etag != before.etag
    assert after.update_time.ToNanoseconds() > before.update_time.ToNanoseconds()
    assert await me(learner) == after


async def test_without_a_mask(school: School) -> None:
    """The fields that are set are the ones to change, so an account that was read may be sent back."""
    learner = await school.learner()
    user = await me(learner)
    user.biography = "New here."
    changed = await learner.users.UpdateUser(UpdateUserRequest(user=user))

    assert changed.biography == "New here."
    assert changed.display_name == user.display_name


async def test_a_mask_of_everything(school: School) -> None:
    """What is empty is emptied where it may be; roles may be named as they are."""
    learner = await school.learner()
    user = await update(learner, ["biography"], biography="Old")
    user.biography = ""
    changed = await learner.users.UpdateUser(UpdateUserRequest(user=user, update_mask=FieldMask(paths=["*"])))

    assert changed.biography == ""


async def test_the_same_again(school: School) -> None:
    """A change that changes nothing keeps the etag, so a repeat after a lost answer is harmless."""
    learner = await school.learner()
    first = await update(learner, ["display_name"], display_name="Ada")

    assert await update(learner, ["display_name"], display_name="Ada") == first


async def test_a_new_address_and_username(school: School) -> None:
    """One signs in with the new ones, and others may take the old ones."""
    learner, other = await school.learner(), await school.learner()
    old, new = learner.username, f"new-{uuid.uuid4().hex[:12]}"
    await update(learner, ["username", "email"], username=new, email=f"{new}@example.org")
    await update(other, ["username"], username=old)

    assert (await school.sign_in(f"{new}@EXAMPLE.org")).user_id == learner.user_id
    assert (await school.sign_in(old)).user_id == other.user_id


async def test_another_case_of_one_s_own_name(school: School) -> None:
    """It is not taken, it is one's own."""
    learner = await school.learner()

    assert (await update(learner, ["username"], username=learner.username.upper())).username.isupper()


async def test_a_name_somebody_has(school: School) -> None:
    """In any case."""
    learner, other = await school.learner(), await school.learner()

    with expect_error(UsernameTaken):
        await update(learner, ["username"], username=other.username.upper())
    with expect_error(UsernameTaken):
        await update(learner, ["username"], username="ADMINISTRATOR")
    with expect_error(EmailTaken):
        await update(learner, ["email"], email=f"{other.username}@EXAMPLE.org")


@pytest.mark.parametrize(
    "fields",
    [
        {"username": ""},
        {"email": ""},
        {"email": "ada@localhost"},
        {"display_name": ""},
        {"display_name": "two\nlines"},
        {"biography": "bell \x07"},
    ],
)
async def test_a_field_that_breaks_its_rule(school: School, fields: dict[str, str]) -> None:
    """The refusal names the field, and nothing changes."""
    learner = await school.learner()
    before = await me(learner)

    with expect_error(InvalidArgument) as refusal:
        await update(learner, list(fields), **fields)
    assert refusal.error is not None
    assert [violation.field for violation in refusal.error.violations] == [f"user.{next(iter(fields))}"]
    assert await me(learner) == before


@pytest.mark.parametrize("path", ["user_id", "etag", "create_time", "password", "roles.0"])
async def test_a_mask_of_what_cannot_be_changed(school: School, path: str) -> None:
    """Fields that the server gives, and such as do not exist (API Top 10, 3)."""
    with expect_error(UpdateMaskInvalid):
        await update(await school.learner(), [path])


async def test_fields_of_the_server_are_ignored_without_a_mask(school: School) -> None:
    """An account sent back with other times and ids keeps its own."""
    learner = await school.learner()
    before = await me(learner)
    user = User(user_id=learner.user_id, display_name="Ada")
    user.create_time.FromSeconds(1)

    assert (await learner.users.UpdateUser(UpdateUserRequest(user=user))).create_time == before.create_time


async def test_whose_account_is_not_said(school: School) -> None:
    """The id is what names the account."""
    learner = await school.learner()

    with expect_error(InvalidArgument):
        await learner.users.UpdateUser(UpdateUserRequest(user=User(display_name="Ada")))


async def test_an_etag_of_before(school: School) -> None:
    """Somebody else's change is not overwritten; the refusal says which etag is the present one."""
    learner = await school.learner()
    old = (await me(learner)).etag
    present = (await update(learner, ["display_name"], display_name="Ada")).etag

    with expect_error(EtagMismatch) as refusal:
        await update(learner, ["biography"], biography="x", etag=old)
    assert refusal.error is not None
    assert refusal.error.metadata["etag"] == present
    assert (await update(learner, ["biography"], biography="x", etag=present)).biography == "x"


async def test_somebody_else_s_account(school: School) -> None:
    """Refused alike whether or not it exists."""
    learner, educator = await school.learner(), await school.educator()
    for user_id in (educator.user_id, str(uuid.uuid4())):
        with expect_error(NotYourAccount):
            await update(learner, ["display_name"], user_id=user_id, display_name="Mallory")


async def test_an_administrator_changes_anybody(school: School) -> None:
    """And is told when there is nobody."""
    administrator, learner = await school.administrator(), await school.learner()
    changed = await update(administrator, ["display_name"], learner.user_id, display_name="Renamed")

    assert changed.email
    assert (await me(learner)).display_name == "Renamed"
    with expect_error(UserNotFound):
        await update(administrator, ["display_name"], str(uuid.uuid4()), display_name="Nobody")


@pytest.mark.parametrize("paths", [["roles"], ["*"], []])
async def test_one_s_own_roles(school: School, paths: list[str]) -> None:
    """Nobody promotes themselves, however they ask (API Top 10, 3)."""
    learner = await school.learner()
    user = await me(learner)
    user.roles.append(ADMINISTRATOR)

    with expect_error(RoleRequired):
        await learner.users.UpdateUser(UpdateUserRequest(user=user, update_mask=FieldMask(paths=paths)))
    assert list((await me(learner)).roles) == [LEARNER]


async def test_roles_given_by_an_administrator(school: School) -> None:
    """They count from the next sign-in on, which the old sessions force at once."""
    administrator, learner = await school.administrator(), await school.learner()
    await me(learner)
    changed = await update(administrator, ["roles"], learner.user_id, roles=[EDUCATOR, LEARNER])

    assert list(changed.roles) == [LEARNER, EDUCATOR]
    with expect_error(SessionEnded):
        await me(learner)
    again = await school.sign_in(learner.username)
    assert list((await me(again)).roles) == [LEARNER, EDUCATOR]


async def test_roles_named_as_they_are_end_no_session(school: School) -> None:
    """An administrator who edits a name and sends the account back whole signs nobody out."""
    administrator, learner = await school.administrator(), await school.learner()
    user = await administrator.users.GetUser(GetUserRequest(user_id=learner.user_id))
    user.display_name = "Renamed"
    await administrator.users.UpdateUser(UpdateUserRequest(user=user))

    assert (await me(learner)).display_name == "Renamed"


@pytest.mark.parametrize("roles", [[], [EDUCATOR], [LEARNER, LEARNER], [LEARNER, 9]])
async def test_roles_that_nobody_can_have(school: School, roles: list[int]) -> None:
    """Everybody is a learner; roles are known, and named once."""
    administrator, learner = await school.administrator(), await school.learner()

    with expect_error(InvalidArgument):
        await update(administrator, ["roles"], learner.user_id, roles=roles)


async def test_the_last_administrator_stays(school: School) -> None:
    """And stays signed in; with a second one, either may go."""
    administrator, learner = await school.administrator(), await school.learner()

    with expect_error(LastAdministrator):
        await update(administrator, ["roles"], roles=[LEARNER])
    assert ADMINISTRATOR in (await me(administrator)).roles
    await update(administrator, ["roles"], learner.user_id, roles=[LEARNER, ADMINISTRATOR])
    successor = await school.sign_in(learner.username)
    await update(successor, ["roles"], roles=[LEARNER])
    assert ADMINISTRATOR in (await me(administrator)).roles
