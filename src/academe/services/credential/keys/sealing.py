"""Private keys: made, and encrypted as they are stored.

Each is bound to the name that it has in documents, so a row's key cannot be put into another's place.
"""

from __future__ import annotations

import secrets as random
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from academe.secrets import Secrets
from academe.services.credential.keys.model import Issuer, IssuerKey, KeyState, KeyUse, method_of
from academe.startup import StartupError

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey

_NONCE_BYTES = 12


class Sealer:
    """AES-256-GCM under a key that is derived from the school's secret."""

    def __init__(self, secrets: Secrets) -> None:
        self._cipher = AESGCM(secrets.derive("credential key encryption"))

    def new_key(self, issuer_id: UUID, did: str, number: int, use: KeyUse, *, now: datetime) -> IssuerKey:
        """A key that nobody has yet, active, as it is stored."""
        made = _generate(use)
        plain = made.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        nonce = random.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain, method_of(did, number).encode())
        return IssuerKey(issuer_id, number, use, KeyState.ACTIVE, public_half(made), sealed, now, None, None)

    def first_keys(self, issuer: Issuer) -> list[IssuerKey]:
        """A key for each use, for an issuer that has none yet."""
        return [
            self.new_key(issuer.issuer_id, issuer.did, number, use, now=issuer.create_time)
            for number, use in enumerate(KeyUse, 1)
        ]

    def open(self, did: str, stored: IssuerKey) -> PrivateKey:
        """The private half of a stored key.

        Raises StartupError when it was stored under another secret or another name, or when it does not
        belong to the public half beside it: nobody could verify what it signs.
        """
        method = method_of(did, stored.number)
        nonce, sealed = stored.private_key[:_NONCE_BYTES], stored.private_key[_NONCE_BYTES:]
        try:
            plain = self._cipher.decrypt(nonce, sealed, method.encode())
        except InvalidTag as error:
            raise StartupError(
                "The keys of credentials' issuers in the database were stored under another secret; set "
                "ACADEME_SECRET_KEY to the one they were made with, or restore secret.key in the data "
                "directory."
            ) from error
        key = serialization.load_der_private_key(plain, password=None)
        if not isinstance(key, PrivateKey) or public_half(key) != stored.public_key:
            raise StartupError(
                f"The public half of {method} in the database is not that of its private key; "
                "restore the row."
            )
        return key


def public_half(key: PrivateKey) -> bytes:
    """32 bytes of an Ed25519 key; of one on P-256 the compressed point, 33 bytes."""
    if isinstance(key, Ed25519PrivateKey):
        return key.public_key().public_bytes_raw()
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )


def _generate(use: KeyUse) -> PrivateKey:
    if use is KeyUse.DOCUMENT:
        return Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())
