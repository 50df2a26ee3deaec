"""Whether the nameless parts of a document can be told apart in a time that is known before it is tried.

RDFC-1.0 names a blank node after its own statements where these are unlike all others'. From a node that is
like another it goes on to its neighbours, as far as these are like others too; where two of them are alike it
tries every order. A tree of equal branches is enough to keep any implementation busy for hours, so each stops
somewhere, and not in the same place: Digital Bazaar's takes as many steps as there are nodes that are like
another. These suffice, with none to spare, when among connected ones no two are alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from academe.services.credential.standards.errors import TooComplex
from academe.services.credential.standards.quads import Quad


def check_symmetry(quads: list[Quad]) -> None:
    """Raises TooComplex when two nodes that are alike are connected by such nodes."""
    alike = _alike(quads)
    neighbours: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        ends = {term for term in (quad.subject, quad.object, quad.graph) if term in alike}
        for node in ends:
            neighbours[node] |= ends
    seen: set[str] = set()
    for start in alike:
        if start in seen:
            continue
        connected = [start]
        seen.add(start)
        for node in connected:  # grows while it is walked
            connected += neighbours[node] - seen
            seen |= neighbours[node]
        if len({alike[node] for node in connected}) < len(connected):
            reason = "Parts of the document are alike and have no id to tell them apart."
            raise TooComplex("", reason, "symmetric")


def _alike(quads: list[Quad]) -> dict[str, str]:
    """Blank nodes whose own statements are the same as another's, each with these statements."""
    statements: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        for node in {term for term in (quad.subject, quad.object, quad.graph) if term.startswith("_:")}:
            statements[node].append(" ".join(_from_within(term, node) for term in quad))
    own = {node: "\n".join(sorted(lines)) for node, lines in statements.items()}
    count = Counter(own.values())
    return {node: lines for node, lines in own.items() if count[lines] > 1}


def _from_within(term: str, node: str) -> str:
    """A term as a node sees it, to which all other blank nodes look the same."""
    return term if not term.startswith("_:") else "_:a" if term == node else "_:z"
