"""What is taken out of a log, and what is left in it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.api.auth.v1 import auth_service_pb2
from academe.logs.processors import SCRUB_MAX
from academe.logs.redaction import is_secret, may_show, scrub, secrets_at_hand

CANARY = "k9canary7secret"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "currentPassword",
        "PASSWORD",
        "refresh_token",
        "accessToken",
        "token",
        "secret_key",
        "private_key",
        "api-key",
        "authorization",
        "Authorization",
        "one_time_code",
        "verification_code",
        "code",
        "database_dsn",
        "Set-Cookie",
    ],
)
def test_a_name_that_sounds_secret(name: str) -> None:
    """A value under such a name is not written, however it is spelt."""
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["course_id", "page_token", "status_code", "currency_code", "passed", "encoded", "key", "kid"]
)
def test_a_name_that_only_looks_like_one(name: str) -> None:
    """Ordinary fields stay readable."""
    assert not is_secret(name)


def test_the_code_of_a_call_is_no_secret() -> None:
    """The access line has a field `code`, and so has a one-time sign-in: the value tells them apart."""
    assert may_show("code", "NOT_FOUND")
    assert not may_show("code", CANARY)


@pytest.mark.parametrize(
    "text",
    [
        f"cannot connect to postgresql://academe:{CANARY}@db.example.org/academe",
        f"cannot connect to postgresql://academe:with/slash@and{CANARY}@db/academe",
        f"cannot connect to postgresql://:{CANARY}@db/academe",
        f'login: "mia" password: "{CANARY}"',
        f'login: "mia" password: "with \\" quote {CANARY}"',
        f"PasswordCredential(login='mia', password='{CANARY}')",
        f"Settings(secret_key=b'{CANARY}')",
        f'{{"refresh_token": "{CANARY}"}}',
        f"password={CANARY}&login=mia",
        f"host=db password={CANARY} user=academe",
        f'one_time_code {{ code: "{CANARY}" }}',
        f"('authorization', 'Bearer {CANARY}')",
        f"authorization: Bearer {CANARY}",
        f"the token eyJhbGciOiJFUzI1NiJ9.{CANARY}.{CANARY} is not valid",
        f'null value in column "x"\nDETAIL:  Failing row contains (1, {CANARY}, null).',
        f"duplicate key\nDETAIL:  Key (token_hash)=({CANARY}) already exists.",
        f'invalid input syntax for type uuid: "{CANARY}"',
        f"invalid input for query argument $1: '{CANARY}' (expected bytes)",
    ],
)
def test_text_that_repeats_a_secret(text: str) -> None:
    """Messages of libraries, databases and dataclasses are cleaned where they repeat one."""
    assert CANARY not in scrub(text)


def test_text_without_secrets_stays_as_it_is() -> None:
    """What a person needs to understand a fault is not taken away."""
    text = (
        'relation "course.course" does not exist at character 15; code=StatusCode.UNAVAILABLE; '
        "GET http://127.0.0.1:50080/metrics; Key (course_id)=(7) is not present in the table, status_code=7"
    )

    cleaned = scrub(text)

    assert "StatusCode.UNAVAILABLE" in cleaned
    assert 'relation "course.course" does not exist at character 15' in cleaned
    assert "http://127.0.0.1:50080/metrics" in cleaned


@given(
    user=st.text("abcdefghij", max_size=10),
    password=st.text(st.characters(exclude_categories=("Z", "C"), exclude_characters="'\""), min_size=1),
)
def test_any_password_in_a_database_url(user: str, password: str) -> None:
    """Passwords hold slashes, colons and at signs, escaped or not."""
    marked = f"{CANARY}{password}{CANARY}"

    assert CANARY not in scrub(f"failed: postgresql://{user}:{marked}@db:5432/academe?sslmode=require end")


@pytest.mark.parametrize(
    "piece",
    ["a", "password", "password=", 'password="', "://", "://a:", "eyJ", "code: '", "Key (a)=(", "token " * 3],
)
def test_hostile_text_takes_no_longer(piece: str) -> None:
    """Text that almost matches, a thousand times over, does not hold up the event loop."""
    hostile = piece * (SCRUB_MAX // len(piece))
    started = time.process_time()

    scrub(hostile)

    assert time.process_time() - started < 1.0


def test_secrets_at_hand_where_an_error_was_raised() -> None:
    """Sensitive fields of messages and variables with telling names are found, in causes too."""

    def check(password: str) -> None:
        raise ValueError(f"cannot check {password}")

    def authenticate(request: auth_service_pb2.AuthenticateRequest) -> None:
        refresh_token = f"{CANARY}-in-a-variable"
        try:
            check(request.password.password)
        except ValueError as error:
            raise RuntimeError(refresh_token) from error

    request = auth_service_pb2.AuthenticateRequest()
    request.password.login = "mia"
    request.password.password = f"{CANARY}-in-a-message"
    with pytest.raises(RuntimeError) as raised:
        authenticate(request)

    found = secrets_at_hand(raised.value)

    assert {f"{CANARY}-in-a-variable", f"{CANARY}-in-a-message"} <= found
    assert "mia" not in found
