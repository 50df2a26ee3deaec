"""The keys that tokens are made with: made, stored encrypted, rotated with overlap, published.

A key's life follows from the times at which keys become active, so no process has to tell another: the newest
active one signs; one that is not active yet is published already, so that everybody knows it before it is
used; one that was replaced verifies until its last token has expired.
"""

from __future__ import annotations

import secrets as random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc.jwk import ECKey

from academe.clock import utcnow
from academe.secrets import Secrets
from academe.services.auth.model import StoredKey
from academe.services.auth.repository import AuthRepository
from academe.startup import StartupError

CURVE = "P-256"

ACTIVATION_DELAY = timedelta(minutes=5)
"""From publishing a key to signing with it: servers reload keys every few seconds, and other verifiers keep a
copy of the published ones for minutes."""

OVERLAP = timedelta(hours=1, minutes=5)
"""How long a replaced key verifies: the longest lifetime of an access token, and some for clocks."""

RELOAD_SECONDS = 5.0
"""Least time between two reads of the keys, however many unknown key ids are sent to us."""

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A pair of keys; `key` holds both halves."""

    generation: int
    kid: str
    activate_time: datetime
    key: ECKey

    def public(self) -> dict[str, Any]:
        """As a JSON Web Key (RFC 7517)."""
        found = self.key.as_dict(private=False)
        return {
            "kid": self.kid,
            "kty": "EC",
            "alg": "ES256",
            "use": "sig",
            "crv": CURVE,
            "x": found["x"],
            "y": found["y"],
        }


class SigningKeys:
    """The keys of this school, in memory after `load`."""

    def __init__(
        self, repository: AuthRepository, secrets: Secrets, clock: Callable[[], datetime] = utcnow
    ) -> None:
        self._repository = repository.keys
        self._cipher = AESGCM(secrets.derive("signing key encryption"))
        self._clock = clock
        self._keys: tuple[SigningKey, ...] = ()
        self._read_time = float("-inf")
        self.refresh_token_key = secrets.derive("refresh token")
        """For the MAC of refresh tokens."""

    async def load(self) -> None:
        """Reads the keys, making the first one if there is none; of several processes one does.

        Raises StartupError when they were stored under another secret.
        """
        await self._read()
        if not self._keys:
            await self._add(generation=1, activate_time=self._clock())
            await self._read()

    async def reload(self) -> None:
        """Reads the keys unless that was done a moment ago."""
        if time.monotonic() - self._read_time >= RELOAD_SECONDS:
            self._read_time = time.monotonic()  # before it fails, too: an absent database is not pestered
            await self._read()

    async def rotate_signing_key(self) -> str:
        """Makes the next key, which signs in five minutes, and returns its id.

        Removes those whose last token has expired. While a key waits for its time there is no other: a
        repeat, here or in another process, returns that one.
        """
        await self._read()
        if self._keys[-1].activate_time <= self._clock():
            await self._add(self._keys[-1].generation + 1, self._clock() + ACTIVATION_DELAY)
            await self._repository.remove_before(self._verifying()[0].generation)
            await self._read()
        return self._keys[-1].kid

    def current(self) -> SigningKey:
        """The key to sign with."""
        now = self._clock()
        # The first one serves before its time too, on a server whose clock is behind its maker's.
        return next((key for key in reversed(self._keys) if key.activate_time <= now), self._keys[0])

    async def find(self, kid: str) -> SigningKey | None:
        """The key that verifies tokens of this key id."""
        found = self._find(kid)
        if found is None:
            await self.reload()
            found = self._find(kid)
        return found

    def jwks(self) -> dict[str, Any]:
        """The published keys (RFC 7517): the one in use first, then the others that verify."""
        current = self.current()
        others = [key for key in reversed(self._verifying()) if key is not current]
        return {"keys": [key.public() for key in (current, *others)]}

    def _find(self, kid: str) -> SigningKey | None:
        return next((key for key in self._verifying() if key.kid == kid), None)

    def _verifying(self) -> list[SigningKey]:
        """Without the keys that were replaced long ago."""
        oldest = self._clock() - OVERLAP
        following = [key.activate_time for key in self._keys[1:]]
        return [
            key
            for key, replaced in zip(self._keys, [*following, None], strict=True)
            if replaced is None or replaced > oldest
        ]

    async def _read(self) -> None:
        stored = await self._repository.list()
        known = {key.kid: key for key in self._keys}
        self._keys = tuple(known.get(key.kid) or self._open(key) for key in stored)

    async def _add(self, generation: int, activate_time: datetime) -> None:
        key = ECKey.generate_key(CURVE)
        kid, nonce = key.thumbprint(), random.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, key.as_der(private=True), kid.encode())
        await self._repository.add(StoredKey(generation, kid, sealed, self._clock(), activate_time))

    def _open(self, stored: StoredKey) -> SigningKey:
        nonce, sealed = stored.private_key[:_NONCE_BYTES], stored.private_key[_NONCE_BYTES:]
        try:
            der = self._cipher.decrypt(nonce, sealed, stored.kid.encode())
        except InvalidTag as error:
            raise StartupError(
                "The signing keys in the database were stored under another secret; set ACADEME_SECRET_KEY "
                "to the one they were made with, or restore secret.key in the data directory."
            ) from error
        return SigningKey(stored.generation, stored.kid, stored.activate_time, ECKey.import_key(der))
