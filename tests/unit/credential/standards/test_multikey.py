"""Keys as texts are those that others write, and nothing else passes for one."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from academe.services.credential.standards.errors import Malformed
from academe.services.credential.standards.jwk import read_jwk
from academe.services.credential.standards.multikey import (
    BASE58_MAX,
    PublicKey,
    base58_decode,
    base58_encode,
    decode,
    encode_ed25519,
    encode_p256,
)
from tests.support.vc import PUBLIC_KEY, SIGNING_KEY, TOKEN_KEY

W3C_ED25519 = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
W3C_P256 = "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"
POINT = TOKEN_KEY.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


@pytest.mark.parametrize("text", [W3C_ED25519, W3C_P256])
def test_the_keys_of_the_recommendations(text: str) -> None:
    """Read and written again as they stand there."""
    key = decode(text)

    assert text == (encode_ed25519(key.raw) if key.kind == "Ed25519" else encode_p256(key.raw))


@given(st.binary(max_size=80))
def test_base58_goes_both_ways(data: bytes) -> None:
    """Leading zeros included."""
    assert base58_decode(base58_encode(data)) == data


@pytest.mark.parametrize(
    ("data", "text"), [(b"", ""), (b"\0\0a", "112g"), (b"Hello World!", "2NEpo7TZRRrLZSi2U")]
)
def test_base58_as_others_write_it(data: bytes, text: str) -> None:
    """The examples of the draft of base58."""
    assert base58_encode(data) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "u7QE",
        "z0OIl",
        W3C_ED25519[1:],
        W3C_ED25519[:-1],
        f"{W3C_ED25519}1",
        "z" + base58_encode(b"\xed\x01" + bytes(33)),
        "z" + base58_encode(b"\x80\x24" + bytes(33)),
        "z" + base58_encode(b"\x80\x26" + bytes(32)),
        "z" + "2" * (BASE58_MAX + 1),
    ],
)
def test_what_is_no_key(text: str) -> None:
    """Cut off, of another kind, in another alphabet, on no curve, or endless."""
    with pytest.raises(Malformed):
        decode(text)


def test_a_key_of_another_length_is_not_written() -> None:
    """A programming mistake must not become a key that nobody can use."""
    with pytest.raises(ValueError, match="32 bytes"):
        encode_ed25519(POINT)
    with pytest.raises(ValueError, match="33 bytes"):
        encode_p256(PUBLIC_KEY.raw)


def test_signatures_of_the_three_kinds() -> None:
    """The right one holds; another message's, a cut one and an empty one do not."""
    secret = rsa.generate_private_key(65_537, 2_048)
    public = secret.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    halves = decode_dss_signature(TOKEN_KEY.sign(b"message", ec.ECDSA(hashes.SHA256())))
    signatures = {
        PUBLIC_KEY: SIGNING_KEY.sign(b"message"),
        PublicKey("P-256", POINT): b"".join(half.to_bytes(32) for half in halves),
        PublicKey("RSA", public): secret.sign(b"message", padding.PKCS1v15(), hashes.SHA256()),
    }

    for key, signature in signatures.items():
        assert key.verifies(signature, b"message")
        assert not key.verifies(signature, b"massage")
        assert not key.verifies(signature[:-1], b"message")
        assert not key.verifies(signature + b"\0", b"message")
        assert not key.verifies(b"", b"message")


def test_json_web_keys() -> None:
    """The same keys as JWKs are the same keys."""
    okp = OKPKey.import_key(SIGNING_KEY.public_key()).as_dict(private=False)
    point = ECKey.import_key(TOKEN_KEY.public_key()).as_dict(private=False)
    long = RSAKey.import_key(rsa.generate_private_key(65_537, 2_048).public_key()).as_dict(private=False)

    assert read_jwk(dict(okp)) == PUBLIC_KEY
    assert read_jwk(dict(point)) == PublicKey("P-256", POINT)
    assert read_jwk(dict(long)).kind == "RSA"


def test_json_web_keys_that_are_none() -> None:
    """Among them one published with its private half, a shared secret, and one that is too short."""
    point = dict(ECKey.import_key(TOKEN_KEY.public_key()).as_dict(private=False))
    weak = rsa.generate_private_key(65_537, 1_024)  # noqa: S505 - the point of it
    short = RSAKey.import_key(weak.public_key()).as_dict(private=False)
    whole = ECKey.import_key(TOKEN_KEY).as_dict(private=True)
    secret = OctKey.generate_key(256).as_dict(private=True)
    other = ECKey.import_key(ec.generate_private_key(ec.SECP384R1()).public_key()).as_dict(private=False)

    for jwk in [
        *({}, {"kty": "EC"}, {"kty": 5}, {**point, "x": 1}, {**point, "y": "AA"}, {**point, "crv": "P-999"}),
        *(
            dict(short),
            dict(whole),
            dict(secret),
            dict(other),
            {"kty": "RSA", "n": "A" * 100_000, "e": "AQAB"},
        ),
    ]:
        with pytest.raises(Malformed):
            read_jwk(jwk)
