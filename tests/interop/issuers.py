"""Issuers with keys that are no secret: they sign and publish as the product does, without a server."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from academe.services.credential import keys
from academe.services.credential.issuance.compose import STATUS_PURPOSES, instant
from academe.services.credential.issuance.draft import IssuerProfile
from academe.services.credential.keys.did_document import did_document
from academe.services.credential.keys.model import IssuerKey, KeyState, KeyUse, OpenKey, SigningIssuer
from academe.services.credential.standards import data_integrity, did, status_credential, strict_json
from tests.interop.drafts import LIST_LENGTH, START, YEARS_20
from tests.interop.site import Site

BASE = "http://localhost:50080"


class Issuer:
    """A did:web below BASE with one Ed25519 and one P-256 key, made from its name."""

    def __init__(self, name: str, slug: str = "", **profile: Any) -> None:
        seed = hashlib.sha256(name.encode()).digest()
        path = ("issuers", slug) if slug else ()
        fields = {"uri": "", "email": "", "logo": b"", "primary_color": "", "accent_color": "", **profile}
        self.issuer = keys.Issuer(
            issuer_id=uuid.UUID(bytes=seed[16:], version=4),
            slug=slug,
            did=did.did_web(BASE, *path),
            name=name,
            create_time=START,
            version=1,
            **fields,
        )
        self.did = self.issuer.did
        self.profile = IssuerProfile.of(self.issuer, BASE)
        self.list_id = uuid.UUID(bytes=seed[:16], version=4)
        self._document_key = Ed25519PrivateKey.from_private_bytes(seed)
        self._token_key = ec.derive_private_key(int.from_bytes(seed[:31]), ec.SECP256R1())

    @property
    def signing(self) -> SigningIssuer:
        """As the product's signer wants it."""
        return SigningIssuer(
            self.issuer,
            OpenKey(1, self.issuer.method(1), self._document_key),
            OpenKey(2, self.issuer.method(2), self._token_key),
        )

    def sign(self, document: dict[str, Any], created: str) -> bytes:
        """Any document with a proof. Raises Refused."""
        options = data_integrity.proof_options(self.issuer.method(1), created)
        signature = self._document_key.sign(data_integrity.signing_input(document, options))
        return strict_json.serialise(data_integrity.attach(document, options, signature))

    def did_document(self) -> dict[str, Any]:
        document_key = self._document_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        token_key = self._token_key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return did_document(
            self.issuer, [self._key(1, KeyUse.DOCUMENT, document_key), self._key(2, KeyUse.TOKEN, token_key)]
        )

    def _key(self, number: int, use: KeyUse, public: bytes) -> IssuerKey:
        return IssuerKey(self.issuer.issuer_id, number, use, KeyState.ACTIVE, public, b"", START, None, None)

    def status_list(self, purpose: str, positions: Collection[int] = ()) -> tuple[str, bytes]:
        """The URL and the text of one of the issuer's lists, with the bits at `positions` set."""
        url = f"{BASE}/status/{self.list_id}/{purpose}"
        document = status_credential.compose(
            uri=url,
            issuer=self.did,
            purpose=purpose,
            positions=positions,
            valid_from=instant(START),
            valid_until=instant(START + YEARS_20),
            length=LIST_LENGTH,
        )
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
