"""VerifyCredential: a code, our own documents, others', and what was never meant to be verified."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from academe.api.credential.v1 import credential_pb2, credential_service_pb2_grpc
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.api.credential.v1 import verification_pb2 as verification
from academe.services.credential.standards import strict_json
from benchmarks.credentials.foreign import forms, hostile
from benchmarks.credentials.school import SINGLE, School
from benchmarks.credentials.timing import Timed, timed

HOSTILE_CALLS = 20
SAMPLE = 50
"""Credentials of ours, in turn."""


def verify_all(school: School, calls: int) -> tuple[list[Timed], list[Timed]]:
    """Good ones, then hostile ones; one call at a time, with a blocking client.

    Raises RuntimeError unless every good one was found valid, and no hostile one.
    """
    rows = school.fetch(
        """
        select c.credential_id, c.verification_code, d.json, d.jwt
        from credential.credential c
        join credential.document d using (learner_id, credential_id)
        where c.type = $1
        order by c.credential_id
        limit $2
        """,
        SINGLE,
        SAMPLE,
    )
    with school.channel() as channel:
        stub: Any = credential_service_pb2_grpc.CredentialServiceStub(channel)
        theirs = _theirs(school, stub, rows[0])
        requests: dict[str, list[Any]] = {
            "a code": [pb_code(row["verification_code"]) for row in rows],
            "our JSON": [pb_document(row["json"]) for row in rows],
            "our token": [pb_document(row["jwt"]) for row in rows],
            **{f"another's {name}": [pb_document(content)] for name, content in theirs.items()},
        }
        good = [_verified(school, stub, name, found, calls, True) for name, found in requests.items()]
        bad = [
            _verified(school, stub, name, [pb_document(content)], HOSTILE_CALLS, False)
            for name, content in hostile().items()
        ]
    return good, bad


def pb_code(code: str) -> Any:
    return verification.VerifyCredentialRequest(verification_code=code)


def pb_document(content: bytes) -> Any:
    return verification.VerifyCredentialRequest(document=content)


def _verified(
    school: School, stub: Any, name: str, requests: Sequence[Any], calls: int, valid: bool
) -> Timed:
    def work(request: Any) -> Callable[[], object]:
        return lambda: _ask(stub, request, name, valid)

    works = [work(requests[number % len(requests)]) for number in range(calls + 1)]
    return timed(name, works, school.processes)


def _ask(stub: Any, request: Any, name: str, valid: bool) -> None:
    reply = stub.VerifyCredential(request)
    if (reply.verdict == verification.VERDICT_VALID) is not valid:
        reasons = "; ".join(check.reason for check in reply.checks)
        raise RuntimeError(f"{name}: verdict {verification.Verdict.Name(reply.verdict)}: {reasons}")


def _theirs(school: School, stub: Any, row: Mapping[str, Any]) -> Mapping[str, bytes]:
    """Pictures as large as certificates are: those that we draw, with another's credential in them."""

    def drawn(form: Any) -> bytes:
        request = pb.DownloadCredentialRequest(credential_id=str(row["credential_id"]), format=form)
        content: bytes = stub.DownloadCredential(request, metadata=school.educator.metadata).content
        return content

    picture, drawing = (
        drawn(credential_pb2.CREDENTIAL_FORMAT_PNG),
        drawn(credential_pb2.CREDENTIAL_FORMAT_SVG),
    )
    return forms(strict_json.parse(row["json"]), picture, drawing)
