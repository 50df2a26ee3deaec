"""Public keys as texts: Multikey, which is a code for the kind of key and its bytes in base58btc.

Sources: https://www.w3.org/TR/cid-1.0/#multikey and the alphabet of base58 as Bitcoin has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from academe.services.credential.standards.errors import Malformed

KeyKind = Literal["Ed25519", "P-256", "RSA"]

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE58_MAX = 200
"""Characters that are decoded at most: time grows with their square. A signature has 88."""

_DIGITS = {digit: value for value, digit in enumerate(BASE58)}
_ED25519 = b"\xed\x01"
_P256 = b"\x80\x24"

_WEAK = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""Points of Ed25519 of small order, without their sign: with one as a key, a signature fits every message."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signatures are checked with.

    `raw` is 32 bytes of Ed25519, the 33 bytes of a compressed point of P-256, or the DER of an RSA key.
    """

    kind: KeyKind
    raw: bytes

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` is this key's over `message`.

        Ed25519 in its 64 bytes, P-256 with SHA-256 as r and s of 32 bytes each, RSA with SHA-256 as PKCS 1.5.
        """
        try:
            if self.kind == "Ed25519":
                if self.raw[:31] + bytes([self.raw[31] & 0x7F]) in _WEAK:
                    return False
                Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
            elif self.kind == "P-256":
                if len(signature) != 64:
                    return False
                halves = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
                point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.raw)
                point.verify(encode_dss_signature(*halves), message, ec.ECDSA(hashes.SHA256()))
            else:
                key = load_der_public_key(self.raw)
                if not isinstance(key, rsa.RSAPublicKey):
                    return False
                key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def encode_ed25519(raw: bytes) -> str:
    """The Multikey of 32 bytes; it begins with z6Mk."""
    if len(raw) != 32:
        raise ValueError("an Ed25519 key has 32 bytes")
    return f"z{base58_encode(_ED25519 + raw)}"


def encode_p256(raw: bytes) -> str:
    """The Multikey of a compressed point of 33 bytes; it begins with zDn."""
    if len(raw) != 33:
        raise ValueError("a compressed point of P-256 has 33 bytes")
    return f"z{base58_encode(_P256 + raw)}"


def decode(text: str) -> PublicKey:
    """The key that a Multikey is. Raises Malformed for other kinds, and for points that are on no curve."""
    if not text.startswith("z"):
        raise Malformed("", "The key is not a Multikey in base58btc.", "multikey")
    data = base58_decode(text[1:])
    if data[:2] == _ED25519 and len(data) == 34:
        return PublicKey("Ed25519", data[2:])
    if data[:2] == _P256 and len(data) == 35:
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data[2:])
        except ValueError:
            raise Malformed("", "The key is not a point of P-256.", "multikey") from None
        return PublicKey("P-256", data[2:])
    raise Malformed("", "The key is neither of Ed25519 nor of P-256.", "multikey")


def base58_encode(data: bytes) -> str:
    number, digits = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def base58_decode(text: str) -> bytes:
    """Raises Malformed for other characters and for more than BASE58_MAX of them."""
    if len(text) > BASE58_MAX:
        raise Malformed("", f"The text in base58 has more than {BASE58_MAX} characters.", "base58")
    number = 0
    for character in text:
        if character not in _DIGITS:
            raise Malformed("", "The text is not base58btc.", "base58")
        number = number * 58 + _DIGITS[character]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)
