"""How long the nameless parts of a document take to be told apart is known before it is tried."""

from __future__ import annotations

import time
from typing import Any

import pytest

from academe.services.credential.standards.canonical import canonical
from academe.services.credential.standards.errors import TooComplex
from academe.services.credential.standards.guard import check
from academe.services.credential.standards.symmetry import WORK_MAX
from tests.support.vc import by_oxigraph, changed

RESULTS = ("credentialSubject", "achievement", "resultDescription")
GRADES = ["A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "F"]


def described(count: int, scale: list[str], **more: str) -> list[dict[str, Any]]:
    """Result descriptions that have no id, each with the same scale of grades."""
    return [
        {"type": ["ResultDescription"], "name": f"Exam {number}", "allowedValue": scale, **more}
        for number in range(count)
    ]


def star(points: int) -> dict[str, Any]:
    """A node with as many branches, all of them alike."""
    return {"type": ["Achievement"], "alignment": [{"type": ["Alignment"]} for _ in range(points)]}


def test_many_results_with_one_scale() -> None:
    """Fifty exams with the same twelve grades are alike for long stretches, and cheap all the same."""
    document = changed(*RESULTS, to=described(50, GRADES))

    assert canonical(document) == by_oxigraph(document)


def test_equal_parts_of_one_whole() -> None:
    """Two hundred of them, in whatever order they come: the order does not show."""
    document = changed("evidence", to=[{"type": ["Evidence"], "name": "x"} for _ in range(200)])

    assert canonical(document).count(b"<https://purl.imsglobal.org/spec/vc/ob/vocab.html#Evidence>") == 200


def test_a_few_equal_branches_on_equal_branches() -> None:
    """Small symmetric trees are within the limit, and come out as elsewhere."""
    document = changed("credentialSubject", "achievement", "related", to=[star(2), star(2)])

    assert canonical(document) == by_oxigraph(document)


@pytest.mark.parametrize(
    ("branches", "points"),
    [(2, 6), (2, 10), (5, 5), (8, 8), (40, 4)],
)
def test_many_equal_branches_on_equal_branches(branches: int, points: int) -> None:
    """Without a name that begins with _: anywhere, this would keep any implementation busy for hours."""
    document = changed(
        "credentialSubject", "achievement", "related", to=[star(points) for _ in range(branches)]
    )
    started = time.process_time()
    with pytest.raises(TooComplex) as refused:
        check(document)

    assert refused.value.code == "symmetric"
    assert time.process_time() - started < 0.1


def test_what_is_let_through_is_cheap() -> None:
    """The worst that the limit allows, found by trying larger and larger ones, costs little."""
    allowed = None
    for branches in range(2, 60):
        document = changed(
            "credentialSubject", "achievement", "related", to=[star(4) for _ in range(branches)]
        )
        try:
            check(document)
        except TooComplex:
            break
        allowed = document
    assert allowed is not None
    fastest = min(_cost(allowed) for _ in range(3))

    assert fastest < 0.1
    assert WORK_MAX >= 10_000


def _cost(document: dict[str, Any]) -> float:
    started = time.process_time()
    canonical(document)
    return time.process_time() - started
