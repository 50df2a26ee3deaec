"""The contexts are those that were published, and mean what this code takes for granted."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from academe.services.credential.standards.contexts import (
    CONTEXTS,
    CREDENTIALS_V2,
    KNOWN,
    OPEN_BADGES,
    document_loader,
    read_context,
)
from academe.services.credential.standards.errors import UnknownContext

FOLDER = files("academe.third_party").joinpath("jsonld")


@pytest.mark.parametrize("url", CONTEXTS)
def test_a_file_is_what_its_origin_says(url: str) -> None:
    """Byte for byte: signatures of years depend on it."""
    digest = hashlib.sha256(read_context(url)).hexdigest()
    origin = FOLDER.joinpath("ORIGIN.txt").read_text()

    assert f"{CONTEXTS[url]}\n  {url}\n" in origin
    assert f"sha256 {digest}\n" in origin.partition(f"{CONTEXTS[url]}\n")[2].partition("\n\n")[0]


def test_no_file_is_without_an_address() -> None:
    """What is shipped is used, and has its licence beside it."""
    shipped = {entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".json")}

    assert shipped == set(CONTEXTS.values())
    assert "1EdTech" in FOLDER.joinpath("LICENSE.txt").read_text()


def test_the_hashes_that_recommendations_state() -> None:
    """That of credentials 2.0 is the one whose hash the W3C published, that of badges the newer of two."""
    digests = {url: hashlib.sha256(read_context(url)).hexdigest() for url in (CREDENTIALS_V2, OPEN_BADGES)}

    assert digests[CREDENTIALS_V2].startswith("59955ced6697d61e")
    assert digests[OPEN_BADGES].startswith("3d34f4d4ef1bce69")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.w3.org/ns/credentials/v2/",
        "HTTPS://www.w3.org/ns/credentials/v2",
        "file:///etc/passwd",
        "",
    ],
)
def test_another_address(url: str) -> None:
    """Nothing is fetched, normalised or guessed."""
    assert url not in KNOWN
    with pytest.raises(UnknownContext):
        document_loader(url)


def test_what_was_loaded_may_be_written_into() -> None:
    """PyLD does so; the next one who loads it sees nothing of that."""
    document_loader(OPEN_BADGES)["document"]["@context"].clear()

    assert document_loader(OPEN_BADGES)["document"] == json.loads(read_context(OPEN_BADGES))


def test_no_context_has_what_the_guard_does_not_look_for() -> None:
    """Only `id` and `type` stand for keywords; nothing is reversed, indexed or given a vocabulary; none names
    another context by its address."""
    keywords, containers, others = set(), set(), set()
    for url in CONTEXTS:
        for name, value in _members(json.loads(read_context(url))):
            if isinstance(value, str) and value.startswith("@") and not name.startswith("@"):
                keywords.add((name, value))
            if name == "@container":
                containers |= set(value if isinstance(value, list) else [value])
            if name.startswith("@"):
                others.add(name)
            assert name != "@context" or value is None or isinstance(value, dict)

    assert keywords == {("id", "@id"), ("type", "@type")}
    assert containers == {"@set", "@list", "@graph"}
    assert others == {"@context", "@id", "@type", "@container", "@protected", "@version"}


@pytest.mark.parametrize(
    "term", ["credentialStatus", "validUntil", "validFrom", "issuer", "credentialSubject", "statusListIndex"]
)
def test_what_decides_on_validity_has_one_name(term: str) -> None:
    """Else another name could hide a revocation from readers of JSON, under the same signature."""
    names: dict[str, set[str]] = defaultdict(set)
    for url in CONTEXTS:
        for name, value in _members(json.loads(read_context(url))):
            iri = value.get("@id") if isinstance(value, dict) else value
            if isinstance(iri, str) and not name.startswith("@"):
                names[iri.replace("cred:", "https://www.w3.org/2018/credentials#")].add(name)
    mine = [iri for iri, terms in names.items() if term in terms]

    assert mine
    assert all(names[iri] == {term} for iri in mine)


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from _members(inner)
