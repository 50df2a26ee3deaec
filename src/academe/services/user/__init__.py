"""Accounts: who people are, and the passwords they prove it with."""

from academe.services.user.errors import CredentialsInvalid, CurrentPasswordWrong, UserNotFound
from academe.services.user.handler import UserHandler
from academe.services.user.model import Account
from academe.services.user.passwords import Passwords
from academe.services.user.ports import SessionEnder
from academe.services.user.repository import UserRepository
from academe.services.user.service import UserService

__all__ = [
    "Account",
    "CredentialsInvalid",
    "CurrentPasswordWrong",
    "Passwords",
    "SessionEnder",
    "UserHandler",
    "UserNotFound",
    "UserRepository",
    "UserService",
]
