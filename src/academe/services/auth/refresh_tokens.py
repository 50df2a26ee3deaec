"""Refresh tokens: which session, how often it was refreshed, and a MAC over both.

Nothing of them is stored but the count in the session's row. A token of the count before can be told from a
forgery, so that its use says something: somebody repeats a call, or two have the same token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from uuid import UUID

VERSION = 1
_BODY = struct.Struct(">B16s16sQ")
_MAC_BYTES = 32
_LENGTH = _BODY.size + _MAC_BYTES


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """The contents of a token that we made; whether it is spent only the session's row knows."""

    user_id: UUID
    session_id: UUID
    count: int


class RefreshTokens:
    """Writes and reads them, with a key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, token: RefreshToken) -> str:
        """98 characters, the same for the same contents."""
        body = _BODY.pack(VERSION, token.user_id.bytes, token.session_id.bytes, token.count)
        return base64.urlsafe_b64encode(body + self._mac(body)).decode().rstrip("=")

    def read(self, text: str) -> RefreshToken | None:
        """None for anything that `write` did not make with this key."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body, mac = raw[: _BODY.size], raw[_BODY.size :]
        if len(raw) != _LENGTH or not hmac.compare_digest(mac, self._mac(body)):
            return None
        version, user_id, session_id, count = _BODY.unpack(body)
        if version != VERSION:
            return None
        return RefreshToken(UUID(bytes=user_id), UUID(bytes=session_id), count)

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)
