"""Accounts as values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from academe.caller import Caller, Role


@dataclass(frozen=True, slots=True)
class Account:
    """A person. `email` is empty when there is none, or when the reader may not see it."""

    user_id: UUID
    username: str
    email: str
    display_name: str
    biography: str
    roles: frozenset[Role]
    version: int
    """One more with every change, that of the password included."""
    create_time: datetime
    update_time: datetime
    has_password: bool = True

    def seen_by(self, caller: Caller) -> Account:
        """What `caller` may see: the address is for the person and for administrators."""
        if caller.user_id == self.user_id or caller.is_administrator:
            return self
        return replace(self, email="")


@dataclass(frozen=True, slots=True)
class Email:
    """An address as the person writes it, and the form in which it is unique."""

    address: str
    key: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A new account, its fields already in the form to be stored."""

    user_id: UUID
    username: str
    email: Email
    display_name: str
    roles: frozenset[Role]
    password_hash: str
    request_id: UUID | None
    request_hash: bytes | None
    """Of the request without its password: a fast hash of a password must not be kept anywhere."""
    create_time: datetime


@dataclass(frozen=True, slots=True)
class Edits:
    """Fields of an account as somebody wants them, not checked yet; None leaves one as it is."""

    username: str | None = None
    email: str | None = None
    display_name: str | None = None
    biography: str | None = None
    roles: frozenset[Role] | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Fields of an account to change, in the form to be stored; None leaves one as it is."""

    username: str | None = None
    email: Email | None = None
    display_name: str | None = None
    biography: str | None = None
    roles: frozenset[Role] | None = None


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """An account with the hash of its password, None when it has none."""

    account: Account
    password_hash: str | None
