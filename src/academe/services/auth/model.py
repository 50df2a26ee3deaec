"""Sessions and tokens as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Method(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105 - the name of a method
    ONE_TIME_CODE = "one_time_code"


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in. Ends when it expires, however often it is refreshed, or earlier."""

    user_id: UUID
    session_id: UUID
    authenticate_time: datetime
    expire_time: datetime


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh token did to its session; `count` is that of the successor."""

    session: Session
    count: int
    ended: bool
    """The token was spent long ago, or by somebody else: the session is over."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A signing key as the database has it."""

    generation: int
    kid: str
    private_key: bytes
    """Encrypted."""
    create_time: datetime
    activate_time: datetime


@dataclass(frozen=True, slots=True)
class Tokens:
    """What somebody who signed in is given."""

    session: Session
    access_token: str
    access_expire_time: datetime
    refresh_token: str
    password_required: bool
