"""Signs for the tests what an honest issuer would not."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from academe.services.credential.keys import SigningIssuer
from academe.services.credential.standards import data_integrity, multikey, strict_json
from tests.integration.credential.validation.conftest import CREATED
from tests.support.vc import by_pyld

ISSUER = "did:example:issuer"


def statement(**fields: Any) -> dict[str, Any]:
    """The least that is a credential, unsigned."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:oxford.example",
        "credentialSubject": {"id": "did:example:ada"},
        **fields,
    }


def sign_as(issuer: SigningIssuer, document: dict[str, Any], **options: str) -> bytes:
    """With the issuer's key for documents, whoever has it; `options` are members of the proof."""
    key = issuer.document_key
    return _sign(key.key, key.method, document, options)


def sign_as_anybody(document: dict[str, Any], **options: str) -> bytes:
    """As an issuer that is its own key."""
    key = Ed25519PrivateKey.generate()
    name = multikey.encode_ed25519(key.public_key().public_bytes_raw())
    document = {**document, "issuer": f"did:key:{name}"}
    return _sign(key, f"did:key:{name}#{name}", document, options)


def sign_elsewhere(document: dict[str, Any], issuer: str = ISSUER) -> dict[str, Any]:
    """As other software does it: by PyLD, which minds nothing. Whoever `issuer` stands for in the document is
    its own key."""
    key = Ed25519PrivateKey.generate()
    name = multikey.encode_ed25519(key.public_key().public_bytes_raw())
    document = json.loads(json.dumps(document).replace(issuer, f"did:key:{name}"))
    options = data_integrity.proof_options(f"did:key:{name}#{name}", CREATED)
    forms = ({**options, "@context": document["@context"]}, document)
    message = b"".join(hashlib.sha256(by_pyld(one)).digest() for one in forms)
    return data_integrity.attach(document, options, key.sign(message))


def _sign(key: Ed25519PrivateKey, method: str, document: dict[str, Any], more: dict[str, str]) -> bytes:
    plain = {name: value for name, value in document.items() if name != "proof"}
    options = data_integrity.proof_options(method, CREATED) | more
    signature = key.sign(data_integrity.signing_input(plain, options))
    return strict_json.serialise(data_integrity.attach(plain, options, signature))
