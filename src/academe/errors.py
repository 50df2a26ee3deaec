"""Every way in which Academe says no.

    AcademeError
    ├── InvalidArgument          the request itself is wrong; names the fields
    │   ├── PageTokenInvalid
    │   ├── RequestIdReused
    │   └── UpdateMaskInvalid
    ├── Unauthenticated          who is calling is not known
    │   ├── TokenMissing, TokenInvalid, TokenExpired, SessionEnded
    ├── PermissionDenied         known, but may not
    │   ├── RoleRequired, NotYourAccount
    ├── NotFound                 is not there, or is not the caller's to know about
    ├── AlreadyExists
    ├── FailedPrecondition       would be right in another state
    ├── Aborted                  lost against a concurrent change
    │   └── EtagMismatch
    ├── ResourceExhausted        too much at once
    │   ├── Overloaded, StorageFull
    ├── Unavailable              try again
    │   ├── DatabaseUnavailable, ShuttingDown, WorkerUnavailable
    ├── DeadlineExceeded
    └── Internal                 a fault of ours

A class is a condition. Its `reason` is a value of ErrorReason in the contract without the prefix, its
docstring's first line is the message when none is given, and what follows is for the reader of the code.
Each slice declares its own conditions in its `errors.py`. `academe.rpc.status` writes an error into a gRPC
status and reads it back, so a client library raises the same classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

_BY_REASON: dict[str, type[AcademeError]] = {}


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field that breaks its rule: its path in the request, the rule's id, and what to do."""

    field: str
    description: str
    reason: str = ""


class AcademeError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "INTERNAL"
    """Name of the gRPC status code."""
    reason: ClassVar[str] = ""
    """Value of ErrorReason without its prefix; empty for the categories, which are not raised as such."""

    message: str
    metadata: Mapping[str, str]
    violations: Sequence[FieldViolation]
    retry_after_seconds: float | None

    def __init__(
        self,
        message: str | None = None,
        *,
        violations: Sequence[FieldViolation] = (),
        retry_after_seconds: float | None = None,
        **metadata: object,
    ) -> None:
        """`metadata` goes to the caller as ErrorInfo.metadata; `retry_after_seconds` as RetryInfo."""
        self.message = message or (type(self).__doc__ or "").partition("\n")[0]
        self.metadata = {key: str(value) for key, value in metadata.items()}
        self.violations = violations
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.message)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "reason" in cls.__dict__:
            _BY_REASON.setdefault(cls.reason, cls)


def error_class(reason: str) -> type[AcademeError] | None:
    """The class that stands for a reason, or None when no imported module declares it."""
    return _BY_REASON.get(reason)


class InvalidArgument(AcademeError):
    """The request is not valid."""

    code = "INVALID_ARGUMENT"
    reason = "FIELD_INVALID"

    @classmethod
    def field(cls, field: str, description: str, reason: str = "") -> InvalidArgument:
        """An error about one field: `InvalidArgument.field("page_size", "must not be negative")`."""
        violation = FieldViolation(field, description, reason)
        return cls(f"{field}: {description}", violations=(violation,))


class PageTokenInvalid(InvalidArgument):
    """page_token: not one that this list, with these arguments, gave out; start again without one."""

    reason = "PAGE_TOKEN_INVALID"


class RequestIdReused(InvalidArgument):
    """request_id: used before with other content; make a new UUID for a new request."""

    reason = "REQUEST_ID_REUSED"


class UpdateMaskInvalid(InvalidArgument):
    """update_mask: names a field that does not exist or cannot be changed."""

    reason = "UPDATE_MASK_INVALID"


class Unauthenticated(AcademeError):
    """Sign in first."""

    code = "UNAUTHENTICATED"


class TokenMissing(Unauthenticated):
    """This method needs exactly one `authorization: Bearer <access token>` metadata entry."""

    reason = "TOKEN_MISSING"


class TokenInvalid(Unauthenticated):
    """The access token is not valid here; authenticate again."""

    reason = "TOKEN_INVALID"


class TokenExpired(Unauthenticated):
    """The access token has expired; call RefreshToken."""

    reason = "TOKEN_EXPIRED"


class SessionEnded(Unauthenticated):
    """The session has ended; authenticate again."""

    reason = "SESSION_ENDED"


class PermissionDenied(AcademeError):
    """Not allowed."""

    code = "PERMISSION_DENIED"


class RoleRequired(PermissionDenied):
    """This needs a role that the caller does not hold."""

    reason = "ROLE_REQUIRED"


class NotYourAccount(PermissionDenied):
    """Only the person or an administrator may do this."""

    reason = "NOT_YOUR_ACCOUNT"


class NotFound(AcademeError):
    """No such thing."""

    code = "NOT_FOUND"


class AlreadyExists(AcademeError):
    """It exists already."""

    code = "ALREADY_EXISTS"


class FailedPrecondition(AcademeError):
    """Not possible in the present state."""

    code = "FAILED_PRECONDITION"


class Aborted(AcademeError):
    """Somebody else was faster."""

    code = "ABORTED"


class EtagMismatch(Aborted):
    """It changed since it was read; read it again and repeat the change."""

    reason = "ETAG_MISMATCH"


class ResourceExhausted(AcademeError):
    """Too much at once."""

    code = "RESOURCE_EXHAUSTED"


class Overloaded(ResourceExhausted):
    """Too much work is waiting; try again shortly."""

    reason = "OVERLOADED"


class StorageFull(ResourceExhausted):
    """The database has no room left on its disk; nothing was written."""

    reason = "STORAGE_FULL"


class Unavailable(AcademeError):
    """Not available at the moment; try again."""

    code = "UNAVAILABLE"


class DatabaseUnavailable(Unavailable):
    """The database does not answer; repeat the call with the same request_id."""

    reason = "DATABASE_UNAVAILABLE"


class ShuttingDown(Unavailable):
    """The server is stopping; call another one or try again."""

    reason = "SHUTTING_DOWN"


class WorkerUnavailable(Unavailable):
    """A process that the server needs for this was killed or does not start; try again."""

    reason = "WORKER_UNAVAILABLE"


class DeadlineExceeded(AcademeError):
    """The call took longer than its deadline."""

    code = "DEADLINE_EXCEEDED"
    reason = "DEADLINE_EXCEEDED"


class Internal(AcademeError):
    """Something went wrong on our side; quote the request id when you report it."""

    code = "INTERNAL"
    reason = "INTERNAL"
