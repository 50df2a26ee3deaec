"""The key document that an issuer's did:web leads to (did.json).

Sources: https://www.w3.org/TR/did-core/ and https://www.w3.org/TR/cid-1.0/. Compromises between verifiers:
the context of DIDs comes first, which lets Digital Bazaar's read the document without JSON-LD; the entries of
assertionMethod are strings, since 1EdTech's reads no others; keys for tokens are JWKs, for the same reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from academe.services.credential.keys.model import Issuer, IssuerKey, KeyState, KeyUse

CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)


def did_document(issuer: Issuer, keys: Sequence[IssuerKey]) -> dict[str, Any]:
    """Active keys, then retired ones, without which old credentials could not be verified any more.

    Among them keys for documents come first, and the newest, for readers that take the first of all.
    Compromised keys are not in it, and with them falls what they signed.
    """
    named = [key for key in keys if key.state is not KeyState.COMPROMISED]
    named.sort(key=lambda key: (key.state, key.use, -key.number))
    return {
        "@context": list(CONTEXTS),
        "id": issuer.did,
        "verificationMethod": [_method(issuer, key) for key in named],
        "assertionMethod": [issuer.method(key.number) for key in named],
    }


def _method(issuer: Issuer, key: IssuerKey) -> dict[str, Any]:
    named = {"id": issuer.method(key.number), "controller": issuer.did}
    if key.use is KeyUse.DOCUMENT:
        return {**named, "type": "Multikey", "publicKeyMultibase": key.multibase}
    return {**named, "type": "JsonWebKey", "publicKeyJwk": _jwk(key.public_key)}


def _jwk(point: bytes) -> dict[str, str]:
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    found = ECKey.import_key(public).as_dict(private=False)
    return {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": str(found["x"]), "y": str(found["y"])}
