"""Nameless parts are accepted as far as every implementation can tell them apart, and quickly."""

from __future__ import annotations

from typing import Any

import pytest

from academe.services.credential.standards.canonical import canonical
from academe.services.credential.standards.errors import TooComplex
from academe.services.credential.standards.guard import check
from tests.support.cost import cpu_seconds
from tests.support.vc import by_oxigraph, changed, credential

RESULTS = ("credentialSubject", "achievement", "resultDescription")
RELATED = ("credentialSubject", "achievement", "related")
GRADES = ["A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "F"]


def described(count: int, scale: list[str]) -> list[dict[str, Any]]:
    """Result descriptions that have no id, each with the same scale of grades."""
    return [
        {"type": ["ResultDescription"], "name": f"Exam {number}", "allowedValue": scale}
        for number in range(count)
    ]


def star(points: int, **more: str) -> dict[str, Any]:
    """A node with as many branches, all of them alike."""
    return {"type": ["Achievement"], "alignment": [{"type": ["Alignment"]} for _ in range(points)], **more}


def test_many_results_with_one_scale() -> None:
    """Fifty exams with the same twelve grades are alike for long stretches, and told apart by their names."""
    document = changed(*RESULTS, to=described(50, GRADES))

    assert canonical(document) == by_oxigraph(document)


def test_equal_parts_of_one_whole() -> None:
    """Two hundred of them: their order does not show, so that nobody needs to find it out."""
    document = changed("evidence", to=[{"type": ["Evidence"], "name": "x"} for _ in range(200)])

    assert canonical(document) == by_oxigraph(document)


def test_equal_branches_of_parts_that_differ() -> None:
    """Each branch hangs from a node that has its own name, or an id."""
    document = changed(*RELATED, to=[star(1, name="a"), star(9, name="b"), star(9, id="urn:x")])

    assert canonical(document) == by_oxigraph(document)


@pytest.mark.parametrize(("branches", "points"), [(2, 2), (2, 10), (5, 5), (8, 8), (40, 4), (200, 2)])
def test_equal_branches_of_equal_branches(branches: int, points: int) -> None:
    """Without a name anywhere: some take hours, some give up, so that nobody could rely on a signature."""
    document = changed(*RELATED, to=[star(points) for _ in range(branches)])

    def refuse() -> None:
        with pytest.raises(TooComplex) as refused:
            check(document)
        assert refused.value.code == "symmetric"

    assert cpu_seconds(refuse, 0.1) < 0.1


def test_the_order_of_equal_parts_does_not_matter() -> None:
    """Whichever of two alike parts comes first, the form is the same."""
    document = changed(*RESULTS, to=described(6, GRADES))
    turned = changed(*RESULTS, to=described(6, GRADES)[::-1])

    assert canonical(document) == canonical(turned) != canonical(credential())
