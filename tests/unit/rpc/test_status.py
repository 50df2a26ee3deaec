"""Errors as statuses and back."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st

from academe import errors
from academe.errors import AcademeError, FieldViolation
from academe.rpc.status import DETAILS_KEY, VIOLATIONS_MAX, error_from_rpc, error_to_trailers


class Received(grpc.RpcError):
    """What a client holds after a failed call."""

    def __init__(self, code: grpc.StatusCode, details: str, trailers: tuple[tuple[str, bytes], ...]) -> None:
        self._code, self._details, self._trailers = code, details, trailers

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def trailing_metadata(self) -> Any:
        return self._trailers


def over_the_wire(error: AcademeError) -> AcademeError:
    return error_from_rpc(Received(grpc.StatusCode[error.code], error.message, error_to_trailers(error)))


CLASSES = [
    errors.InvalidArgument,
    errors.PageTokenInvalid,
    errors.TokenExpired,
    errors.RoleRequired,
    errors.EtagMismatch,
    errors.Overloaded,
    errors.DatabaseUnavailable,
    errors.DeadlineExceeded,
    errors.Internal,
]


@pytest.mark.parametrize("kind", CLASSES)
def test_a_client_raises_what_the_server_raised(kind: type[AcademeError]) -> None:
    """Class, message, metadata, violations and retry delay survive the wire."""
    sent = kind(
        "Told plainly.",
        violations=[FieldViolation("course.title", "must not be empty", "string.min_len")],
        retry_after_seconds=1.5,
        course_id="c1",
    )

    got = over_the_wire(sent)

    assert type(got) is kind
    assert (got.message, dict(got.metadata), got.retry_after_seconds) == (
        "Told plainly.",
        {"course_id": "c1"},
        1.5,
    )
    assert list(got.violations) == list(sent.violations)


@given(st.lists(st.text(max_size=2000), max_size=400))
def test_details_never_outgrow_the_trailers(texts: list[str]) -> None:
    """However much is wrong, the details stay below the size at which gRPC would drop them all."""
    violations = [FieldViolation(f"items[{n}]", text) for n, text in enumerate(texts)]

    ((key, raw),) = error_to_trailers(errors.InvalidArgument("bad", violations=violations))

    assert key == DETAILS_KEY
    status = status_pb2.Status.FromString(raw)
    bad_request = error_details_pb2.BadRequest()
    if texts:
        assert status.details[1].Unpack(bad_request)
    assert len(bad_request.field_violations) == min(len(texts), VIOLATIONS_MAX)


def test_a_status_of_somebody_else_becomes_its_category() -> None:
    """A proxy's UNAVAILABLE, without details, is still an Unavailable."""
    got = error_from_rpc(Received(grpc.StatusCode.UNAVAILABLE, "upstream reset", ()))

    assert isinstance(got, errors.Unavailable)
    assert got.message == "upstream reset"


@given(st.binary(max_size=200))
def test_broken_details_are_not_a_second_failure(raw: bytes) -> None:
    """Whatever bytes come as details, an error of the status comes out."""
    got = error_from_rpc(Received(grpc.StatusCode.NOT_FOUND, "gone", ((DETAILS_KEY, raw),)))

    assert got.code == "NOT_FOUND"
