"""Errors as gRPC statuses, both ways (AIP-193).

`error_to_trailers` writes google.rpc.Status with ErrorInfo, BadRequest and RetryInfo; `error_from_rpc`
rebuilds the same class from what a client received, so that callers catch `CourseNotFound` on either side
of a process boundary.
"""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import DecodeError, Message
from google.rpc import code_pb2, error_details_pb2, status_pb2

from academe import errors
from academe.errors import AcademeError, FieldViolation

DOMAIN = "academe"
DETAILS_KEY = "grpc-status-details-bin"
VIOLATIONS_MAX = 20
"""Field violations in a reply. 300 of them would push the trailers over gRPC's limit and lose them all."""
TEXT_MAX = 500
"""Characters of one description or metadata value, for the same reason."""

STATUS_CODES: dict[str, grpc.StatusCode] = {code.name: code for code in grpc.StatusCode}

_CATEGORIES: dict[str, type[AcademeError]] = {
    kind.code: kind
    for kind in (
        errors.InvalidArgument,
        errors.Unauthenticated,
        errors.PermissionDenied,
        errors.NotFound,
        errors.AlreadyExists,
        errors.FailedPrecondition,
        errors.Aborted,
        errors.ResourceExhausted,
        errors.Unavailable,
        errors.DeadlineExceeded,
    )
}


def error_to_trailers(error: AcademeError) -> tuple[tuple[str, bytes], ...]:
    """The trailing metadata that carries an error's details."""
    status = status_pb2.Status(code=code_pb2.Code.Value(error.code), message=error.message[:TEXT_MAX])
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN)
    for key, value in error.metadata.items():
        info.metadata[key] = value[:TEXT_MAX]
    _pack(status, info)
    if error.violations:
        _pack(status, _bad_request(error))
    if error.retry_after_seconds is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(int(error.retry_after_seconds * 1000))
        _pack(status, retry)
    return ((DETAILS_KEY, status.SerializeToString()),)


def _bad_request(error: AcademeError) -> error_details_pb2.BadRequest:
    details = error_details_pb2.BadRequest()
    for violation in error.violations[:VIOLATIONS_MAX]:
        details.field_violations.add(
            field=violation.field[:TEXT_MAX],
            description=violation.description[:TEXT_MAX],
            reason=violation.reason,
        )
    return details


def _pack(status: Any, detail: Message) -> None:
    packed = any_pb2.Any()
    packed.Pack(detail)
    status.details.append(packed)


def error_from_rpc(rpc_error: grpc.RpcError) -> AcademeError:
    """The error that the server raised. A status without our details becomes its category's class."""
    call: Any = rpc_error  # every RpcError a client meets is a Call as well
    code: grpc.StatusCode = call.code()
    message: str = call.details() or ""
    trailers = call.trailing_metadata() or ()
    raw = next((value for key, value in trailers if key == DETAILS_KEY), b"")
    info, bad_request, retry = _unpack(raw)
    kind = errors.error_class(info.reason) if info is not None and info.domain == DOMAIN else None
    if kind is None or kind.code != code.name:
        kind = _CATEGORIES.get(code.name, errors.Internal)
    error = kind.__new__(kind)
    AcademeError.__init__(
        error,
        message,
        violations=tuple(
            FieldViolation(violation.field, violation.description, violation.reason)
            for violation in (bad_request.field_violations if bad_request is not None else ())
        ),
        retry_after_seconds=retry.retry_delay.ToMilliseconds() / 1000 if retry is not None else None,
        **(dict(info.metadata) if info is not None else {}),
    )
    return error


def _unpack(raw: bytes) -> tuple[Any, Any, Any]:
    found: list[Any] = [None, None, None]
    kinds = (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo)
    try:
        status = status_pb2.Status.FromString(raw)
    except DecodeError:
        return None, None, None
    for detail in status.details:
        for index, kind in enumerate(kinds):
            if detail.Is(kind.DESCRIPTOR):
                found[index] = kind()
                detail.Unpack(found[index])
    return found[0], found[1], found[2]
