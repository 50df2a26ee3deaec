"""Credentials as tokens: JSON Web Signatures of the type vc+jwt, whose payload is the credential itself.

Source: https://www.w3.org/TR/vc-jose-cose/. A token is signed as ES256, which every verifier knows; others'
may use what their public key allows. The key decides on the algorithm, never the token.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from joserfc import jws
from joserfc.jwk import ECKey

from academe.services.credential.standards import strict_json
from academe.services.credential.standards.errors import Malformed, ProofInvalid, quoted
from academe.services.credential.standards.multikey import KeyKind, PublicKey
from academe.services.credential.standards.times import read_time

ALGORITHMS: dict[str, KeyKind] = {"ES256": "P-256", "EdDSA": "Ed25519", "Ed25519": "Ed25519", "RS256": "RSA"}

_PROVES_NOTHING = re.compile(r"(?:none|HS[0-9]*)?", re.IGNORECASE)
"""Algorithms of which it is known: who could check a shared secret could sign with it."""

CLAIM_SECONDS = 1.0
"""How far a claim in seconds may be from the time in the document, which may be more precise."""

TOKEN_MAX = strict_json.SIZE_MAX * 4 // 3 + 4_096
"""Bytes: a document of the greatest size in base64url, its header and its signature."""

_REGISTRY = jws.JWSRegistry(algorithms=["ES256"])
_TYPES = frozenset({None, "vc+jwt", "vc+ld+jwt", "JWT", "jwt", "application/vc+jwt"})


def sign(document: dict[str, Any], private_key: EllipticCurvePrivateKey, kid: str) -> bytes:
    """The document as a token, without the proofs that it has. `private_key` is one of P-256.

    Beside the document stand the registered claims that say the same: Open Badges 3.0 asks for them.
    """
    plain = {name: value for name, value in document.items() if name != "proof"} | _claims(document)
    header = {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": kid}
    key = ECKey.import_key(private_key)
    return jws.serialize_compact(header, strict_json.serialise(plain), key, registry=_REGISTRY).encode()


def read(token: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload, believed by nobody yet. Raises Malformed, and ProofInvalid for what never holds, or
    for what is not checked here (unsupported_algorithm)."""
    if len(token) > TOKEN_MAX:
        raise Malformed("", f"The token has more than {TOKEN_MAX} bytes.", "too_large")
    parts = token.split(b".")
    if len(parts) != 3:
        raise Malformed("", "The token has not three parts.", "not_a_token")
    header, payload = (strict_json.parse(_decode(part)) for part in parts[:2])
    _decode(parts[2])
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or _PROVES_NOTHING.fullmatch(algorithm):
        raise ProofInvalid("", f"Tokens are not signed with {quoted(algorithm)}.", "algorithm")
    if algorithm not in ALGORITHMS:
        reason = f"Signatures with {quoted(algorithm)} are not checked here."
        raise ProofInvalid("", reason, "unsupported_algorithm")
    if "crit" in header or "b64" in header:
        raise ProofInvalid("", "The token has rules of its own.", "critical_header")
    kind = header.get("typ")
    if kind is not None and (not isinstance(kind, str) or kind not in _TYPES):
        raise ProofInvalid("", f"{quoted(kind)} is not a credential.", "token_type")
    return header, payload


def verify(token: bytes, public_key: PublicKey) -> dict[str, Any]:
    """The payload of a token that this key signed. Raises Malformed and ProofInvalid."""
    header, payload = read(token)
    check_signature(token, header, payload, public_key)
    return payload


def check_signature(
    token: bytes, header: Mapping[str, Any], payload: Mapping[str, Any], public_key: PublicKey
) -> None:
    """The same of a token that was read already, as `header` and `payload`."""
    if ALGORITHMS[header["alg"]] != public_key.kind:
        raise ProofInvalid("", "The token is signed with another algorithm than its key is for.", "wrong_key")
    message, _, signature = token.rpartition(b".")
    if not public_key.verifies(_decode(signature), message):
        raise ProofInvalid("", "The signature is not that of this token.", "signature")
    _check_claims(payload)


def claimed_time(payload: Mapping[str, Any], name: str) -> datetime | None:
    """What nbf or exp says, None when it is not there. Raises Malformed when it is not a time."""
    if name not in payload:
        return None
    value = payload[name]
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):  # in a year that no calendar has
        pass
    raise Malformed(f"/{name}", "must be a time in seconds since 1970", "time")


def _check_claims(payload: Mapping[str, Any]) -> None:
    """Raises ProofInvalid when a registered claim says something else than the document.

    Readers of tokens look at the claims, readers of credentials at the document; both must find the same. The
    claims alone may say from when and until when it is valid: Open Badges 3.0 takes the end from there.
    """
    stated = _claims(payload)
    for name in ("iss", "sub", "jti"):
        if name in payload and payload[name] != stated.get(name):
            raise _contradicts(name)
    for name in ("nbf", "exp"):
        try:
            claimed = claimed_time(payload, name)
        except Malformed:
            raise _contradicts(name) from None
        if claimed is None or name not in stated:
            continue
        if abs(claimed.timestamp() - stated[name]) > CLAIM_SECONDS:
            raise _contradicts(name)


def _contradicts(name: str) -> ProofInvalid:
    return ProofInvalid(f"/{name}", "A claim of the token contradicts its document.", "claims")


def _claims(document: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of RFC 7519 that the document has a value for; times in seconds since 1970."""
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    begin = document.get("validFrom") or document.get("issuanceDate")
    end = document.get("validUntil") or document.get("expirationDate")
    claims = {
        "iss": issuer.get("id") if isinstance(issuer, dict) else issuer,
        "sub": subject.get("id") if isinstance(subject, dict) else None,
        "jti": document.get("id"),
        "nbf": int(read_time(begin).timestamp()) if begin else None,
        "exp": int(read_time(end).timestamp()) if end else None,
    }
    return {name: value for name, value in claims.items() if value is not None}


def _decode(part: bytes) -> bytes:
    """base64url without padding, in its one form: what decodes to the same bytes is not the same token."""
    try:
        data = base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise Malformed("", "The token is not base64url.", "not_a_token") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=") != part:
        raise Malformed("", "The token is not base64url in its plain form.", "not_a_token")
    return data
