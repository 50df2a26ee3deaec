"""The canonical form is that of other implementations, or the document is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from academe.services.credential.standards.canonical import canonical, digest
from academe.services.credential.standards.errors import Refused
from tests.support.vc import by_oxigraph, by_pyld, changed, credential
from tests.support.vc_strategies import credentials

HUMAN_CODE = ("credentialSubject", "achievement", "humanCode")
CREDITS = ("credentialSubject", "achievement", "creditsAvailable")


@settings(max_examples=650, database=None)
@given(credentials)
def test_any_credential_as_oxigraph_has_it(document: dict[str, Any]) -> None:
    """pyoxigraph reads the JSON itself, in Rust: nothing of what is compared is ours."""
    ours = _or_refused(document)

    assert ours is None or ours == by_oxigraph(document)


@settings(max_examples=350, database=None)
@given(credentials)
def test_any_credential_as_pyld_has_it(document: dict[str, Any]) -> None:
    """PyLD reads each document afresh: what is remembered of contexts changes nothing."""
    ours = _or_refused(document)

    assert ours is None or ours == by_pyld(document)


@settings(max_examples=100, database=None)
@given(credentials)
def test_a_fault_is_of_a_known_kind_and_has_a_place(document: dict[str, Any]) -> None:
    """Nothing else than a Refused is ever raised, and its path leads into the document."""
    refused = _refusal(document)
    if refused is not None:
        place: Any = document
        for step in refused.path.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            place = place[int(name)] if isinstance(place, list) else place.get(name)

        assert refused.reason
        assert refused.code


def test_enough_of_what_is_made_up_is_accepted() -> None:
    """Else the comparisons above would compare nothing."""
    accepted = 0

    @settings(max_examples=100, database=None, derandomize=True)
    @given(credentials)
    def count(document: dict[str, Any]) -> None:
        nonlocal accepted
        accepted += _or_refused(document) is not None

    count()

    assert 40 <= accepted <= 95


@pytest.mark.parametrize(
    "text",
    [
        *("a\tb", "a\r\nb", "\x80\x85\x9f", "\u2028\u2029", "\ufeff", "\U0001fffe", "\ufdd0"),
        *("e\u0301", "\u202eabc", '"\\', ""),
    ],
)
def test_a_text_that_is_hard_to_write(text: str) -> None:
    """Line ends, marks of direction and the like are written the same by everybody."""
    document = changed("name", to=text)

    assert canonical(document) == by_oxigraph(document) == by_pyld(document)


@pytest.mark.parametrize(
    "number", [0, -1, 2**53 - 1, 1.0, 3e5, 2.5, 0.1, 1e-6, 86.08, 123456.789, 99999999999999.0, True]
)
def test_a_number_that_everybody_writes_alike(number: float) -> None:
    """Also where a term says that it is one of XML Schema's floats."""
    for path in (HUMAN_CODE, CREDITS):
        document = changed(*path, to=number)

        assert canonical(document) == by_oxigraph(document) == by_pyld(document)


@pytest.mark.parametrize(
    "value",
    [
        {"@value": "x", "@language": "de-AT"},
        {"@value": "x", "@language": "EN"},
        {"@value": "5", "@type": "xsd:integer"},
        {"@value": 5, "@type": "http://www.w3.org/2001/XMLSchema#double"},
        {"@id": "http://a.example/"},
        {"type": "Profile"},
        ["a", "b", 1, 1.5],
    ],
)
def test_a_value_that_is_more_than_a_text(value: Any) -> None:
    """Languages, types and nodes come out as elsewhere."""
    document = changed(*HUMAN_CODE, to=value)

    assert canonical(document) == by_oxigraph(document) == by_pyld(document)


@pytest.mark.parametrize(
    "iri",
    ["HTTP://A.example/A", "http://a.example/ü?q=a%20b", "urn:x", "foo:bar", "http://[::1]/", "xsd:a"],
)
def test_an_address_is_left_as_it_is(iri: str) -> None:
    """No case is folded and nothing is resolved."""
    document = changed("credentialSubject", "id", to=iri)

    assert canonical(document) == by_oxigraph(document) == by_pyld(document)


def test_the_order_of_members_does_not_matter() -> None:
    """Whoever parses and writes the document again does not break its signature."""
    document = credential()

    assert digest(dict(reversed(document.items()))) == digest(document)


def test_each_line_is_a_statement() -> None:
    """N-Quads sorted by their bytes, each with its line end, none twice."""
    lines = canonical(credential()).split(b"\n")

    assert lines.pop() == b""
    assert lines == sorted(set(lines))
    assert all(line.endswith(b" .") for line in lines)


def _refusal(document: dict[str, Any]) -> Refused | None:
    try:
        canonical(document)
    except Refused as refused:
        return refused
    return None


def _or_refused(document: dict[str, Any]) -> bytes | None:
    try:
        return canonical(document)
    except Refused:
        return None
