"""Public keys as JSON Web Keys (RFC 7517, 7518, 8037), read by joserfc."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from academe.services.credential.standards.errors import Malformed
from academe.services.credential.standards.multikey import PublicKey

RSA_BITS_MIN = 2_048
RSA_BITS_MAX = 8_192
"""Larger keys only cost time; the largest in use have half of it."""

PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "k", "oth"})


def read_jwk(jwk: dict[str, Any]) -> PublicKey:
    """The key that a JWK is. Raises Malformed for other kinds, and for a key that was made public whole."""
    if PRIVATE_MEMBERS & jwk.keys():
        raise Malformed(
            "", "The key is published with its private half: anybody can sign with it.", "private_key"
        )
    modulus = jwk.get("n", "")
    if not isinstance(modulus, str) or len(modulus) > RSA_BITS_MAX // 6 + 2:
        raise Malformed("", "The key is too large.", "jwk")
    try:
        key = import_key(jwk).public_key
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise Malformed("", "The key is not a JSON Web Key.", "jwk") from None
    if isinstance(key, Ed25519PublicKey):
        return PublicKey("Ed25519", key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return PublicKey("P-256", key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS_MIN:
        return PublicKey("RSA", key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    raise Malformed("", "The key is of no kind that credentials are signed with.", "jwk")
