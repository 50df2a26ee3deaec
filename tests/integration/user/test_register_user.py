"""RegisterUser."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from academe.api.rpc.v1 import options_pb2
from academe.api.user.v1.user_service_pb2 import GetUserRequest, RegisterUserRequest, User
from academe.db.pool import Pool
from academe.errors import RequestIdReused
from academe.rpc.convert import fingerprint
from academe.rpc.status import error_from_rpc
from academe.services.user.errors import EmailTaken, UsernameTaken
from tests.support.errors import expect_error
from tests.support.school import PASSWORD, School

Ask = Callable[..., RegisterUserRequest]


@pytest.fixture
def ask() -> Ask:
    """A request that is right, for somebody new each time."""

    def request(**changes: Any) -> RegisterUserRequest:
        name = f"Ada-{uuid.uuid4().hex[:12]}"
        fields = {"username": name, "email": f"{name}@Example.org", "password": PASSWORD, **changes}
        return RegisterUserRequest(**fields)

    return request


async def test_somebody_new(school: School, ask: Ask) -> None:
    """The account is a learner's, keeps the case of its name, and may be signed in to."""
    request = ask(display_name=" Ada  Lovelace ")
    user: User = await school.anonymous.users.RegisterUser(request)

    assert user.username == request.username
    assert user.email == request.email.replace("Example", "example")
    assert user.display_name == "Ada Lovelace"
    assert list(user.roles) == [options_pb2.ROLE_LEARNER]
    assert user.etag
    assert uuid.UUID(user.user_id).version == 7
    assert user.create_time == user.update_time
    person = await school.sign_in(request.username)
    assert await person.users.GetUser(GetUserRequest(user_id=user.user_id)) == user


async def test_without_a_display_name(school: School, ask: Ask) -> None:
    """The username stands in for it."""
    request = ask()

    assert (await school.anonymous.users.RegisterUser(request)).display_name == request.username


async def test_as_an_educator(school: School, ask: Ask) -> None:
    """Where the school allows it, asking is enough; a learner one is too."""
    user = await school.anonymous.users.RegisterUser(ask(educator=True))

    assert list(user.roles) == [options_pb2.ROLE_LEARNER, options_pb2.ROLE_EDUCATOR]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda taken: {"username": taken.username.swapcase()}, UsernameTaken),
        (lambda taken: {"email": taken.email.swapcase()}, EmailTaken),
        (lambda taken: {"username": "Administrator"}, UsernameTaken),
    ],
    ids=["username", "email", "the administrator's name"],
)
async def test_a_name_somebody_has(school: School, ask: Ask, change: Any, expected: Any) -> None:
    """In any case; and nobody passes as the school's administrator."""
    taken = ask()
    await school.anonymous.users.RegisterUser(taken)

    with expect_error(expected):
        await school.anonymous.users.RegisterUser(ask(**change(taken)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "a"}, "username"),
        ({"username": "Jörg"}, "username"),
        ({"email": "nobody"}, "email"),
        ({"email": "ada@localhost"}, "email"),
        ({"email": f"{'a' * 65}@example.org"}, "email"),
        ({"password": "seven77"}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"display_name": "Ada\nLovelace"}, "display_name"),
        ({"request_id": "not-a-uuid"}, "request_id"),
    ],
)
async def test_a_field_that_breaks_its_rule(school: School, ask: Ask, change: Any, field: str) -> None:
    """The refusal names the field."""
    with expect_error("FIELD_INVALID") as refusal:
        await school.anonymous.users.RegisterUser(ask(**change))

    assert refusal.error is not None
    assert [violation.field for violation in refusal.error.violations] == [field]


@pytest.mark.parametrize("password", ["password1", "Trustno1", "aaaaaaaa", "Academe2026"])
async def test_a_password_that_is_guessed_first(school: School, ask: Ask, password: str) -> None:
    """Told apart from a broken rule, and never repeated."""
    with expect_error("PASSWORD_UNFIT") as refusal:
        await school.anonymous.users.RegisterUser(ask(password=password))

    assert refusal.error is not None
    assert password not in str(refusal.rpc)


@pytest.mark.parametrize(
    "password",
    ["\U0001f511🐎🔋📎" * 16, "é" * 64, "x" * 72 + "y", "nul\x00inside it"],
    ids=["64 emoji", "64 accents", "73 bytes", "nul"],
)
async def test_a_long_password_of_any_script(school: School, ask: Ask, password: str) -> None:
    """64 characters of four bytes each, and bytes that bcrypt knows nothing of (ASVS 6.2.8, 6.2.9)."""
    request = ask(password=password)
    await school.anonymous.users.RegisterUser(request)

    assert (await school.sign_in(request.username, password)).token
    with expect_error("CREDENTIALS_INVALID"):
        await school.sign_in(request.username, password[:-1])


async def test_the_same_request_again(school: School, ask: Ask) -> None:
    """It is answered with the account first made, whatever was decided about passwords meanwhile."""
    request = ask(request_id=str(uuid.uuid4()))
    first = await school.anonymous.users.RegisterUser(request)

    assert await school.anonymous.users.RegisterUser(request) == first


async def test_a_repeat_with_another_password(school: School, ask: Ask) -> None:
    """It is refused, since signing in with that password would fail; the first one goes on working."""
    request = ask(request_id=str(uuid.uuid4()), password="a canary sings at noon")
    await school.anonymous.users.RegisterUser(request)
    changed = RegisterUserRequest()
    changed.CopyFrom(request)
    changed.password = "a blackbird sings at dusk"

    with expect_error(RequestIdReused):
        await school.anonymous.users.RegisterUser(changed)
    assert await school.sign_in(request.username, "a canary sings at noon")


async def test_the_request_id_of_another_request(school: School, ask: Ask) -> None:
    """A different content under a used id is a mistake of the client's."""
    request = ask(request_id=str(uuid.uuid4()))
    await school.anonymous.users.RegisterUser(request)

    with expect_error(RequestIdReused):
        await school.anonymous.users.RegisterUser(ask(request_id=request.request_id))


async def test_the_same_request_many_times_at_once(school: School, ask: Ask) -> None:
    """One account, and every caller is given it."""
    request = ask(request_id=str(uuid.uuid4()))
    users = await asyncio.gather(*(school.anonymous.users.RegisterUser(request) for _ in range(30)))

    assert len({user.user_id for user in users}) == 1


async def test_many_people_at_once_want_one_address(school: School, ask: Ask) -> None:
    """One of fifty gets it; the others are told that it is taken."""
    address = f"{uuid.uuid4().hex}@example.org"
    answers = await asyncio.gather(
        *(school.anonymous.users.RegisterUser(ask(email=address)) for _ in range(50)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, grpc.RpcError)]

    assert len(refused) == 49
    assert all(isinstance(error_from_rpc(refusal), EmailTaken) for refusal in refused)


async def test_nothing_of_the_password_is_kept_or_logged(school: School, pool: Pool, ask: Ask) -> None:
    """Only its slow hash is stored: the fast one, of the request, is that of one without a password."""
    request = ask(request_id=str(uuid.uuid4()), password="a canary sings at noon")
    await school.anonymous.users.RegisterUser(request)
    row = await pool.fetchrow(
        "select * from account.account where request_id = $1", uuid.UUID(request.request_id)
    )
    request.password = ""

    assert row is not None
    assert row["request_hash"] == fingerprint(request)
    assert "canary" not in str(dict(row))
    assert row["password_hash"].startswith("v1$")
    assert "canary" not in str(school.records)
