"""Issuers with keys that are no secret: they sign drafts and publish what verifiers need; no server."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from academe.services.credential.issuance.compose import STATUS_PURPOSES, compose, instant
from academe.services.credential.issuance.draft import Draft, IssuerProfile
from academe.services.credential.standards import (
    data_integrity,
    did,
    jose,
    multikey,
    status_list,
    strict_json,
)
from tests.interop.drafts import LIST_LENGTH, START, YEARS_20
from tests.interop.site import Site

BASE = "http://localhost:50080"

DID_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


class Issuer:
    """A did:web below BASE with one Ed25519 and one P-256 key, made from its name."""

    def __init__(self, name: str, *path: str, **profile: str) -> None:
        self.did = did.did_web(BASE, *path)
        self.profile = IssuerProfile(self.did, name, **profile)
        seed = hashlib.sha256(name.encode()).digest()
        self.list_id = uuid.UUID(bytes=seed[:16], version=4)
        self.document_key = Ed25519PrivateKey.from_private_bytes(seed)
        self.token_key = ec.derive_private_key(int.from_bytes(seed[:31]), ec.SECP256R1())

    @property
    def document_method(self) -> str:
        return f"{self.did}#key-1"

    @property
    def token_method(self) -> str:
        return f"{self.did}#key-2"

    def sign(self, document: dict[str, Any], created: str) -> bytes:
        """The document with a proof. Raises Refused."""
        options = data_integrity.proof_options(self.document_method, created)
        signature = self.document_key.sign(data_integrity.signing_input(document, options))
        return strict_json.serialise(data_integrity.attach(document, options, signature))

    def issue(self, draft: Draft) -> bytes:
        """A draft as a signed document. Raises Refused."""
        return self.sign(compose(draft), instant(draft.issue_time))

    def issue_jwt(self, draft: Draft) -> bytes:
        return jose.sign(compose(draft), self.token_key, self.token_method)

    def did_document(self) -> dict[str, Any]:
        raw = self.document_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {
            "@context": DID_CONTEXTS,
            "id": self.did,
            "verificationMethod": [
                {
                    "id": self.document_method,
                    "type": "Multikey",
                    "controller": self.did,
                    "publicKeyMultibase": multikey.encode_ed25519(raw),
                },
                {
                    "id": self.token_method,
                    "type": "JsonWebKey",
                    "controller": self.did,
                    "publicKeyJwk": self._public_jwk(),
                },
            ],
            "assertionMethod": [self.document_method, self.token_method],
        }

    def _public_jwk(self) -> dict[str, str]:
        numbers = self.token_key.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": _base64url(numbers.x.to_bytes(32)),
            "y": _base64url(numbers.y.to_bytes(32)),
        }

    def status_list(self, purpose: str, positions: Collection[int] = ()) -> tuple[str, bytes]:
        """The URL and the text of one of the issuer's lists, with the bits at `positions` set."""
        url = f"{BASE}/status/{self.list_id}/{purpose}"
        document = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.did,
            "validFrom": instant(START),
            "validUntil": instant(START + YEARS_20),
            "credentialSubject": {
                "id": f"{url}#list",
                "type": "BitstringStatusList",
                "statusPurpose": purpose,
                "encodedList": status_list.encode(positions, LIST_LENGTH),
            },
        }
        return url, self.sign(document, instant(START))


def site(*issuers: Issuer, positions: Mapping[str, Collection[int]] | None = None) -> Site:
    """All that the issuers publish; `positions` are the bits that are set, by purpose."""
    documents = {
        did.did_web_url(issuer.did): strict_json.serialise(issuer.did_document()) for issuer in issuers
    }
    for issuer in issuers:
        documents |= dict(
            issuer.status_list(purpose, (positions or {}).get(purpose, ())) for purpose in STATUS_PURPOSES
        )
    return Site(documents=documents)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
