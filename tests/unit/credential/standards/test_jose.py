"""Tokens hold for the key that made them, and the key decides how."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from academe.services.credential.standards import jose, strict_json
from academe.services.credential.standards.errors import Malformed, ProofInvalid, Refused
from academe.services.credential.standards.multikey import PublicKey
from tests.support.vc import CREDENTIAL, DID, PUBLIC_KEY, SIGNING_KEY, TOKEN_KEY, credential, signed

KID = f"{DID}#key-2"
KEY = PublicKey("P-256", TOKEN_KEY.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
PAYLOAD = strict_json.serialise(CREDENTIAL)
CLAIMS = {"iss": DID, "jti": CREDENTIAL["id"], "nbf": 1_795_514_400, "exp": 1_890_208_800}
"""CREDENTIAL's, in seconds since 1970."""


def encoded(data: bytes | dict[str, Any]) -> bytes:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def token(header: dict[str, Any], payload: bytes = PAYLOAD, signature: bytes = b"x" * 64) -> bytes:
    return b".".join((encoded(header), encoded(payload), encoded(signature)))


def made(alg: str) -> bytes:
    """A token whose signature is by SIGNING_KEY, whatever its header says."""
    message = b".".join((encoded({"alg": alg, "kid": KID}), encoded(PAYLOAD)))
    return message + b"." + encoded(SIGNING_KEY.sign(message))


def test_a_token_and_back() -> None:
    """Its payload is the credential, and the registered claims that say the same."""
    text = jose.sign(credential(), TOKEN_KEY, KID)
    header, payload = jose.read(text)

    assert header == {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": KID}
    assert payload == jose.verify(text, KEY) == {**CREDENTIAL, **CLAIMS}


def test_proofs_stay_outside() -> None:
    """A token is its own proof."""
    assert jose.verify(jose.sign(signed(), TOKEN_KEY, KID), KEY) == {**CREDENTIAL, **CLAIMS}


def test_claims_of_a_document_with_little_in_it() -> None:
    """What it does not say is not claimed."""
    bare = {"issuer": DID, "credentialSubject": {"id": "did:example:a"}}

    assert jose.read(jose.sign(bare, TOKEN_KEY, KID))[1] == {**bare, "iss": DID, "sub": "did:example:a"}


@pytest.mark.parametrize(
    "claims",
    [{"iss": "did:web:b.example"}, {"jti": "x"}, {"exp": 1_990_208_800}, {"nbf": None}, {"sub": "did:b:c"}],
)
def test_claims_that_contradict_the_document(claims: dict[str, Any]) -> None:
    """Nobody reads one thing in the claims and another in the document, and both signed."""
    message = b".".join((encoded({"alg": "EdDSA"}), encoded(CREDENTIAL | CLAIMS | claims)))
    text = message + b"." + encoded(SIGNING_KEY.sign(message))

    with pytest.raises(ProofInvalid) as refused:
        jose.verify(text, PUBLIC_KEY)

    assert refused.value.code == "claims"


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_tokens_of_others(alg: str) -> None:
    """Ed25519 by its old name and its new one."""
    assert jose.verify(made(alg), PUBLIC_KEY) == CREDENTIAL


def test_tokens_of_others_with_rsa() -> None:
    """The least that Open Badges ask for."""
    secret = rsa.generate_private_key(65_537, 2_048)
    public = secret.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    message = b".".join((encoded({"alg": "RS256", "typ": "JWT"}), encoded(PAYLOAD)))
    text = message + b"." + encoded(secret.sign(message, padding.PKCS1v15(), hashes.SHA256()))

    assert jose.verify(text, PublicKey("RSA", public)) == CREDENTIAL


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "HS512", "hs1", "", None, 5, ["ES256"]])
def test_algorithms_that_prove_nothing(alg: Any) -> None:
    """Refused before anybody looks for a key."""
    with pytest.raises(ProofInvalid) as refused:
        jose.read(token({"alg": alg, "kid": KID}))

    assert refused.value.code == "algorithm"


@pytest.mark.parametrize("alg", ["ES384", "PS256", "ES256K", "ML-DSA-44"])
def test_algorithms_that_are_not_checked_here(alg: str) -> None:
    """Others may know them: told apart from those that nobody should believe."""
    with pytest.raises(ProofInvalid) as refused:
        jose.read(token({"alg": alg, "kid": KID}))

    assert refused.value.code == "unsupported_algorithm"


def test_a_public_key_as_a_shared_secret() -> None:
    """The old trick: everybody has the bytes of the key, so anybody could have made this."""
    message = b".".join((encoded({"alg": "HS256", "kid": KID}), encoded(PAYLOAD)))
    text = message + b"." + encoded(hmac.digest(KEY.raw, message, hashlib.sha256))

    with pytest.raises(ProofInvalid):
        jose.verify(text, KEY)


@pytest.mark.parametrize("key", [KEY, PublicKey("RSA", b"")])
def test_a_key_of_another_kind(key: PublicKey) -> None:
    """The token says Ed25519; the key in the issuer's document is another."""
    with pytest.raises(ProofInvalid) as refused:
        jose.verify(made("EdDSA"), key)

    assert refused.value.code == "wrong_key"


@pytest.mark.parametrize(
    "header",
    [{"crit": ["exp"]}, {"b64": False, "crit": ["b64"]}, {"typ": "at+jwt"}, {"typ": 5}, {"typ": ["vc+jwt"]}],
)
def test_rules_of_its_own(header: dict[str, Any]) -> None:
    """A token that is to be read in another way, or that is no credential."""
    with pytest.raises(ProofInvalid):
        jose.read(token({"alg": "ES256", **header}))


def test_any_byte_changed() -> None:
    """In each of its parts; not one other text stands for the same token."""
    text = jose.sign(credential(), TOKEN_KEY, KID)
    step = max(1, len(text) // 200)
    for position in [*range(0, len(text), step), len(text) - 1]:
        other = bytearray(text)
        other[position] = ord("B") if other[position] == ord("A") else ord("A")
        with pytest.raises(Refused):
            jose.verify(bytes(other), KEY)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"a.b", b"a.b.c.d", b"..", b"e30.e30.", b"e30=.e30.AA", b"e30 .e30.AA", b"e3\n0.e30.AA"),
        b".".join((encoded(b'{"alg":"ES256","alg":"none"}'), encoded(PAYLOAD), b"AA")),
        b".".join((encoded({"alg": "ES256"}), encoded(b'{"a":1,"a":2}'), b"AA")),
        b".".join((encoded({"alg": "ES256"}), encoded(b"[]"), b"AA")),
        b".".join((encoded({"alg": "ES256"}), encoded(PAYLOAD), b"AB")),
        b"A" * (jose.TOKEN_MAX + 1),
    ],
)
def test_what_is_no_token(text: bytes) -> None:
    """Or not one in its only form."""
    with pytest.raises(Refused):
        jose.verify(text, KEY)


def test_signatures_of_another_length() -> None:
    """As DER, cut, or empty."""
    text = jose.sign(credential(), TOKEN_KEY, KID)
    head = text.rpartition(b".")[0]

    for signature in (b"", b"x" * 63, b"x" * 65, b"x" * 72):
        with pytest.raises(ProofInvalid):
            jose.verify(head + b"." + encoded(signature), KEY)


def test_a_document_that_cannot_be_written() -> None:
    """Nothing is signed that could not be read again."""
    with pytest.raises(Malformed):
        jose.sign(credential(name="\ud800"), TOKEN_KEY, KID)
