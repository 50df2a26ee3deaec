"""The verifiers themselves: what is well signed but not as it should be is turned down; so yes means yes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from academe.services.credential.issuance.compose import compose, instant
from academe.services.credential.standards import data_integrity, did, strict_json
from tests.interop.conftest import Issued
from tests.interop.drafts import START
from tests.interop.issuers import site
from tests.support.interop import BadgesLibrary, Consortium, Site, javascript

Document = dict[str, Any]


def badge_contexts(document: Document) -> None:
    document["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    document["@context"][1:] = reversed(document["@context"][1:])


FAULTS: dict[str, tuple[str, Callable[[Document], object]]] = {
    "contexts in another order": ("second context", badge_contexts),
    "an issuer that is only an address": (
        "no object",
        lambda document: document.update(issuer=document["issuer"]["id"]),
    ),
    "an issuer that is no profile": (
        "no Profile",
        lambda document: document["issuer"].pop("type"),
    ),
    "two subjects": (
        "exactly one subject",
        lambda document: document.update(
            credentialSubject=[document["credentialSubject"], {"id": "did:example:b"}]
        ),
    ),
    "a subject that nobody can be": (
        "neither id nor identifier",
        lambda document: document["credentialSubject"].pop("identifier"),
    ),
    "no criteria": (
        "no criteria",
        lambda document: document["credentialSubject"]["achievement"].pop("criteria"),
    ),
    "not a badge": ("no OpenBadgeCredential", lambda document: document["type"].pop()),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_structure_that_1edtech_refuses_is_refused(issued: Issued, fault: str) -> None:
    """Though the signature holds."""
    reason, spoil = FAULTS[fault]
    document = compose(issued.drafts[0])
    spoil(document)
    signed = issued.issuers[0].sign(document, instant(START))
    verdict = javascript().verify(issued.site, signed)

    assert not verdict
    assert reason in verdict.reason
    assert javascript().believed(issued.site, [signed]) == [0]


def published(issued: Issued, change: Callable[[Document], object]) -> Site:
    """The site, with the school's key document changed."""
    school = issued.issuers[0]
    document = copy.deepcopy(school.did_document())
    change(document)
    url = did.did_web_url(school.did)
    return Site(documents={**issued.site.documents, url: strict_json.serialise(document)})


KEYS: dict[str, Callable[[Document], object]] = {
    "keys that may not sign": lambda document: document.update(assertionMethod=[]),
    "keys that are gone": lambda document: document.update(verificationMethod=[]),
    "keys of somebody else": lambda document: [
        method.update(controller="did:web:other.example") for method in document["verificationMethod"]
    ],
    "a document of somebody else": lambda document: document.update(id="did:web:other.example"),
}


@pytest.mark.parametrize("change", KEYS)
def test_a_key_counts_only_as_the_issuers_document_says(issued: Issued, change: str) -> None:
    """For documents and tokens."""
    now = published(issued, KEYS[change])

    assert not javascript().verify(now, issued.documents[0])
    assert not javascript().verify_jwt(now, issued.tokens[0])


def test_a_key_that_was_taken_back_is_refused_by_the_consortium_too(issued: Issued) -> None:
    """By a process of its own, since it remembers documents."""
    verifier = Consortium()
    try:
        assert not verifier.verify(published(issued, KEYS["keys that are gone"]), issued.documents[0])
    finally:
        verifier.close()


def test_an_issuer_cannot_sign_in_the_name_of_another(issued: Issued) -> None:
    """Neither with its own key under its own name, nor with its own key under the other's name."""
    school, faculty = issued.issuers
    document = compose(issued.drafts[0])
    assert document["issuer"]["id"] == school.did
    under_its_own = faculty.sign(document, instant(START))
    options = data_integrity.proof_options(school.issuer.method(1), instant(START))
    signature = faculty.signing.document_key.key.sign(data_integrity.signing_input(document, options))
    under_the_others = strict_json.serialise(data_integrity.attach(document, options, signature))

    for forged in (under_its_own, under_the_others):
        assert javascript().believed(issued.site, [forged]) == []
        assert not BadgesLibrary().verify(issued.site, forged)


def test_a_status_list_counts_only_as_the_issuer_signed_it(issued: Issued) -> None:
    """A list with a bit cleared by somebody else, and a list of another issuer, make the status unknown."""
    school, faculty = issued.issuers
    revoked = site(school, faculty, positions={"revocation": [issued.drafts[0].status.position]})
    url, clear = school.status_list("revocation")
    listed = json.loads(revoked.documents[url])
    listed["credentialSubject"]["encodedList"] = json.loads(clear)["credentialSubject"]["encodedList"]
    unsigned = json.loads(clear) | {"issuer": faculty.did}
    del unsigned["proof"]

    for forged in (json.dumps(listed).encode(), faculty.sign(unsigned, instant(START))):
        now = Site(documents={**revoked.documents, url: forged})
        assert not javascript().verify(now, issued.documents[0])
        assert not javascript().verify_jwt(now, issued.tokens[0])


def test_a_picture_that_was_damaged_is_not_read(issued: Issued) -> None:
    """The reader of pictures checks sums."""
    with pytest.raises(RuntimeError, match=r"damaged|credentials|end|range"):
        javascript().unbake(b"\x89PNG\r\n\x1a\n" + bytes(20))
