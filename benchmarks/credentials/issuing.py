"""IssueCredential: one at a time, and many at once."""

from __future__ import annotations

from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.ids import new_id
from benchmarks.credentials.school import SINGLE, School
from benchmarks.credentials.timing import Timed, played
from benchmarks.player import Call

ISSUE = "/academe.api.credential.v1.CredentialService/IssueCredential"
WARM_UP = 20


def issue_singly(school: School, calls: int, in_flight: int) -> list[Timed]:
    """So many credentials one at a time, and as many again with `in_flight` under way at once.

    Raises RuntimeError if the database has not that many more afterwards.
    """
    played("warm-up", school.server, _calls(school, 0, WARM_UP), 1, school.processes)
    one = played("one at a time", school.server, _calls(school, WARM_UP, calls), 1, school.processes)
    many = played(
        f"{in_flight} in flight",
        school.server,
        _calls(school, WARM_UP + calls, calls),
        in_flight,
        school.processes,
    )
    issued = school.fetchval("select count(*) from credential.credential where type = $1", SINGLE)
    if issued != WARM_UP + 2 * calls:
        raise RuntimeError(f"{WARM_UP + 2 * calls} badges were asked for, and {issued} issued")
    return [one, many]


def _calls(school: School, start: int, count: int) -> list[Call]:
    """Each for another graduate."""
    chosen = school.enrollment_ids[start : start + count]
    if len(chosen) < count:
        raise ValueError(f"{len(school.enrollment_ids)} graduates are too few")
    return [
        Call(
            ISSUE,
            pb.IssueCredentialRequest(
                request_id=str(new_id()), enrollment_id=enrollment_id, type=SINGLE
            ).SerializeToString(),
            school.educator.token,
        )
        for enrollment_id in chosen
    ]
