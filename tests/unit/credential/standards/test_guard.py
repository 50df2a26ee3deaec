"""Nothing of a document stays unsigned, and nothing in it means two things."""

from __future__ import annotations

from typing import Any

import pytest

from academe.services.credential.standards import expansion
from academe.services.credential.standards.canonical import canonical
from academe.services.credential.standards.errors import (
    Malformed,
    Refused,
    TooComplex,
    UncertainValue,
    UndefinedTerm,
    UnknownContext,
)
from academe.services.credential.standards.guard import check
from academe.services.credential.standards.shape import VALUES_MAX, check_shape
from tests.support.vc import CREDENTIAL, by_oxigraph, changed, credential, signed

ACHIEVEMENT = ("credentialSubject", "achievement")
NESTED = "/credentialSubject/achievement"


def test_a_credential_like_ours() -> None:
    """With every sort of value that ours have."""
    check(credential())


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("honours",), "summa cum laude", "undefined_term"),
        ((*ACHIEVEMENT, "honours"), "summa cum laude", "undefined_term"),
        (("evidence", 0, "statusPurpose"), "revocation", "undefined_term"),
        (("type", 1), "OpenBadgeCredentail", "undefined_term"),
        ((*ACHIEVEMENT, "https://schema.org/name"), "x", "name_is_an_iri"),
        (("xsd:x",), "x", "name_is_an_iri"),
    ],
)
def test_a_name_that_no_context_defines(path: tuple[str | int, ...], value: Any, code: str) -> None:
    """JSON-LD would leave it out without a word, and anybody could add it to what is signed."""
    with pytest.raises(UndefinedTerm) as refused:
        check(changed(*path, to=value))

    assert refused.value.code == code
    assert refused.value.path == "".join(f"/{step}" for step in path).replace(
        "https://schema.org/name", "https:~1~1schema.org~1name"
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "null"),
        ([], "empty"),
        ({}, "empty"),
        ([["a"]], "nested_array"),
        (["a", "b", "a"], "repeated_value"),
        (["a", {"@value": "a"}], "repeated_value"),
        ({"@value": "a", "@direction": "rtl"}, "value_object"),
        ({"@value": "a", "@index": "b"}, "value_object"),
        ({"@value": None}, "value_object"),
        ({"@value": 1, "@language": "en"}, "value_object"),
        ({"@language": "en"}, "value_object"),
        ({"@value": "a", "@language": "not a language"}, "language"),
        ({"@value": "a", "@type": "@json"}, "json_literal"),
        ({"@value": "1.50", "@type": "http://www.w3.org/2001/XMLSchema#double"}, "number"),
        ({"@id": "relative"}, "relative_iri"),
        ({"@id": "//host/path"}, "relative_iri"),
        ({"@id": ""}, "relative_iri"),
        ({"@id": "_:b0"}, "blank_node"),
        ({"@id": "https://a.example/a b"}, "not_an_iri"),
        ({"@id": "https://a.example/a/../b"}, "not_an_iri"),
        ({"@id": "https://a.example/%zz"}, "not_an_iri"),
        ({"@id": "https://a.example/\u200e<"}, "not_an_iri"),
        ({"@set": ["a"], "@index": "b"}, "keyword"),
        ({"@list": ["a"]}, "keyword"),
        ({"@graph": [{"id": "a:b"}]}, "keyword"),
        ({"@included": [{"id": "a:b"}]}, "keyword"),
        ({"@reverse": {"name": {"id": "a:b"}}}, "keyword"),
        ("a\x00", "control_character"),
        ("a\x1b[31m", "control_character"),
        ("a\x7f", "control_character"),
        ("a\uffff", "control_character"),
        (2**53, "number"),
        (-(2**53), "number"),
        (10**21, "number"),
        (1e21, "number"),
        (1e-7, "number"),
        (-0.0, "number"),
        (0.1 + 0.2, "number"),
        (86.07, "number"),
        (float("nan"), "number"),
    ],
)  # fmt: skip
def test_a_value_without_one_canonical_form(value: Any, code: str) -> None:
    """Left out by some, or written in different ways: refused, with its place."""
    with pytest.raises(UncertainValue) as refused:
        check(changed(*ACHIEVEMENT, "humanCode", to=value))

    assert refused.value.code == code
    assert refused.value.path.startswith(f"{NESTED}/humanCode") or not refused.value.path


@pytest.mark.parametrize(
    ("contexts", "code"),
    [
        ("https://www.w3.org/ns/credentials/v3", "unknown_context"),
        ([*CREDENTIAL["@context"], "https://evil.example/context.json"], "unknown_context"),
        ([*CREDENTIAL["@context"], {"honours": "https://evil.example/honours"}], "inline_context"),
        ({"@vocab": "https://evil.example/"}, "inline_context"),
        ([*CREDENTIAL["@context"], CREDENTIAL["@context"][1]], "repeated_context"),
        ([*CREDENTIAL["@context"], None], "inline_context"),
        ([], "context_count"),
        (["https://www.w3.org/ns/credentials/v2"] * 9, "context_count"),
    ],
)
def test_a_context_that_is_not_kept_here(contexts: Any, code: str) -> None:
    """Nothing is loaded, and a document does not say itself what its words mean."""
    with pytest.raises(UnknownContext) as refused:
        check(credential(**{"@context": contexts}))

    assert refused.value.code == code


def test_a_context_inside_of_the_document() -> None:
    """Only credentials that are part of another one have their own."""
    with pytest.raises(UnknownContext) as refused:
        check(changed(*ACHIEVEMENT, "@context", to=CREDENTIAL["@context"]))

    assert refused.value.path == f"{NESTED}/@context"


def test_no_context_at_all() -> None:
    """Then no word means anything."""
    document = credential()
    del document["@context"]

    with pytest.raises(Malformed, match="no context"):
        check(document)


def test_another_meaning_for_a_protected_word() -> None:
    """What contexts of the W3C define cannot be defined anew, not even by one of those kept here."""
    first = "https://www.w3.org/ns/credentials/v2"
    with pytest.raises(Malformed, match="protected term redefinition"):
        check(credential(**{"@context": [first, "https://www.w3.org/2018/credentials/v1"]}))


@pytest.mark.parametrize(
    "document", [{"id": 5}, {"type": {"a": "b"}}, {"type": 7}, {"id": ["a:b"]}, {"@id": "x:y"}]
)
def test_what_json_ld_does_not_allow(document: dict[str, Any]) -> None:
    """Refused by the library that knows, in our words."""
    with pytest.raises(Refused):
        check({**credential(), **document})


def test_a_credential_described_in_two_places() -> None:
    """The second could take the status away from the first, under the same signature."""
    moved = credential()
    status = moved.pop("credentialStatus")
    moved["evidence"][0]["id"] = moved["id"]
    with pytest.raises(UncertainValue) as refused:
        check(moved)
    moved["evidence"] = [{"id": moved["id"], "type": ["Evidence"], "credentialStatus": status}]
    with pytest.raises(Refused):
        check(moved)

    assert refused.value.code == "described_twice"


def test_somebody_who_is_named_twice() -> None:
    """The issuer made the achievement too, and is described again there, as in examples of the standard."""
    check(changed(*ACHIEVEMENT, "creator", to=credential()["issuer"]))


def test_somebody_who_is_named_differently_elsewhere() -> None:
    """To a signature it is all the same who is called what where, so two names could be changed; what is
    said in one place alone could not be."""
    issuer = credential()["issuer"]
    check(changed(*ACHIEVEMENT, "creator", to={**issuer, "email": "office@school.example"}))
    check(changed(*ACHIEVEMENT, "creator", to={name: issuer[name] for name in ("id", "type", "name")}))
    for other in (
        {"name": "Another School"},
        {"type": ["Profile", "Achievement"]},
        {"url": "https://x.example"},
    ):
        with pytest.raises(UncertainValue) as refused:
            check(changed(*ACHIEVEMENT, "creator", to={**issuer, **other}))
        assert (refused.value.code, refused.value.path) == ("described_twice", "/issuer/id")


def test_a_signed_credential_inside_of_another() -> None:
    """With its own contexts and proofs, all of which are signed."""
    transcript: dict[str, Any] = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:00000000-9ef6-4b4c-9d0b-52d0a0a3ad67",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": "did:web:a.example",
        "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": [signed()]},
    }

    lines = canonical(transcript).decode()

    assert signed()["proof"]["proofValue"] in lines
    transcript["credentialSubject"]["verifiableCredential"][0]["honours"] = "x"
    with pytest.raises(UndefinedTerm):
        check(transcript)


def test_credentials_inside_of_a_presentation() -> None:
    """Their words mean what their own contexts say, so that the outer one catches no unknown ones."""
    first = "https://www.w3.org/ns/credentials/v2"
    presentation: dict[str, Any] = {
        "@context": [first],
        "id": "urn:uuid:00000000-9ef6-4b4c-9d0b-52d0a0a3ad67",
        "type": "VerifiablePresentation",
        "verifiableCredential": [signed()],
    }

    assert canonical(presentation) == by_oxigraph(presentation)
    presentation["verifiableCredential"][0]["honours"] = "x"
    with pytest.raises(UndefinedTerm, match="honours"):
        check(presentation)
    presentation["verifiableCredential"][0] = {**signed(), "type": ["VerifiableCredential", "Honours"]}
    with pytest.raises(Refused):
        check(presentation)


def test_more_values_than_anybody_needs() -> None:
    """Counted before anything is done with them."""
    with pytest.raises(TooComplex) as refused:
        check(changed(*ACHIEVEMENT, "tag", to=[str(number) for number in range(VALUES_MAX)]))

    assert refused.value.code == "too_many_values"


@pytest.mark.parametrize("kind", ["AchievementCredential", "ClrCredential"])
def test_values_of_inner_credentials(kind: str) -> None:
    """A transcript has room for what it is made of; nothing else is larger for having credentials in it."""
    inner = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:a.example",
        "credentialSubject": {"id": "urn:example:b"},
        "evidence": [{"id": f"urn:example:{number}", "type": "Evidence"} for number in range(40)],
    }
    made = {**credential(), "type": ["VerifiableCredential", kind]}
    made["credentialSubject"] = {
        "type": ["ClrSubject"] if kind == "ClrCredential" else ["AchievementSubject"],
        "verifiableCredential": [inner | {"id": f"urn:example:c{number}"} for number in range(25)],
    }
    if kind == "ClrCredential":
        check_shape(made)
    else:
        with pytest.raises(TooComplex):
            check_shape(made)


def test_a_name_longer_than_any_term() -> None:
    """It is refused before anything keeps it, with no more of it than fits into a sentence."""
    with pytest.raises(UndefinedTerm) as refused:
        check(changed("x" * 100_000, to=1))

    assert refused.value.code == "name_too_long"
    assert len(str(refused.value)) < 200


def test_names_that_strangers_make_up_are_not_kept() -> None:
    """However long the addresses are that they call types: what is remembered stays small."""
    kept = expansion._processor._names
    before = len(kept)
    for number in range(50):
        check(changed("evidence", to=[{"type": f"https://a.example/{number}/{'x' * 1_000}", "name": "a"}]))

    assert len(kept) - before < 50
    assert not [name for _, name in kept if len(name) > 200]


def test_every_leaf_is_signed() -> None:
    """Whatever leaf is changed or taken away, the canonical form is another one, or there is none."""
    before = canonical(credential())
    for path in _leaves(CREDENTIAL):
        if path[0] == "@context":
            continue
        for other in (changed(*path, to="changed"), _without(*path)):
            try:
                assert canonical(other) != before, path
            except Refused:
                continue


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in _leaves(inner, (*path, name))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in _leaves(inner, (*path, index))]
    return [path]


def _without(*path: str | int) -> dict[str, Any]:
    document = credential()
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return document
