"""How long it takes to tell the nameless parts of a document apart, worked out before it is tried.

RDFC-1.0 names a blank node after its own statements where these are unlike all others'. Only among those that
are alike does it try orders: for a node with k alike neighbours on one predicate k! of them, and within each
all orders of these neighbours' own. Documents here are trees, but a tree of equal branches is enough to keep
any implementation busy for hours.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from academe.services.credential.standards.errors import TooComplex
from academe.services.credential.standards.quads import Quad

WORK_MAX = 20_000
"""Nodes looked at while orders are tried, at most. Fifty result descriptions with one scale of twelve grades
need 7,000; two equal parents with ten equal branches each would need 900 million."""


def check_symmetry(quads: list[Quad]) -> None:
    """Raises TooComplex when the parts of `quads` that are alike would take too long to order."""
    alike = _alike(quads)
    if alike and work(quads, alike) > WORK_MAX:
        raise TooComplex("", "Too many parts are alike and have no id to tell them apart.", "symmetric")


def work(quads: list[Quad], alike: dict[str, str]) -> int:
    """An upper bound of the nodes looked at: for each group of alike neighbours, starts × orders × size."""
    neighbours: dict[str, dict[tuple[str, str, str], set[str]]] = {node: defaultdict(set) for node in alike}
    for quad in quads:
        ends = {
            place: term
            for place, term in (("s", quad.subject), ("o", quad.object), ("g", quad.graph))
            if term in alike
        }
        for here, node in ends.items():
            for there, other in ends.items():
                if here != there and node != other:
                    neighbours[node][there, quad.predicate, alike[other]].add(other)
    total, seen = 0, set[str]()
    for start in alike:
        if start in seen:
            continue
        group, orders = [start], 1
        seen.add(start)
        for node in group:  # grows while it is walked
            for others in neighbours[node].values():
                orders = min(orders * math.factorial(min(len(others), 20)), WORK_MAX + 1)
                group.extend(other for other in others if other not in seen)
                seen |= others
        total += len(group) * len(group) * orders
    return total


def _alike(quads: list[Quad]) -> dict[str, str]:
    """Blank nodes whose own statements are the same as another's, each with these statements."""
    statements: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        for node in {term for term in (quad.subject, quad.object, quad.graph) if term.startswith("_:")}:
            statements[node].append(
                " ".join(
                    term if not term.startswith("_:") else "_:a" if term == node else "_:z" for term in quad
                )
            )
    own = {node: "\n".join(sorted(lines)) for node, lines in statements.items()}
    count = Counter(own.values())
    return {node: lines for node, lines in own.items() if count[lines] > 1}
