"""Access tokens: what is written, and what is not read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from academe.caller import Role
from academe.errors import TokenExpired, TokenInvalid, Unauthenticated
from academe.ids import new_id
from academe.services.auth import access_tokens
from academe.services.auth.access_tokens import Claims
from tests.support.hostile_tokens import ATTACKS, EXPIRED, Mint

ISSUER = "https://school.example.org"
KEY = ECKey.generate_key("P-256")
KID = KEY.thumbprint()


def claims(**changes: Any) -> Claims:
    now = datetime.now(UTC).replace(microsecond=0)
    values: dict[str, Any] = {
        "user_id": new_id(),
        "session_id": new_id(),
        "roles": frozenset({Role.LEARNER}),
        "authenticate_time": now,
        "issue_time": now,
        "expire_time": now + timedelta(minutes=15),
    }
    return Claims(**{**values, **changes})


def write(written: Claims) -> str:
    return access_tokens.write(written, issuer=ISSUER, kid=KID, key=KEY)


def read(token: str, now: datetime | None = None) -> Claims:
    if access_tokens.key_id(token) != KID:
        raise TokenInvalid  # as a verifier that knows one key does
    return access_tokens.read(token, issuer=ISSUER, key=KEY, now=now or datetime.now(UTC))


@given(st.frozensets(st.sampled_from(Role)))
def test_what_is_written_is_read(roles: frozenset[Role]) -> None:
    """Every claim comes back."""
    written = claims(roles=roles)

    assert read(write(written)) == written


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
def test_a_hostile_token_is_refused(attack: Callable[[Mint], str], request: pytest.FixtureRequest) -> None:
    """Each way in which verifiers were fooled before, one by one."""
    mint = Mint(KEY, KID, write(claims()))

    with pytest.raises(Unauthenticated) as caught:
        read(attack(mint))

    expired = request.node.callspec.id in EXPIRED
    assert type(caught.value) is (TokenExpired if expired else TokenInvalid)


def test_the_mint_of_the_attacks_makes_good_tokens_too() -> None:
    """Otherwise the attacks would be refused for another fault than their own."""
    mint = Mint(KEY, KID, write(claims()))

    assert read(mint.insider()) == read(mint.token)
    assert read(mint.says(jti="another")) == read(mint.token)
    assert len(ATTACKS) >= 43


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=80))
def test_noise_is_refused_as_a_token(header: bytes, payload: bytes, signature: bytes) -> None:
    """Nothing but TokenInvalid comes of any three parts."""
    mint = Mint(KEY, KID, write(claims()))
    for token in (
        mint.sign_text(header, payload),
        mint.sign_text('{"alg":"ES256","typ":"at+jwt","kid":"' + KID + '"}', payload),
        mint.token.rpartition(".")[0] + "." + signature.hex(),
    ):
        with pytest.raises(TokenInvalid):
            read(token)


@given(st.text(max_size=100))
def test_text_is_refused_as_a_token(text: str) -> None:
    """Nothing but TokenInvalid comes of any text."""
    with pytest.raises(TokenInvalid):
        read(text)


def test_a_token_expires_to_the_second() -> None:
    """Good until its time, refused from then on."""
    written = claims()
    token = write(written)

    assert read(token, written.expire_time - timedelta(microseconds=1)) == written
    with pytest.raises(TokenExpired):
        read(token, written.expire_time)


def test_a_token_of_a_clock_slightly_ahead_is_good() -> None:
    """Servers' clocks differ; a minute is forgiven, two are not."""
    token = write(claims())

    read(token, datetime.now(UTC) - timedelta(seconds=50))
    with pytest.raises(TokenInvalid):
        read(token, datetime.now(UTC) - timedelta(minutes=2))


def test_a_token_is_small_enough_for_metadata() -> None:
    """Metadata has a soft limit of 8 KiB for everything; a token with every role takes under 1 KB."""
    assert len(write(claims(roles=frozenset(Role)))) < 1000


def test_another_library_reads_the_token_by_rfc_9068() -> None:
    """PyJWT, with the public half only, finds every claim that the profile requires."""
    written = claims(roles=frozenset({Role.LEARNER, Role.EDUCATOR}))
    found = jwt.decode(
        write(written),
        jwt.PyJWK(KEY.as_dict(private=False), algorithm="ES256"),
        algorithms=["ES256"],
        audience="academe",
        issuer=ISSUER,
        options={"require": ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"]},
    )

    assert found["sub"] == str(written.user_id)
    assert found["roles"] == ["learner", "educator"]
    assert found["auth_time"] == written.authenticate_time.timestamp()
    assert jwt.get_unverified_header(write(written))["typ"] == "at+jwt"
