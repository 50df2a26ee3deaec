"""What can be wrong with accounts."""

from __future__ import annotations

from academe.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Unauthenticated,
)


class UserNotFound(NotFound):
    """No such user."""

    reason = "USER_NOT_FOUND"


class EmailTaken(AlreadyExists):
    """Another account has this e-mail address."""

    reason = "EMAIL_TAKEN"


class UsernameTaken(AlreadyExists):
    """Another account has this username."""

    reason = "USERNAME_TAKEN"


class PasswordUnfit(InvalidArgument):
    """This password is too easy to guess."""

    reason = "PASSWORD_UNFIT"


class EducatorRegistrationClosed(PermissionDenied):
    """In this school an administrator makes people educators; register without asking for it."""

    reason = "EDUCATOR_REGISTRATION_CLOSED"


class LastAdministrator(FailedPrecondition):
    """Somebody has to run the school: make another administrator first."""

    reason = "LAST_ADMINISTRATOR"


class CredentialsInvalid(Unauthenticated):
    """The credentials are not valid."""

    reason = "CREDENTIALS_INVALID"


class CurrentPasswordWrong(InvalidArgument):
    """current_password: is not the account's password."""

    reason = "CURRENT_PASSWORD_WRONG"
