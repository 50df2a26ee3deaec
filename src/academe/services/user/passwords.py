"""Hashing and checking passwords, off the event loop.

What is stored is `v1$<key id>$2b$<cost>$<salt and hash>`, the bcrypt of
base64(HMAC-SHA-384(pepper, NFC(password))). The HMAC makes 64 ASCII characters of any password, so bcrypt's
limit of 72 bytes never meets one, nothing is cut, and a stolen table cannot be attacked without the school's
secret. The tag and the key id say how an old row was made, when the scheme or the secret changes.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import hmac
import re
import secrets as random
import time
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import bcrypt

from academe.secrets import Secrets
from academe.services.user.hash_queue import HashQueue, spare_cores

QUEUE_SECONDS = 4.0
"""Of work that may wait. Somebody who would wait longer is told at once to come back."""

COST_MAX = 16
"""Of a stored hash. A damaged row that said 31 would keep a thread for a week."""

_STORED = re.compile(r"v1\$([0-9a-f]{8})(\$2b\$(\d\d)\$[./A-Za-z0-9]{53})")


class Passwords:
    """Hashes with bcrypt of work factor `cost`, on `threads` threads (cores less one when None).

    Everything here may raise Overloaded. A check costs the same time whatever is wrong: for somebody who
    does not exist it runs against a hash that nothing matches, and after a hash of a lower cost the missing
    rounds are made up for. After the cost was lowered, that is the cost of the dearest hash met since then.
    """

    def __init__(self, secrets: Secrets, *, cost: int, threads: int | None = None, log: Any) -> None:
        self._pepper = secrets.derive("password pepper")
        self._key_id = secrets.derive("password pepper id", 4).hex()
        self._cost = cost
        self._log = log
        self._threads = threads or spare_cores()
        self._queue = HashQueue(threads=self._threads)
        self._decoy = b""
        self._dearest = cost
        """Of the hashes that were checked: what every refusal costs, or it would tell who has an old one."""
        self._prepared: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Measures what a hash costs on this machine; done by the first call if not before."""
        if self._prepared is None:
            self._prepared = asyncio.get_running_loop().create_task(self._measure())
        if not self._prepared.done():
            await asyncio.shield(self._prepared)
        self._prepared.result()

    async def hash(self, password: str) -> str:
        """What to store for a password. Takes 240 ms of a thread at cost 12."""
        await self.prepare()
        made = await self._queue.run(functools.partial(self._hash, self._peppered(password)))
        return f"v1${self._key_id}{made.decode()}"

    async def check(self, password: str, stored: str | None, *, user_id: UUID | None = None) -> bool:
        """Whether a password is the one that was stored; never, but as slowly, when `stored` is None.

        A row that cannot be read is a wrong password and an error in the log, with `user_id`.
        """
        await self.prepare()
        hashed = self._read(stored, user_id) if stored is not None else None
        if hashed is not None:
            self._dearest = max(self._dearest, hashed.cost)
        work = functools.partial(self._check, self._peppered(password), hashed, self._dearest)
        return await self._queue.run(work)

    def is_outdated(self, stored: str) -> bool:
        """Whether a password should be hashed anew at its next use, because hashes now cost more."""
        found = _STORED.fullmatch(stored)
        return found is not None and int(found[3]) < self._cost

    async def close(self) -> None:
        """Ends the threads; who waits is told ShuttingDown."""
        await self._queue.close()

    def _peppered(self, password: str) -> bytes:
        # NFC, never NFKC: the same keys pressed on two systems give one password, and no two become one.
        text = unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
        return base64.b64encode(hmac.digest(self._pepper, text, hashlib.sha384))

    def _read(self, stored: str, user_id: UUID | None) -> _Hash | None:
        found = _STORED.fullmatch(stored)
        if found is None or int(found[3]) > COST_MAX:
            self._log.error("the stored password of an account is damaged", user_id=str(user_id))
            return None
        if found[1] != self._key_id:
            self._log.error(
                "the stored password of an account was made with another secret key",
                user_id=str(user_id),
                key_id=found[1],
            )
            return None
        return _Hash(found[2].encode(), int(found[3]))

    async def _measure(self) -> None:
        started = time.perf_counter()
        self._decoy = await self._queue.run(functools.partial(self._hash, random.token_bytes(32)))
        seconds = time.perf_counter() - started
        self._queue.seconds_per_item = seconds
        self._queue.limit = max(self._threads, int(QUEUE_SECONDS * self._threads / seconds))

    # On a thread of the queue, which is why these touch nothing that changes.

    def _hash(self, peppered: bytes) -> bytes:
        return bcrypt.hashpw(peppered, bcrypt.gensalt(self._cost))

    def _check(self, peppered: bytes, hashed: _Hash | None, cost: int) -> bool:
        if hashed is None:
            # The decoy's salt under another cost: still a hash that nothing matches.
            bcrypt.checkpw(peppered, b"$2b$%02d$" % cost + self._decoy[7:])
            return False
        try:
            correct = bcrypt.checkpw(peppered, hashed.bcrypt)
        except ValueError:  # the salt decodes to something impossible
            self._log.error("a stored password is damaged")
            return self._check(peppered, None, cost)
        if not correct:
            # Costs c, c and up to cost - 1 add up to one of `cost`: 2^c + (2^c + ... ) = 2^cost.
            for missing in range(hashed.cost, cost):
                bcrypt.hashpw(peppered, bcrypt.gensalt(missing))
        return correct


@dataclass(frozen=True, slots=True)
class _Hash:
    bcrypt: bytes
    cost: int
