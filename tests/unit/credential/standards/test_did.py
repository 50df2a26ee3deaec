"""Identifiers lead to the documents that they name, and documents to keys that may sign."""

from __future__ import annotations

from typing import Any

import pytest

from academe.services.credential.standards.did import (
    METHODS_MAX,
    did_web,
    did_web_url,
    read_did_document,
    resolve_did_key,
)
from academe.services.credential.standards.errors import Malformed, ProofInvalid
from academe.services.credential.standards.multikey import PublicKey, encode_ed25519
from tests.support.vc import DID, METHOD, PUBLIC_KEY

KEY = {
    "id": METHOD,
    "type": "Multikey",
    "controller": DID,
    "publicKeyMultibase": encode_ed25519(PUBLIC_KEY.raw),
}
TOKEN = {
    "id": f"{DID}#key-2",
    "type": "JsonWebKey",
    "controller": DID,
    "publicKeyJwk": {
        "kty": "EC",
        "crv": "P-256",
        "x": "ngy44T1vxAT6Di4nr-UaM9K3Tlnz9pkoksDokKFkmNc",
        "y": "QCRfOKlSM31GTkb4JHx3nXB4G_jSPMsbdjzlkT_UpPc",
    },
}


def document(**changes: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "verificationMethod": [KEY, TOKEN],
        "assertionMethod": [METHOD, f"{DID}#key-2"],
        **changes,
    }


@pytest.mark.parametrize(
    ("base", "path", "did", "url"),
    [
        ("http://localhost:50080", (), "did:web:localhost%3A50080", "https://localhost:50080/.well-known/did.json"),
        ("https://a.example", (), "did:web:a.example", "https://a.example/.well-known/did.json"),
        ("https://a.example:65535", (), "did:web:a.example%3A65535", "https://a.example:65535/.well-known/did.json"),
        ("https://a.example/", ("issuers", "arts"), "did:web:a.example:issuers:arts", "https://a.example/issuers/arts/did.json"),
        ("https://a.example/school", ("x y",), "did:web:a.example:school:x%20y", "https://a.example/school/x%20y/did.json"),
    ],
)  # fmt: skip
def test_an_address_as_an_identifier(base: str, path: tuple[str, ...], did: str, url: str) -> None:
    """Made from an address, it leads back to a document below it."""
    assert did_web(base, *path) == did
    assert did_web_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        *("did:web:", "did:key:z6Mk", "did:web:a.example/b", "did:web:a.example:..", "did:web:a.example::b"),
        *("did:web:a.example%2Fb", "did:web:user@a.example", "did:web:a.example?x", "did:web:a.example#x"),
        *(
            "did:web:127.0.0.1",
            "did:web:127.0.0.1%3A80",
            "did:web:0x7f000001.0",
            "did:web:%5B::1%5D",
            "did:web:1",
        ),
        *(
            "did:web:a.example%3A0",
            "did:web:a.example%3A65536",
            "did:web:a.example%3A99999999",
            "did:web:-a.example",
            "did:web:a..example",
        ),
        *("did:web:a.example:b c", "did:web:a.example:b%zz", "did:web:a.example:.", "DID:web:a.example"),
        f"did:web:{'a' * 64}.example",
        "did:web:" + "a." * 500 + "example",
    ],
)
def test_identifiers_that_lead_nowhere(did: str) -> None:
    """No other paths, users or numbers of the network: what is fetched is a file of a host with a name."""
    with pytest.raises(Malformed):
        did_web_url(did)


@pytest.mark.parametrize(
    "base", ["ftp://a.example", "https://a.example?x", "https://u@a.example", "https://10.0.0.1", "x"]
)
def test_addresses_that_are_no_identifiers(base: str) -> None:
    """Found when a school is set up, not when somebody cannot verify."""
    with pytest.raises(ValueError, match=r"did:web|host"):
        did_web(base)


def test_a_key_as_an_identifier() -> None:
    """Its document has that key, under its own name."""
    text = encode_ed25519(PUBLIC_KEY.raw)
    found = resolve_did_key(f"did:key:{text}")

    assert found.assertion_key(f"did:key:{text}#{text}") == PUBLIC_KEY
    with pytest.raises(ProofInvalid):
        found.assertion_key(f"did:key:{text}#key-1")
    with pytest.raises(Malformed):
        resolve_did_key("did:web:a.example")
    with pytest.raises(Malformed):
        resolve_did_key("did:key:nonsense")


def test_a_document_with_two_kinds_of_keys() -> None:
    """A Multikey for documents and a JWK for tokens."""
    found = read_did_document(document())

    assert found.id == DID
    assert found.assertion_key(METHOD) == PUBLIC_KEY
    assert found.assertion_key(f"{DID}#key-2").kind == "P-256"


def test_names_that_are_fragments_and_keys_that_stand_where_they_are_used() -> None:
    """Both are allowed, and are the same as whole names and references."""
    short = document(verificationMethod=[{**KEY, "id": "#key-1"}], assertionMethod=["#key-1"])
    embedded = document(verificationMethod=[], assertionMethod=[KEY])

    assert read_did_document(short).assertion_key(METHOD) == PUBLIC_KEY
    assert read_did_document(embedded).assertion_key(METHOD) == PUBLIC_KEY


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"assertionMethod": []}, "not_for_assertion"),
        ({"assertionMethod": [], "authentication": [METHOD]}, "not_for_assertion"),
        ({"verificationMethod": [TOKEN]}, "method_not_found"),
        ({"verificationMethod": [{**KEY, "controller": "did:web:b.example"}]}, "wrong_controller"),
        ({"verificationMethod": [{**KEY, "revoked": "2026-01-01T00:00:00Z"}]}, "key_revoked"),
    ],
)
def test_a_key_that_may_not_sign_credentials(changes: dict[str, Any], code: str) -> None:
    """Not listed for it, somebody else's, or revoked."""
    with pytest.raises(ProofInvalid) as refused:
        read_did_document(document(**changes)).assertion_key(METHOD)

    assert refused.value.code == code


def test_a_name_that_is_a_key_itself() -> None:
    """A fragment that looks like a key is a name like any other: the document has the key, or nobody."""
    text = encode_ed25519(bytes(32))
    with pytest.raises(ProofInvalid):
        read_did_document(document()).assertion_key(f"{DID}#{text}")


@pytest.mark.parametrize(
    "key",
    [
        {**KEY, "publicKeyMultibase": "z6Mk"},
        {**KEY, "publicKeyJwk": TOKEN["publicKeyJwk"]},
        {**KEY, "type": "JsonWebKey"},
        {**TOKEN, "id": METHOD, "publicKeyJwk": {"kty": "oct", "k": "AAAA"}},
        {"id": METHOD, "type": "Multikey", "controller": DID},
        {**KEY, "expires": "soon"},
    ],
)
def test_a_key_that_cannot_be_read_fails_only_its_own_use(key: dict[str, Any]) -> None:
    """Others in the same document stay good."""
    found = read_did_document(document(verificationMethod=[key, TOKEN]))

    assert found.assertion_key(f"{DID}#key-2")
    with pytest.raises(Malformed):
        found.assertion_key(METHOD)


def test_when_a_key_expires() -> None:
    """Told to the caller, who has a clock."""
    found = read_did_document(document(verificationMethod=[{**KEY, "expires": "2027-01-01T00:00:00+01:00"}]))
    expires = found.method(METHOD).expires

    assert expires is not None
    assert expires.isoformat() == "2026-12-31T23:00:00+00:00"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": "https://a.example"},
        {"verificationMethod": {"id": METHOD}},
        {"verificationMethod": [KEY, KEY]},
        {"verificationMethod": [{**KEY, "id": 5}]},
        {"verificationMethod": [{"id": METHOD, "type": "Multikey"}]},
        {"assertionMethod": METHOD},
        {"assertionMethod": [f"#{number}" for number in range(METHODS_MAX + 1)]},
    ],
)
def test_what_is_no_key_document(changes: dict[str, Any]) -> None:
    """Of nobody, with two keys of one name, or without end."""
    with pytest.raises(Malformed):
        read_did_document(document(**changes))


def test_keys_can_be_kept_in_sets() -> None:
    """They are values."""
    assert {PublicKey("Ed25519", PUBLIC_KEY.raw), PUBLIC_KEY} == {PUBLIC_KEY}
