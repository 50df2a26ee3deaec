"""What is made for those who look: status lists, checkpoints and proofs of the log, certificates drawn."""

from __future__ import annotations

import http.client
import random
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from academe.api.credential.v1 import credential_pb2, credential_service_pb2_grpc
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.api.credential.v1 import transparency_log_pb2 as log_pb
from academe.services.credential.standards import data_integrity, status_credential, strict_json
from academe.services.credential.standards.status_list import LENGTH
from benchmarks.credentials.school import SINGLE, School
from benchmarks.credentials.timing import Timed, timed, timed_in_turn

FORMS = {
    "PNG": credential_pb2.CREDENTIAL_FORMAT_PNG,
    "SVG": credential_pb2.CREDENTIAL_FORMAT_SVG,
    "PDF": credential_pb2.CREDENTIAL_FORMAT_PDF,
}
DRAWN = 10
"""Certificates in each form; every one is another learner's, so every one is drawn."""

NOW = "2026-01-02T03:04:05Z"
SHARES = (0.0, 0.01, 0.5)
"""Of a list, set: none, a hundredth, and as many as a list ever takes, which packs worst."""


def make_lists(count: int) -> list[Timed]:
    """Lists of 131,072 positions composed, canonicalised and signed, in this process."""
    key = Ed25519PrivateKey.generate()
    made = []
    for share in SHARES:
        positions = random.Random(7).sample(range(LENGTH), int(LENGTH * share))
        name = f"a list of {LENGTH:,} with {len(positions):,} set, made and signed"
        made.append(timed(name, [_list_work(key, positions)] * (count + 1)))
    return made


def _list_work(key: Ed25519PrivateKey, positions: Sequence[int]) -> Callable[[], object]:
    def work() -> bytes:
        document = status_credential.compose(
            uri="https://school.example/status/1/revocation",
            issuer="did:web:school.example",
            purpose="revocation",
            positions=positions,
            valid_from=NOW,
            valid_until="2026-01-04T03:04:05Z",
            ttl_seconds=60,
        )
        options = data_integrity.proof_options("did:web:school.example#key-1", NOW)
        signature = key.sign(data_integrity.signing_input(document, options))
        return strict_json.serialise(data_integrity.attach(document, options, signature))

    return work


def publish(school: School, count: int) -> list[Timed]:
    """Revocations, the list after each, the log after each, and certificates drawn. Raises RuntimeError if a
    list stays as it was when somebody was revoked."""
    rows = school.fetch(
        """
        select c.credential_id, e.list_id
        from credential.credential c
        join credential.status_entry e using (credential_id)
        where c.type = $1
        order by c.credential_id desc
        limit $2
        """,
        SINGLE,
        max(count, 2 * DRAWN * len(FORMS)) + 1,
    )
    ids = [str(row["credential_id"]) for row in rows]
    with school.channel() as channel:
        stub: Any = credential_service_pb2_grpc.CredentialServiceStub(channel)
        drawn = _drawn(school, stub, ids)
        return [*_after_revocations(school, stub, ids[: count + 1], str(rows[0]["list_id"])), *drawn]


def _after_revocations(school: School, stub: Any, ids: Sequence[str], list_id: str) -> list[Timed]:
    """Each change is followed by everything that it makes anew, so that nothing comes from memory but what is
    meant to."""
    place = school.server.http_port, f"/status/{list_id}/revocation"
    size = school.fetchval("select count(*) from credential.log_leaf")
    lists: list[bytes] = []

    def revoke(credential_id: str) -> None:
        request = pb.RevokeCredentialRequest(credential_id=credential_id, reason="Issued in error.")
        stub.RevokeCredential(request, metadata=school.educator.metadata)

    def prove(_: str) -> None:
        request = log_pb.GetInclusionProofRequest(leaf_index=random.randrange(size), tree_size=size)
        stub.GetInclusionProof(request)

    steps: dict[str, Callable[[str], object]] = {
        "RevokeCredential": revoke,
        "its list made anew, by HTTP": lambda _: lists.append(_get(*place)),
        "the list again, from memory": lambda _: _get(*place),
        "a new checkpoint of the log": lambda _: stub.GetLogCheckpoint(log_pb.GetLogCheckpointRequest()),
        f"an inclusion proof in a tree of {size:,}": prove,
    }
    timings = timed_in_turn(steps, ids, school.processes)
    if len(set(lists)) != len(lists):
        raise RuntimeError("a list did not change when somebody was revoked")
    return timings


def _drawn(school: School, stub: Any, ids: Sequence[str]) -> list[Timed]:
    timings = []
    for place, (name, form) in enumerate(FORMS.items()):
        chosen = ids[place * (DRAWN + 1) : (place + 1) * (DRAWN + 1)]
        works = [_download(school, stub, credential_id, form) for credential_id in chosen]
        timings.append(timed(f"a certificate drawn, {name}", works, school.processes))
    return timings


def _download(school: School, stub: Any, credential_id: str, form: Any) -> Callable[[], object]:
    request = pb.DownloadCredentialRequest(credential_id=credential_id, format=form)
    return lambda: stub.DownloadCredential(request, metadata=school.educator.metadata)


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        if reply.status != 200:
            raise RuntimeError(f"GET {path}: {reply.status}")
        return reply.read()
    finally:
        connection.close()
