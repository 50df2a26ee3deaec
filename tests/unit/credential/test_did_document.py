"""The document that an issuer's did:web leads to, as its readers need it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from academe.ids import new_id
from academe.secrets import Secrets
from academe.services.credential.keys import Issuer, IssuerKey, KeyState, KeyUse, Sealer
from academe.services.credential.keys.did_document import did_document

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ISSUER = Issuer(new_id(), "school", "did:web:school.example", "School", "", "", b"", "", "", NOW, 1)
SEALER = Sealer(Secrets.from_bytes(bytes(32)))


def key(number: int, use: KeyUse, state: KeyState = KeyState.ACTIVE) -> IssuerKey:
    return replace(SEALER.new_key(ISSUER.issuer_id, ISSUER.did, number, use, now=NOW), state=state)


def numbers(document: dict[str, Any]) -> list[str]:
    return [method["id"].rpartition("#")[2] for method in document["verificationMethod"]]


def test_each_use_has_its_form() -> None:
    """Ed25519 as Multikey, P-256 as a public JSON Web Key without a private member."""
    document = did_document(ISSUER, [key(2, KeyUse.TOKEN), key(1, KeyUse.DOCUMENT)])
    multikey, jwk = document["verificationMethod"]

    assert document["@context"][0] == "https://www.w3.org/ns/did/v1"
    assert document["id"] == multikey["controller"] == jwk["controller"] == ISSUER.did
    assert multikey["type"] == "Multikey"
    assert multikey["publicKeyMultibase"].startswith("z6Mk")
    assert jwk["type"] == "JsonWebKey"
    assert jwk["publicKeyJwk"].keys() == {"kty", "crv", "alg", "x", "y"}
    assert jwk["publicKeyJwk"]["alg"] == "ES256"


def test_who_may_sign_is_listed_by_name() -> None:
    """As texts, which 1EdTech's reader needs, and absolute."""
    document = did_document(ISSUER, [key(2, KeyUse.TOKEN), key(1, KeyUse.DOCUMENT)])

    assert document["assertionMethod"] == ["did:web:school.example#key-1", "did:web:school.example#key-2"]
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]


def test_retired_keys_stay_and_compromised_ones_go() -> None:
    """Active keys come first, those for documents before those for tokens, the newest before the others."""
    keys = [
        key(7, KeyUse.TOKEN),
        key(6, KeyUse.DOCUMENT),
        key(5, KeyUse.DOCUMENT, KeyState.COMPROMISED),
        key(4, KeyUse.DOCUMENT, KeyState.RETIRED),
        key(3, KeyUse.TOKEN, KeyState.COMPROMISED),
        key(2, KeyUse.TOKEN, KeyState.RETIRED),
        key(1, KeyUse.DOCUMENT, KeyState.RETIRED),
    ]

    assert numbers(did_document(ISSUER, keys)) == ["key-6", "key-7", "key-4", "key-1", "key-2"]
