"""The log's own key: made when first needed, stored encrypted, the same on every server of a school.

There is one, and it is not rotated: a log is known by its name and key. Its name is taken from the school's
address once and kept, since another name would make another log of it.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from academe.clock import utcnow
from academe.secrets import Secrets
from academe.services.credential.log.checkpoint import Signer, VerifierKey
from academe.startup import StartupError

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class StoredLogKey:
    """The key as the database has it."""

    name: str
    public_key: bytes
    private_key: bytes
    """Encrypted."""
    create_time: datetime


class KeyStore(Protocol):
    """Where the key is."""

    async def find_key(self) -> StoredLogKey | None: ...

    async def add_key(self, key: StoredLogKey) -> StoredLogKey:
        """Returns the key that is there afterwards, which is another one if another process was faster."""


class LogKeys:
    """The key of this school's log, in memory once it was asked for."""

    def __init__(
        self, store: KeyStore, secrets: Secrets, issuer: str, clock: Callable[[], datetime] = utcnow
    ) -> None:
        """`issuer` is the school's address, http(s)://host[:port][/path]."""
        self._store = store
        self._cipher = AESGCM(secrets.derive("credential log key encryption"))
        self._name = log_name(issuer)
        self._clock = clock
        self._signer: Signer | None = None

    async def signer(self) -> Signer:
        """The key, made now if there was none; of several processes one does.

        Raises StartupError when it was stored under another secret.
        """
        if self._signer is None:
            stored = await self._store.find_key()
            self._signer = self._open(stored or await self._store.add_key(self._make()))
        return self._signer

    def _make(self) -> StoredLogKey:
        made = Ed25519PrivateKey.generate()
        key = VerifierKey(self._name, made.public_key().public_bytes_raw())
        nonce = random.token_bytes(_NONCE_BYTES)
        # Bound to its public half and name: of a row, neither can be replaced alone.
        sealed = nonce + self._cipher.encrypt(nonce, made.private_bytes_raw(), str(key).encode())
        return StoredLogKey(key.name, key.public_key, sealed, self._clock())

    def _open(self, stored: StoredLogKey) -> Signer:
        key = VerifierKey(stored.name, stored.public_key)
        nonce, sealed = stored.private_key[:_NONCE_BYTES], stored.private_key[_NONCE_BYTES:]
        try:
            raw = self._cipher.decrypt(nonce, sealed, str(key).encode())
        except InvalidTag as error:
            raise StartupError(
                "The key of the transparency log in the database was stored under another secret; set "
                "ACADEME_SECRET_KEY to the one it was made with, or restore secret.key in the data directory."
            ) from error
        return Signer(key, Ed25519PrivateKey.from_private_bytes(raw))


def log_name(issuer: str) -> str:
    """The name that a school's log gets: where its files are, without the scheme.

    A space or a plus sign, which a name must not have, is left out.
    """
    address = issuer.partition("://")[2]
    return "".join(symbol for symbol in address if symbol != "+" and not symbol.isspace()) + "/log"
