"""Refresh tokens as text."""

from __future__ import annotations

import base64
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from academe.ids import new_id
from academe.services.auth.refresh_tokens import RefreshToken, RefreshTokens

OURS = RefreshTokens(bytes(range(32)))


@given(st.uuids(), st.uuids(), st.integers(0, 2**64 - 1))
def test_what_is_written_is_read(user_id: UUID, session_id: UUID, count: int) -> None:
    """And the same contents give the same text, so that a repeat is answered with the same successor."""
    token = RefreshToken(user_id, session_id, count)

    assert OURS.read(OURS.write(token)) == token
    assert OURS.write(token) == OURS.write(token)
    assert len(OURS.write(token)) <= 512


@given(st.integers(0, 8 * 73 - 1))
def test_any_changed_bit_makes_it_a_forgery(bit: int) -> None:
    """In the user, the session, the count, or the MAC itself."""
    raw = bytearray(base64.urlsafe_b64decode(OURS.write(RefreshToken(new_id(), new_id(), 7)) + "=="))
    raw[bit // 8] ^= 1 << bit % 8

    assert OURS.read(base64.urlsafe_b64encode(raw).decode().rstrip("=")) is None


@given(st.text(max_size=200))
def test_text_is_no_token(text: str) -> None:
    """Anything may be sent."""
    assert OURS.read(text) is None


def test_a_token_of_another_school_is_no_token() -> None:
    """The MAC is under our own key."""
    assert OURS.read(RefreshTokens(bytes(32)).write(RefreshToken(new_id(), new_id(), 0))) is None
