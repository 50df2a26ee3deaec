"""Whether what has one address is one thing, with one name.

Who shows a document may move what it says of something to any place that has the same address, and within a
place to the front: a signature is about statements, and knows neither places nor an order. Homework with the
address of the achievement would lend it its name. So this looks at the statements alone, which stay the same
however the document is rearranged.
"""

from __future__ import annotations

from collections import defaultdict

from academe.services.credential.standards.quads import BADGES, CLR, TYPE, Quad, described_twice

_KINDS = {
    **{
        f"<{BADGES}{name}>": name
        for name in ("Achievement", "Alignment", "Criteria", "Evidence", "Image", "ResultDescription")
    },
    f"<{BADGES}Profile>": "who",
    f"<{BADGES}AchievementSubject>": "who",
    f"<{CLR}ClrSubject>": "who",
}
"""Types that exclude each other, by what they are of. Whom a credential is about may be its issuer too."""

_SINGLE = frozenset(
    (
        "<https://schema.org/name>",
        "<https://schema.org/description>",
        f"<{BADGES}achievementType>",
        f"<{BADGES}narrative>",
    )
)
"""What a thing has one of, or one in each language."""


def check_one_thing(quads: list[Quad]) -> None:
    """Raises Lost when something has two names, or is two things."""
    kinds: dict[tuple[str, str], str] = {}
    texts: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for subject, predicate, term, graph in quads:
        if predicate == TYPE and term in _KINDS:
            if kinds.setdefault((subject, graph), _KINDS[term]) != _KINDS[term]:
                raise described_twice("Two different things have one address.", subject)
        elif (
            predicate in _SINGLE
            and texts[subject, predicate, graph].setdefault(_language(term), term) != term
        ):
            raise described_twice("Something has two names or descriptions, in no order.", subject)


def _language(term: str) -> str:
    """Of a text as N-Quads writes it; "" for one without."""
    return "" if term[-1] in '">' else term.rpartition("@")[2]
