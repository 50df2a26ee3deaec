"""What we sign, in the eyes of Digital Bazaar's stack, the DCC's verifier-core and openbadgeslib."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from tests.interop.conftest import COUNT, Issued
from tests.interop.drafts import OPTIONS
from tests.interop.issuers import site
from tests.support.interop import BadgesLibrary, Site, Verdict, consortium, javascript

SOME = 50


def test_every_kind_of_credential_is_believed_by_digital_bazaar(issued: Issued) -> None:
    """Two hundred, with 1EdTech's demands on their structure and with their status."""
    verdicts = javascript().verify_all(issued.site, issued.documents)

    assert [verdict.reason for verdict in verdicts if not verdict] == []
    assert len(verdicts) == COUNT


def test_every_token_is_believed_by_jose(issued: Issued) -> None:
    """The same two hundred as vc+jwt, the key looked up in the issuer's document."""
    verdicts = [javascript().verify_jwt(issued.site, token) for token in issued.tokens]

    assert [verdict.reason for verdict in verdicts if not verdict] == []


def test_the_consortium_agrees(issued: Issued) -> None:
    """Signature, dates and both statuses."""
    verdicts = [consortium().verify(issued.site, document) for document in issued.documents[:SOME]]

    assert [verdict.reason for verdict in verdicts if not verdict] == []


def test_openbadgeslib_agrees_on_both_forms(issued: Issued) -> None:
    """It also demands that the JSON is exactly the compacted form of what is signed."""
    library = BadgesLibrary()
    verdicts = [library.verify(issued.site, document) for document in issued.documents[:SOME]]
    verdicts += [library.verify_jwt(issued.site, token) for token in issued.tokens[:SOME]]

    assert [verdict.reason for verdict in verdicts if not verdict] == []


def test_the_drafts_have_every_optional_field_and_lack_it(issued: Issued) -> None:
    """Among the fifty that all three verifiers see, for each kind of credential."""
    seen: dict[str, set[tuple[str, bool]]] = {}
    for draft in issued.drafts[:SOME]:
        achievement = draft.achievement
        has = {
            "expires": draft.expire_time is not None,
            "criteria_uri": bool(achievement.criteria_uri),
            "language": bool(achievement.language_code),
            "tags": bool(achievement.tags),
            "alignments": bool(achievement.alignments),
            "results": bool(draft.results),
            "evidence": bool(draft.evidence),
            "name_only": len(draft.identities) == 1,
        }
        seen.setdefault(draft.type.name, set()).update(has.items())

    assert has.keys() <= set(OPTIONS)
    assert set(seen) == {"CERTIFICATE", "BADGE", "MICRO_DEGREE", "DEGREE"}
    assert all(len(choices) == 2 * len(has) for choices in seen.values())


VERIFIERS: dict[str, Callable[[Site, bytes, bytes], Verdict]] = {
    "Digital Bazaar": lambda where, document, _: javascript().verify(where, document),
    "jose": lambda where, _, token: javascript().verify_jwt(where, token),
    "DCC": lambda where, document, _: consortium().verify(where, document),
    "openbadgeslib": lambda where, document, _: BadgesLibrary().verify(where, document),
    "openbadgeslib, token": lambda where, _, token: BadgesLibrary().verify_jwt(where, token),
}


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_a_bit_that_is_set_turns_one_credential_down(issued: Issued, verifier: str, purpose: str) -> None:
    """The bit of one credential, in either list, makes that one invalid, and not its neighbour."""
    ask = VERIFIERS[verifier]
    now = site(*issued.issuers, positions={purpose: [issued.drafts[0].status.position]})

    assert purpose in ask(now, issued.documents[0], issued.tokens[0]).reason
    assert ask(now, issued.documents[1], issued.tokens[1])
    assert ask(issued.site, issued.documents[0], issued.tokens[0])


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_what_cannot_be_looked_up_is_not_believed(issued: Issued, verifier: str) -> None:
    """Without the status lists, nobody believes a credential; without the keys, neither."""
    ask = VERIFIERS[verifier]
    keys = {url: text for url, text in issued.site.documents.items() if url.endswith("did.json")}
    lists = {url: text for url, text in issued.site.documents.items() if url not in keys}

    assert not ask(Site(documents=keys), issued.documents[2], issued.tokens[2])
    if verifier != "DCC":  # which remembers the keys
        assert not ask(Site(documents=lists), issued.documents[2], issued.tokens[2])


def test_all_proofs_of_a_set_must_hold(issued: Issued) -> None:
    """The stack is content with one good proof; the driver is not."""
    document = json.loads(issued.documents[0])
    proof = document["proof"]
    other = {**proof, "created": "2026-03-01T00:00:00Z"}
    both = {**document, "proof": [proof, other]}

    assert not javascript().verify(issued.site, json.dumps(both).encode())
    assert javascript().verify(issued.site, json.dumps({**document, "proof": [proof]}).encode())


def test_an_expired_credential_is_refused(issued: Issued) -> None:
    """After validUntil, whichever form it has."""
    number = next(number for number, draft in enumerate(issued.drafts) if draft.expire_time)
    later = "2050-01-01T00:00:00Z"

    for verdict in (
        javascript().verify(issued.site, issued.documents[number], now=later, status=False),
        javascript().verify_jwt(issued.site, issued.tokens[number], now=later, status=False),
    ):
        assert not verdict
        assert "validUntil" in verdict.reason


def test_a_token_of_another_algorithm_or_key_is_refused(issued: Issued) -> None:
    """Neither "none" nor a key of another issuer."""
    header, payload, signature = issued.tokens[0].split(b".")
    known = json.loads(base64.urlsafe_b64decode(header + b"=="))
    others_key = f"{issued.issuers[1].did}#key-2"

    for changed in ({**known, "alg": "none"}, {**known, "alg": "HS256"}, {**known, "kid": others_key}):
        forged = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=")
        assert not javascript().verify_jwt(issued.site, b".".join((forged, payload, signature)))
