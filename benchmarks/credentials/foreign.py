"""Credentials from elsewhere, in every form, and what people send who want something else.

Their issuer is its own key (did:key), so that nobody is asked about it: what is measured is the server, not
somebody else's.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from academe.services.credential.standards import data_integrity, jose, multikey, png, strict_json, svg

CREATED = "2026-01-02T03:04:05Z"
CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]


def forms(like: dict[str, Any], picture: bytes, drawing: bytes) -> Mapping[str, bytes]:
    """A credential that says what `like` says (one of ours without its status), as JSON, as a token, and
    baked into a picture and a drawing."""
    plain = {
        name: value for name, value in like.items() if name not in ("proof", "credentialStatus", "issuer")
    }
    proving, signing = Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    ed25519 = multikey.encode_ed25519(proving.public_key().public_bytes_raw())
    point = signing.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    document = _signed({**plain, "issuer": _issuer(ed25519)}, proving, ed25519)
    p256 = multikey.encode_p256(point)
    return {
        "JSON": document,
        "token (ES256)": jose.sign({**plain, "issuer": _issuer(p256)}, signing, f"did:key:{p256}#{p256}"),
        "baked PNG": png.bake(picture, document, "json"),
        "baked SVG": svg.bake(drawing, document, "json"),
    }


def hostile() -> Mapping[str, bytes]:
    """Six that cost others seconds."""
    nodes = [{"id": f"_:n{a}", "name": [{"id": f"_:n{b}"} for b in range(8) if b != a]} for a in range(8)]
    twins: dict[str, Any] = {"type": "Thing"}
    for _ in range(9):
        twins = {"type": "Thing", "name": [twins, twins]}
    bomb = zlib.compress(bytes(50_000_000))
    return {
        "eight nodes that all know each other": _forged(nodes),
        "twins in twins": _forged(twins),
        "three thousand alike": _forged([{"type": "Thing", "name": "x"}] * 3_000),
        "a thousand deep": b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
        "a context of its own": _forged({"name": "x"}, [*CONTEXTS, {"@vocab": "https://evil.example/"}]),
        "a picture that unpacks to 50 MB": _picture(b"openbadgecredential\0\1\0\0\0" + bomb),
    }


def _issuer(key: str) -> dict[str, Any]:
    return {"id": f"did:key:{key}", "type": ["Profile"], "name": "A College"}


def _signed(document: dict[str, Any], key: Ed25519PrivateKey, name: str) -> bytes:
    options = data_integrity.proof_options(f"did:key:{name}#{name}", CREATED)
    signature = key.sign(data_integrity.signing_input(document, options))
    return strict_json.serialise(data_integrity.attach(document, options, signature))


def _forged(subject: object, contexts: list[Any] | None = None) -> bytes:
    document = {
        "@context": contexts or CONTEXTS,
        "type": ["VerifiableCredential"],
        "issuer": "did:web:oxford.example",
        "credentialSubject": subject,
    }
    proof = {
        **data_integrity.proof_options("did:web:oxford.example#key-1", CREATED),
        "proofValue": "z" + "1" * 64,
    }
    return json.dumps({**document, "proof": proof}).encode()


def _picture(text: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = chunk(b"IDAT", base64.b64decode("eJxjYGBgAAAABAAB"))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"iTXt", text) + pixel + chunk(b"IEND", b"")
